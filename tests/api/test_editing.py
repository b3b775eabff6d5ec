"""Editing side by side: drafts, versions that must match, and deletions that are taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.campaign import a_calendar, a_gateway, a_group, a_queue, a_resource, a_schema, a_type
from tests.api.door import Door
from tests.api.test_media import kept, one

HANGUP: list[Any] = [{"hangup": {}}]
LATER: list[Any] = [{"sleep": "1"}, {"hangup": {}}]


def body(schema: list[Any]) -> dict[str, Any]:
    return {"name": "Greeting", "type": "voice", "schema": schema}


def test_a_draft_is_kept_beside_what_calls_run(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}"
    door.get(f"{path}/draft").refused(404)
    saved = door.put(f"{path}/draft", {"schema": LATER, "payload": {"zoom": 2}}).ok()
    assert (saved["schema"], saved["payload"], saved["version"]) == (LATER, {"zoom": 2}, 1)
    assert door.get(f"{path}/draft").ok()["schema"] == LATER
    assert door.get(path).ok()["schema"] == HANGUP
    assert len(door.get(f"{path}/versions").items()) == 1


def test_a_draft_may_be_wrong_and_says_what_is(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}/draft"
    saved = door.put(path, {"schema": [{"nonsense": {}}, 7]}).ok()
    assert saved["schema"] == [{"nonsense": {}}, 7]
    assert saved["problems"]


def test_publishing_makes_a_version_and_ends_the_draft(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}"
    draft = door.put(f"{path}/draft", {"schema": LATER}).ok()
    door.put(path, body(draft["schema"])).ok()
    assert [one["version"] for one in door.get(f"{path}/versions").items()] == [2, 1]
    door.get(f"{path}/draft").refused(404)


def test_a_draft_is_discarded(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}/draft"
    door.put(path, {"schema": LATER}).ok()
    door.delete(path).ok()
    door.get(path).refused(404)
    door.delete(path).refused(404)


def test_the_second_of_two_who_publish_is_shown_both_versions(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}"
    tag = door.get(path).response.headers["etag"]
    first = door("PUT", path, body(LATER), headers={"If-Match": tag})
    assert first.ok() and first.response.headers["etag"] != tag
    mine = body([{"answer": ""}])
    refused = door("PUT", path, mine, headers={"If-Match": tag}).refused(409)
    assert refused["id"] == "app.request.changed"
    assert refused["current"]["schema"] == LATER and refused["yours"] == mine
    assert door.get(path).ok()["schema"] == LATER, "nothing was overwritten"
    door("PUT", path, mine, headers={"If-Match": first.response.headers["etag"]}).ok()


def test_the_second_of_two_who_save_a_draft_is_shown_both(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}/draft"
    tag = door.put(path, {"schema": HANGUP}).response.headers["etag"]
    door("PUT", path, {"schema": LATER}, headers={"If-Match": tag}).ok()
    refused = door("PUT", path, {"schema": []}, headers={"If-Match": tag}).refused(409)
    assert (refused["current"]["schema"], refused["yours"]) == (LATER, {"schema": []})


def test_without_if_match_the_last_one_wins_as_with_webitel(door: Door) -> None:
    path = f"/call_center/communication_type/{a_type(door)}"
    door.patch(path, {"description": "one"}).ok()
    assert door.patch(path, {"description": "two"}).ok()["description"] == "two"
    assert door("PATCH", path, {"description": "three"}, headers={"If-Match": "*"}).ok()["description"] == "three"


MAKERS: dict[str, Callable[[Door], str]] = {
    "/sip/gateways": a_gateway,
    "/call_center/communication_type": a_type,
    "/routing/schema": a_schema,
    "/call_center/resources": a_resource,
    "/call_center/resource_group": a_group,
    "/calendars": a_calendar,
    "/call_center/list": lambda door: door.id("/call_center/list", {"name": "Stop"}),
    "/routing/schema/variables": lambda door: str(door.post("/routing/schema/variables", {"name": "city"}).ok()["id"]),
}


@pytest.mark.parametrize("collection", MAKERS)
def test_a_deletion_is_taken_back_for_half_a_minute(door: Door, collection: str) -> None:
    path = f"{collection}/{MAKERS[collection](door)}"
    whole = door.get(path).ok()
    door.delete(path).ok()
    door.clock.now += 30_000
    assert door.post(f"{path}/restore").ok() == whole
    assert door.get(path).ok() == whole
    door.post(f"{path}/restore").refused(404)


def test_after_that_it_is_too_late(door: Door) -> None:
    path = f"/calendars/{a_calendar(door)}"
    door.delete(path).ok()
    door.clock.now += 30_001
    door.post(f"{path}/restore").refused(404)
    door.get(path).refused(404)


def test_what_belongs_to_it_comes_back_too(door: Door) -> None:
    resource = f"/call_center/resources/{a_resource(door)}"
    door.post(f"{resource}/display", {"display": "380440000000"}).ok()
    schema = f"/routing/schema/{a_schema(door)}"
    door.put(schema, body(LATER)).ok()
    gateway = f"/sip/gateways/{a_gateway(door)}"
    door.patch(gateway, {"username": "me", "password": "secret"}).ok()
    sealed = door.write(lambda conn: conn.exec_driver_sql("SELECT password_sealed FROM gateway").fetchall())
    for path in (resource, schema, gateway):
        door.delete(path).ok()
        door.post(f"{path}/restore").ok()
    assert [one["display"] for one in door.get(f"{resource}/display").items()] == ["380440000000"]
    assert [one["version"] for one in door.get(f"{schema}/versions").items()] == [2, 1]
    assert door.write(lambda conn: conn.exec_driver_sql("SELECT password_sealed FROM gateway").fetchall()) == sealed


def test_a_queue_comes_back_with_its_people(door: Door) -> None:
    queue = a_queue(door)
    member = door.id(queue.members, queue.person("380441", "380442"))
    before, people = door.get(queue.path).ok(), door.get(queue.members).items()
    door.delete(queue.path).ok()
    assert door.get(queue.members).items() == []
    assert door.post(f"{queue.path}/restore").ok()["count"] == before["count"] == 1
    assert door.get(queue.members).items() == people
    door.delete(f"{queue.members}/{member}").ok()
    assert door.get(queue.path).ok().get("count", 0) == 0
    assert door.post(f"{queue.members}/{member}/restore").ok()["id"] == member
    assert door.get(queue.path).ok()["count"] == 1 and door.get(queue.members).items() == people


def test_a_name_that_was_taken_meanwhile_keeps_it_away(door: Door) -> None:
    path = f"/routing/schema/{a_schema(door)}"
    door.delete(path).ok()
    a_schema(door)
    refused = door.post(f"{path}/restore").refused(409)
    assert "in use again" in refused["detail"]


def test_what_it_rested_on_must_still_be_there(door: Door) -> None:
    resource = door.get(f"/call_center/resources/{a_resource(door)}").ok()
    path, gateway = f"/call_center/resources/{resource['id']}", resource["gateway"]["id"]
    door.delete(path).ok()
    door.delete(f"/sip/gateways/{gateway}").ok()
    door.post(f"{path}/restore").refused(409)
    door.post(f"/sip/gateways/{gateway}/restore").ok()
    door.post(f"{path}/restore").ok()


def test_one_domain_does_not_take_back_what_another_deleted(door: Door) -> None:
    path = f"/calendars/{a_calendar(door)}"
    door.delete(path).ok()
    door.write(lambda conn: conn.exec_driver_sql("INSERT INTO domain (name) VALUES ('other')"))
    door.write(lambda conn: conn.exec_driver_sql("UPDATE trash SET domain_id = 2"))
    door.post(f"{path}/restore").refused(404)


def test_users_are_gone_for_good(door: Door) -> None:
    door.post("/users/1/restore").refused(404)


def test_a_media_file_keeps_its_sound_until_it_cannot_come_back(door: Door) -> None:
    path = f"/storage/media/{one(door)}"
    files = kept(door)
    door.delete(path).ok()
    assert kept(door) == files
    door.post(f"{path}/restore").ok()
    assert door.get(f"{path}/stream").status == 200
