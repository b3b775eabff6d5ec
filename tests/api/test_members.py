"""Members of a queue (webitel-api §10)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.api import members as api_members
from tests.api.campaign import Queue, a_queue, a_resource, link
from tests.api.door import NOON, Door


def test_the_form_of_webitels_client(door: Door) -> None:
    """The recorded body of a new member (§16), instants as JSON numbers."""
    queue = a_queue(door)
    number = {
        "destination": " 380441 ", "display": "", "priority": 0, "type": link(queue.type), "resource": {},
        "description": "", "dtmf": "",
    }  # fmt: skip
    body = {
        "name": "Ann", "priority": 0, "expire_at": 1796049040588, "bucket": {}, "timezone": {}, "agent": {},
        "communications": [number], "variables": {},
    }  # fmt: skip
    made = door.post(queue.members, body).ok()
    assert made["expire_at"] == "1796049040588" and made["created_at"] == str(NOON)
    assert made["queue"] == {"id": queue.id, "name": "Reminder"}
    assert made["communications"][0]["destination"] == "380441"
    assert made["communications"][0]["type"]["id"] == queue.type
    assert door.get(f"{queue.members}/{made['id']}").ok() == made


def test_the_import_of_webitels_client(door: Door) -> None:
    """The recorded chunk of a CSV import (§16): camelCase, numbers as text."""
    queue = a_queue(door)
    zone = door.get("/calendars/timezones", q="Europe/Kyiv").items()[0]["id"]
    item = {
        "name": "Ann", "priority": "5", "expireAt": "", "variables": {"cityName": "Kyiv"}, "timezone": {"id": zone},
        "communications": [{"destination": "380441", "type": {"id": queue.type}, "priority": "1", "dtmf": "1w2"}],
    }  # fmt: skip
    body = {"parentId": "106", "fileName": "m.csv", "items": [item, item | {"name": "Bob"}]}
    ids = door.post(f"{queue.members}/bulk", body).ok()["ids"]
    first = door.get(f"{queue.members}/{ids[0]}").ok()
    assert (first["name"], first["priority"], first["variables"]) == ("Ann", 5, {"cityName": "Kyiv"})
    assert first["timezone"] == {"id": zone, "name": "Europe/Kyiv"}
    assert (first["communications"][0]["priority"], first["communications"][0]["dtmf"]) == (1, "1w2")
    assert door.get(queue.path).ok()["count"] == 2


@pytest.mark.parametrize("count", [2, 150])
@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("communications[0].destination", {"destination": "nobody"}),
        ("communications[0].destination", {"destination": ""}),
        ("communications[0].type", {"type": {}}),
        ("communications[0].type", {"type": {"id": "999"}}),
        ("communications[0].priority", {"priority": "high"}),
        ("communications[0].resource", {"resource": {"id": "999"}}),
    ],
)
def test_a_batch_is_taken_whole_or_not_at_all(door: Door, count: int, field: str, change: dict[str, Any]) -> None:
    queue = a_queue(door)
    items = [queue.person(str(380_000 + place)) for place in range(count)]
    items[-1]["communications"][0] |= change
    refused = door.post(f"{queue.members}/bulk", {"items": items}).refused()
    assert refused["detail"].startswith(f"items[{count - 1}].{field}: ")
    assert door.get(queue.members).items() == [] and "count" not in door.get(queue.path).ok()


def test_odd_batches(door: Door) -> None:
    queue = a_queue(door)
    assert door.post(f"{queue.members}/bulk", {"items": []}).ok() == {}
    assert door.post(f"{queue.members}/bulk", {"file_name": "x" * 121}).refused()["detail"].startswith("file_name: ")
    for items in ({"a": 1}, True, 7):
        assert door.post(f"{queue.members}/bulk", {"items": items}).refused()["detail"].startswith("items: ")
    assert door.post(f"{queue.members}/bulk", {"items": [7]}).refused()["detail"].startswith("items[0]: ")
    door.post("/call_center/queues/999/members/bulk", {"items": [queue.person()]}).refused(404)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("communications", {"communications": []}),
        ("communications", {"communications": [{"destination": "1", "type": {"id": "1"}}] * 21}),
        ("communications", {"communications": "380441"}),
        ("name", {"name": "x" * 251}),
        ("name", {"name": 5}),
        ("expire_at", {"expire_at": "tomorrow"}),
        ("variables.city", {"variables": {"city": None}}),
        ("timezone.id", {"timezone": {"id": "12"}}),
    ],
)
def test_a_wrong_field_is_named(door: Door, field: str, change: dict[str, Any]) -> None:
    queue = a_queue(door)
    assert door.post(queue.members, queue.person() | change).refused()["detail"].startswith(f"{field}: ")
    assert door.get(queue.members).items() == []


def test_the_error_ids_that_clients_translate(door: Door) -> None:
    queue = a_queue(door)
    none = door.post(queue.members, {"name": "Ann"}).refused()
    assert none["id"] == "model.member.is_valid.communications.app_error"
    untyped = door.post(queue.members, {"communications": [{"destination": "1"}]}).refused()
    assert untyped["id"] == "model.member.is_valid.communications.type.app_error"


def some(door: Door, queue: Queue, **priorities: int) -> dict[str, str]:
    """Members by name with a priority each, a second apart."""
    ids = {}
    for place, (name, priority) in enumerate(priorities.items()):
        door.clock.now = NOON + place * 1000
        body = queue.person(f"38044{place}", priority=priority, variables={"city": name}) | {"name": name}
        ids[name] = door.id(queue.members, body)
    return ids


def found(door: Door, queue: Queue, query: str) -> list[str]:
    return [row["name"] for row in door.get(f"{queue.members}?{query}").items()]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", "Cid Bob Ann"),
        ("page=1&size=10&q=&sort=&priority.from=0", "Cid Bob Ann"),
        ("priority.from=2&priority.to=3", "Cid Bob"),
        ("sort=%2Bpriority", "Ann Bob Cid"),
        ("sort=-name&size=2", "Cid Bob"),
        ("q=bo*", "Bob"),
        ("q=380441*", "Bob"),
        ("destination=380442", "Cid"),
        ("name=A*", "Ann"),
        (f"created_at.from={NOON + 1000}&created_at.to={NOON + 1000}", "Bob"),
        ("variables[city]=Ann", "Ann"),
        ("stop_cause=success&stopCause=cancel", ""),
    ],
)
def test_search(door: Door, query: str, wanted: str) -> None:
    queue = a_queue(door)
    some(door, queue, Ann=1, Bob=2, Cid=3)
    assert found(door, queue, query) == wanted.split()


def test_a_list_row_always_has_created_at(door: Door) -> None:
    queue = a_queue(door)
    some(door, queue, Ann=1)
    assert door.get(queue.members).items()[0]["created_at"] == str(NOON)
    assert set(door.get(f"{queue.members}?fields=name").items()[0]) == {"name"}


def test_patch_merges_variables_and_an_empty_value_deletes(door: Door) -> None:
    queue = a_queue(door)
    id_ = door.id(queue.members, queue.person(variables={"a": "1", "b": "2"}))
    patched = door.patch(f"{queue.members}/{id_}", {"variables": {"b": "", "c": "3"}, "priority": "7"}).ok()
    assert patched["variables"] == {"a": "1", "c": "3"} and patched["priority"] == 7
    assert door.patch(f"/call_center/members/{id_}", {"name": "Eve"}).ok()["name"] == "Eve"


def test_stopping_and_starting_again(door: Door) -> None:
    queue = a_queue(door)
    id_ = door.id(queue.members, queue.person())
    stopped = door.patch(f"{queue.members}/{id_}", {"stop_cause": "cancel"}).ok()
    assert stopped["stop_cause"] == "cancel" and stopped["stop_at"] == str(NOON)
    assert "waiting" not in door.get(queue.path).ok()
    again = door.patch(f"{queue.members}/{id_}", {"stop_cause": ""}).ok()
    assert "stop_cause" not in again and "stop_at" not in again
    assert door.get(queue.path).ok()["waiting"] == 1


def test_put_replaces_and_keeps_what_was_done_with_a_number(door: Door) -> None:
    queue = a_queue(door)
    id_ = door.id(queue.members, queue.person("1", "2", variables={"a": "1"}))
    resource = a_resource(door)
    body = queue.person("2", "3")
    body["communications"][0] |= {"resource": link(resource), "priority": 1}
    replaced = door.put(f"{queue.members}/{id_}", body).ok()
    assert [c["destination"] for c in replaced["communications"]] == ["2", "3"]
    assert replaced["communications"][0]["resource"] == {"id": resource, "name": "Line"}
    assert "variables" not in replaced


def test_delete_one(door: Door) -> None:
    queue, other = a_queue(door), a_queue(door, "Other")
    id_ = door.id(queue.members, queue.person())
    door.delete(f"{other.members}/{id_}").refused(404)
    assert door.delete(f"{queue.members}/{id_}").ok()["id"] == id_
    assert door.get(f"{queue.members}/{id_}").refused(404)["id"] == "store.sql_member.get.app_error"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"id": [], "without_members": True}, ""),
        (None, ""),
        ({"priority": {"from": "2"}}, "Ann"),
        ({"numbers": ["380440", "380442"]}, "Bob"),
        ({"q": "C*"}, "Bob Ann"),
        ({"size": 2, "sort": "+priority"}, "Cid"),
        ({"stop_cause": ["success"]}, "Cid Bob Ann"),
    ],
)
def test_delete_many(door: Door, body: Any, left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_members, "BATCH", 2)
    queue = a_queue(door)
    some(door, queue, Ann=1, Bob=2, Cid=3)
    answer = door.delete(queue.members, body).ok()
    assert found(door, queue, "") == left.split()
    if not (body or {}).get("without_members"):
        assert len(answer["items"]) == 3 - len(left.split())


def test_delete_by_ids(door: Door) -> None:
    queue = a_queue(door)
    ids = some(door, queue, Ann=1, Bob=2, Cid=3)
    gone = door.delete(queue.members, {"id": [ids["Ann"]], "ids": [int(ids["Bob"])]}).items()
    assert {row["name"] for row in gone} == {"Ann", "Bob"} and gone[0]["communications"]
    assert found(door, queue, "") == ["Cid"]


def test_reset_leaves_out_those_who_are_done(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_members, "BATCH", 1)
    queue = a_queue(door)
    ids = some(door, queue, Ann=1, Bob=2, Cid=3)
    for name, cause in (("Ann", "failed"), ("Bob", "success"), ("Cid", "abandoned")):
        door.patch(f"{queue.members}/{ids[name]}", {"stop_cause": cause}).ok()
    assert door.get(f"{queue.members}/reset/count?priority.from=0").ok() == {"count": "2"}
    assert door.patch(f"{queue.members}/reset", {"id": [ids["Ann"]]}).ok() == {"count": "1"}
    assert door.patch(f"{queue.members}/reset", {"priority": {"from": 0}}).ok() == {"count": "1"}
    assert door.patch(f"{queue.members}/reset", {}).ok() == {}


def test_across_queues(door: Door) -> None:
    one, other = a_queue(door, "One"), a_queue(door, "Other")
    door.post(one.members, one.person()).ok()
    second = door.id(other.members, other.person())
    assert len(door.get("/call_center/members").items()) == 2
    rows = door.get(f"/call_center/members?queueId={other.id}").items()
    assert [row["id"] for row in rows] == [second]
