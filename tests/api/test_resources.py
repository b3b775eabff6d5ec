"""Outbound resources, their numbers, and resource groups (webitel-api §6, §7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.campaign import a_gateway, a_group, a_resource, a_type, link
from tests.api.door import Door

RESOURCES = "/call_center/resources"
GROUPS = "/call_center/resource_group"


def test_the_form_of_webitels_client(door: Door) -> None:
    """The recorded body of a new card: created switched off, read back whole (§16)."""
    body = {
        "name": "Line", "gateway": link(a_gateway(door)), "limit": 10, "description": "", "error_ids": ["5xx"],
        "patterns": [], "failure_dial_delay": 0, "max_successively_errors": 2, "rps": 10,
        "parameters": {"cid_type": "rpid", "ignore_early_media": "consume"},
    }  # fmt: skip
    made = door.post(RESOURCES, body).ok()
    assert "enabled" not in made
    assert made["parameters"] == {"cid_type": "rpid", "ignore_early_media": "consume"}
    assert (made["error_ids"], made["max_successively_errors"], made["rps"]) == (["5xx"], 2, 10)
    assert door.patch(f"{RESOURCES}/{made['id']}", {"enabled": True}).ok()["enabled"] is True


def test_put_keeps_what_that_form_does_not_send(door: Door) -> None:
    gateway = link(a_gateway(door))
    kept = {"reserve": True, "number": "380441", "variables": {"a": "1"}}
    id_ = door.id(RESOURCES, {"name": "Line", "gateway": gateway, "description": "old", **kept})
    replaced = door.put(f"{RESOURCES}/{id_}", {"name": "Line", "gateway": gateway}).ok()
    assert {name: replaced[name] for name in kept} == kept
    assert "description" not in replaced


def test_patch_ignores_what_may_not_be_patched(door: Door) -> None:
    id_ = a_resource(door)
    patched = door.patch(f"{RESOURCES}/{id_}", {"limit": 3, "number": "1", "patterns": ["X"]}).ok()
    assert patched["limit"] == 3 and "number" not in patched and "patterns" not in patched


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 51}),
        ("gateway", {"gateway": {}}),
        ("gateway", {"gateway": {"id": "999"}}),
        ("limit", {"limit": 5001}),
        ("limit", {"limit": -2}),
        ("limit", {"limit": "ten"}),
        ("rps", {"rps": 1.5}),
        ("parameters.ignore_early_media", {"parameters": {"ignore_early_media": True}}),
        ("parameters.cid_type", {"parameters": {"cidType": "other"}}),
        ("variables.a", {"variables": {"a": 1}}),
        ("error_ids[1]", {"error_ids": ["5xx", ""]}),
        ("patterns", {"patterns": {"a": 1}}),
    ],
)
def test_a_wrong_field_of_a_resource(door: Door, field: str, change: dict[str, Any]) -> None:
    body = {"name": "Line", "gateway": link(a_gateway(door))}
    assert door.post(RESOURCES, body | change).refused()["detail"].startswith(f"{field}: ")
    assert door.get(RESOURCES).items() == []


def test_the_numbers_tab(door: Door) -> None:
    path = f"{RESOURCES}/{a_resource(door)}/display"
    second = door.id(path, {"display": "380442", "resource_id": "107"})
    first = door.id(path, {"display": "380441"})
    assert [row["display"] for row in door.get(path).items()] == ["380441", "380442"]
    assert [row["id"] for row in door.get(path, q="380442").items()] == [second]
    assert door.put(f"{path}/{first}", {"display": "380440"}).ok() == {"id": first, "display": "380440"}
    assert door.delete(f"{path}/{first}").ok()["display"] == "380440"
    assert door.post(path, {"display": "nobody"}).refused()["detail"].startswith("display: ")
    assert "already" in door.post(path, {"display": "380442"}).refused()["detail"]


def test_numbers_in_bulk(door: Door) -> None:
    path = f"{RESOURCES}/{a_resource(door)}/display"
    ids = door.post(f"{path}/bulk", {"items": [{"display": "1"}, {"display": "2"}]}).ok()["id"]
    assert [row["id"] for row in door.get(path).items()] == ids
    refused = door.post(f"{path}/bulk", {"items": [{"display": "3"}, {"display": "x"}]}).refused()
    assert refused["detail"].startswith("items[1].display: ")
    assert door.post(f"{path}/bulk", {"items": [{"display": "4"}, {"display": "1"}]}).refused()
    assert len(door.get(path).items()) == 2
    door.delete(f"{path}?items={ids[0]}&items={ids[1]}").ok()
    assert door.get(path).items() == []


def test_numbers_belong_to_their_resource(door: Door) -> None:
    one, other = a_resource(door, "One"), a_resource(door, "Other")
    id_ = door.id(f"{RESOURCES}/{one}/display", {"display": "1"})
    door.get(f"{RESOURCES}/{other}/display/{id_}").refused(404)
    door.post(f"{RESOURCES}/999/display", {"display": "1"}).refused(404)


def test_a_group_and_its_hours(door: Door) -> None:
    type_ = a_type(door)
    body = {
        "name": "Mobiles", "communication": link(type_), "description": "",
        "time": [{"start_time_of_day": 0, "end_time_of_day": 540}, {"startTimeOfDay": 540, "endTimeOfDay": "1200"}],
    }  # fmt: skip
    made = door.post(GROUPS, body).ok()
    assert made["time"] == [
        {"start_time_of_day": 0, "end_time_of_day": 540},
        {"start_time_of_day": 540, "end_time_of_day": 1200},
    ]
    assert made["communication"] == {"id": type_, "name": "Mobile"}
    replaced = door.put(f"{GROUPS}/{made['id']}", {"name": "M", "communication": link(type_)}).ok()
    assert replaced["time"] == []
    listed = door.get(GROUPS).items()[0]
    assert listed["name"] == "M" and "time" not in listed
    door.patch(f"{GROUPS}/{made['id']}", {"name": "x"}).refused(405)


@pytest.mark.parametrize(
    ("field", "time"),
    [
        ("time[0].end_time_of_day", [(600, 600)]),
        ("time[1]", [(0, 600), (599, 700)]),
        ("time[0].start_time_of_day", [(1440, 1441)]),
        ("time[0].end_time_of_day", [(0, 1441)]),
    ],
)
def test_wrong_hours(door: Door, field: str, time: list[tuple[int, int]]) -> None:
    rows = [{"start_time_of_day": start, "end_time_of_day": end} for start, end in time]
    refused = door.post(GROUPS, {"name": "G", "communication": link(a_type(door)), "time": rows}).refused()
    assert refused["detail"].startswith(f"{field}: ")
    assert door.get(GROUPS).items() == []


def test_resources_in_a_group(door: Door) -> None:
    path = f"{GROUPS}/{a_group(door)}/resource"
    beta, alpha = a_resource(door, "Beta"), a_resource(door, "Alpha")
    id_ = door.id(path, {"resource": link(beta), "reserve_resource": {}, "priority": 0, "group_id": "108"})
    door.id(path, {"resource": link(alpha), "reserveResource": link(beta), "priority": "2"})
    rows = door.get(path).items()
    assert [row["resource"]["name"] for row in rows] == ["Alpha", "Beta"]
    assert rows[0]["reserve_resource"]["name"] == "Beta" and rows[0]["priority"] == 2
    assert door.put(f"{path}/{id_}", {"resource": link(beta), "priority": 5}).ok()["priority"] == 5
    assert door.post(path, {"resource": link(beta)}).refused()
    itself = {"resource": link(beta), "reserve_resource": link(beta)}
    assert door.put(f"{path}/{id_}", itself).refused()["detail"].startswith("reserve_resource: ")
    door.delete(f"{path}/{id_}").ok()
    assert len(door.get(path).items()) == 1
