"""Outbound IVR queues (webitel-api §9)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.store import queues
from tests.api.campaign import PAYLOAD, a_calendar, a_group, a_queue, a_resource, a_schema, link
from tests.api.door import Door

PATH = "/call_center/queues"


def test_the_form_of_webitels_client(door: Door) -> None:
    """The recorded body of a new card (§16): created switched off, the switch is a patch."""
    payload = PAYLOAD | {"recordings": True, "max_member_limit": 7, "amd": {"enabled": False, "positive": []}}
    body = {
        "name": "Reminder", "description": "", "priority": 0, "tags": [{"name": "spring"}], "dnc_list": {},
        "calendar": link(a_calendar(door)), "variables": {"aB": "1"}, "type": 2, "strategy": "fifo",
        "schema": link(a_schema(door)), "do_schema": {}, "after_schema": {}, "grantee": {}, "payload": payload,
    }  # fmt: skip
    made = door.post(PATH, body).ok()
    assert "enabled" not in made and made["type"] == 2 and made["strategy"] == "fifo"
    assert made["payload"] == payload and made["variables"] == {"aB": "1"} and made["tags"] == [{"name": "spring"}]
    assert door.patch(f"{PATH}/{made['id']}", {"enabled": True}).ok()["enabled"] is True
    read = door.get(f"{PATH}/{made['id']}").ok()
    assert read["task_processing"] == {} and read["schema"]["name"] == "Greeting"
    assert door.put(f"{PATH}/{made['id']}", read | {"name": "Other"}).ok()["enabled"] is True


def test_patch_merges_the_payload_and_replaces_variables(door: Door) -> None:
    queue = a_queue(door, variables={"a": "1", "b": "2"})
    patched = door.patch(queue.path, {"payload": {"max_calls": 3}, "variables": {"c": "3"}}).ok()
    assert patched["payload"] == PAYLOAD | {"max_calls": 3}
    assert patched["variables"] == {"c": "3"}


def test_updated_at_grows_with_every_change(door: Door) -> None:
    queue = a_queue(door)
    stamps = [int(door.patch(queue.path, {"priority": place}).ok()["updated_at"]) for place in (1, 2)]
    assert stamps[0] < stamps[1]


def test_put_zeroes_what_is_absent(door: Door) -> None:
    queue = a_queue(door, enabled=True, description="old", priority=5)
    body = {"name": "New", "type": 2, "calendar": link(queue.calendar)}
    replaced = door.put(queue.path, body).ok()
    assert not {"enabled", "description", "priority", "schema", "variables"} & replaced.keys()
    assert replaced["payload"] == {} and replaced["strategy"] == "fifo"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": ""}),
        ("type", {"type": 5}),
        ("type", {"type": 0}),
        ("calendar", {"calendar": {}}),
        ("calendar", {"calendar": {"id": "999"}}),
        ("schema", {"schema": {"id": "999"}}),
        ("strategy", {"strategy": "random"}),
        ("priority", {"priority": -1}),
        ("payload", {"payload": []}),
        ("payload.max_calls", {"payload": {"max_calls": "many"}}),
        ("payload.max_calls", {"payload": {"max_calls": -2}}),
        ("payload.max_attempts", {"payload": {"max_attempts": -1}}),
        ("payload.recordings", {"payload": {"recordings": "perhaps"}}),
        ("payload.resource_strategy", {"payload": {"resource_strategy": "cheapest"}}),
        ("variables.x", {"variables": {"x": {"y": 1}}}),
        ("tags[0].name", {"tags": [{"name": ""}]}),
    ],
)
def test_a_wrong_field_is_named_and_nothing_stored(door: Door, field: str, change: dict[str, Any]) -> None:
    body = {"name": "Q", "type": 2, "calendar": link(a_calendar(door)), "payload": PAYLOAD}
    assert door.post(PATH, body | change).refused()["detail"].startswith(f"{field}: ")
    assert door.get(PATH).items() == []


def test_a_refused_patch_leaves_the_queue_as_it_was(door: Door) -> None:
    queue = a_queue(door)
    before = door.get(queue.path).ok()
    assert door.patch(queue.path, {"name": "New", "payload": {"max_calls": "x"}}).refused()
    assert door.get(queue.path).ok() == before


def test_a_queue_without_a_calendar_has_its_own_error(door: Door) -> None:
    assert door.post(PATH, {"name": "Q", "type": 2}).refused()["id"] == "model.queue.valid.calendar"


def test_the_list_shows_counters_trunks_and_why_it_is_idle(door: Door) -> None:
    queue, group = a_queue(door), a_group(door)
    resource = a_resource(door)
    door.post(f"/call_center/resource_group/{group}/resource", {"resource": link(resource)}).ok()
    door.post(f"{queue.path}/resource_groups", {"resource_group": link(group)}).ok()
    door.post(queue.members, queue.person()).ok()
    door.write(lambda conn: queues.set_idle_reason(conn, int(queue.id), "The queue is switched off."))
    row = door.get(PATH).items()[0]
    assert (row["count"], row["waiting"]) == (1, 1) and "active" not in row
    assert row["resource_groups"] == [{"id": group, "name": "Mobiles"}]
    assert row["resources"] == [{"id": resource, "name": "Line"}]
    assert row["why_idle"] == "The queue is switched off."
    assert door.get(queue.path).ok()["why_idle"] == "The queue is switched off."
    assert set(door.get(f"{PATH}?fields=id&fields=name").items()[0]) == {"id", "name"}


def test_why_idle_cannot_be_written(door: Door) -> None:
    queue = a_queue(door, why_idle="because")
    assert "why_idle" not in door.patch(queue.path, {"why_idle": "because"}).ok()


def test_the_order_of_the_list_and_its_filters(door: Door) -> None:
    low = a_queue(door, "Low", priority=1, tags=[{"name": "a"}])
    high = a_queue(door, "High", priority=9, enabled=True, tags=[{"name": "b"}])
    assert [row["id"] for row in door.get(PATH).items()] == [high.id, low.id]
    assert [row["id"] for row in door.get(PATH, enabled="true").items()] == [high.id]
    assert len(door.get(PATH, enabled="false").items()) == 2
    assert [row["id"] for row in door.get(f"{PATH}?tags=a&type=2&q=lo*").items()] == [low.id]
    assert door.get(f"{PATH}/tags").items() == [{"name": "a"}, {"name": "b"}]


def test_all_queues_on_and_off(door: Door) -> None:
    a_queue(door, "One", enabled=True)
    a_queue(door, "Two")
    assert door.get(f"{PATH}/state?q=").ok() == {"potential_rows": 1}
    assert door.patch(f"{PATH}/state", {"enabled": True, "q": "*"}).ok() == {"count": 1}
    assert door.get(f"{PATH}/state").ok() == {"is_all_enabled": True, "potential_rows": 2}
    assert door.patch(f"{PATH}/state", {"q": "On*"}).ok() == {"count": 1}


def test_the_resource_groups_of_a_queue(door: Door) -> None:
    queue, group, other = a_queue(door), a_group(door), a_group(door, "Others")
    path = f"{queue.path}/resource_groups"
    made = door.post(path, {"resource_group": link(group), "communication": {}}).ok()
    assert made["resource_group"] == {"id": group, "name": "Mobiles"}
    assert made["communication"]["name"] == "Code Of Mobiles"
    assert door.get(path).items() == [made] and door.get(f"{path}/{made['id']}").ok() == made
    assert "already" in door.post(path, {"resource_group": link(group)}).refused()["detail"]
    assert door.put(f"{path}/{made['id']}", {"resource_group": link(other)}).ok()["resource_group"]["id"] == other
    assert door.post(path, {"resource_group": {}}).refused()["detail"].startswith("resource_group: ")
    door.delete(f"{path}/{made['id']}").ok()
    assert door.get(path).items() == []


def test_a_queue_goes_with_its_members(door: Door) -> None:
    queue = a_queue(door)
    door.post(queue.members, queue.person()).ok()
    door.delete(queue.path).ok()
    assert door.get(queue.path).refused(404)["id"] == "store.sql_queue.get.app_error"
    assert door.get("/call_center/members").items() == []
