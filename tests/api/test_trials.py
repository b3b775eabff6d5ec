"""The door of test calls: who may, what is wanted, and the order that the dialer gets."""

from __future__ import annotations

from typing import Any

from outdial.store import commands
from tests.api.campaign import a_gateway, a_resource, a_schema, link
from tests.api.door import Door
from tests.api.people import a_person, as_


def ordered(door: Door) -> list[tuple[str, dict[str, Any]]]:
    return [(one.kind, one.payload) for one in door.write(commands.take)]


def test_a_number_is_rung_through_a_gateway_or_a_resource(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}/call"
    gateway, resource = a_gateway(door), a_resource(door)
    door.patch(f"/sip/gateways/{gateway}", {"enable": True}).ok()
    door.post(f"/call_center/resources/{resource}/display", {"display": "380440000000"}).ok()
    behind = door.get(f"/call_center/resources/{resource}").ok()["gateway"]["id"]
    door.patch(f"/sip/gateways/{behind}", {"enable": True}).ok()
    one = door.post(path, {"destination": "380991", "gateway": link(gateway), "variables": {"a": "1"}}).ok()["call_id"]
    two = door.post(path, {"destination": "380992", "resource": link(resource)}).ok()["call_id"]
    door.delete(f"{path}/{two}").ok()
    (kind, first), (_, second), (end, third) = ordered(door)
    assert (kind, end, third) == ("trial", "trial_end", {"call_id": two})
    assert (first["call_id"], first["gateway_id"], first["variables"]) == (one, int(gateway), {"a": "1"})
    assert (second["gateway_id"], second["display"], second["destination"]) == (int(behind), "380440000000", "380992")


def test_what_cannot_be_rung(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}/call"
    gateway = a_gateway(door)
    door.patch(f"/sip/gateways/{gateway}", {"enable": False}).ok()
    assert door.post(path, {"gateway": link(gateway)}).refused()["field"] == "destination"
    assert door.post(path, {"destination": "1"}).refused()["field"] == "gateway"
    assert "switched off" in door.post(path, {"destination": "1", "gateway": link(gateway)}).refused()["detail"]
    door.post(path, {"destination": "1", "gateway": link("999")}).refused(404)
    door.post("/routing/schema/999/call", {"destination": "1", "gateway": link(gateway)}).refused(404)
    door.patch(f"/sip/gateways/{gateway}", {"enable": True}).ok()
    door.post(path, {"destination": "1", "gateway": link(gateway), "draft": True}).refused(404)
    assert ordered(door) == []


def test_ringing_needs_the_right_to_make_calls(door: Door) -> None:
    path, gateway = f"/routing/schema/{a_schema(door)}/call", a_gateway(door)
    door.patch(f"/sip/gateways/{gateway}", {"enable": True}).ok()
    wanted = {"destination": "380991", "gateway": link(gateway)}
    editor, caller = a_person(door, "ann", schema="rw"), a_person(door, "bob", schema="rw", calls="x", gateways="r")
    with as_(door, editor.token):
        door.post(path, wanted).refused(403)
    with as_(door, caller.token):
        door.post(path, wanted).ok()
