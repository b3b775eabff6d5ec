"""What is added to calls that are over, and what cannot be done with calls at all (webitel-api §13)."""

from __future__ import annotations

import pytest

from tests.api.calling import Campaign
from tests.api.door import NOON, Door

TODAY = {"created_at": {"from": str(NOON - 1000), "to": str(NOON + 100_000)}}


def a_call(door: Door) -> str:
    campaign = Campaign(door)
    campaign.member("380441234567")
    return campaign.ring().call_id


def found(door: Door, **filters: object) -> list[str]:
    return [row["id"] for row in door.post("/calls/history", {**TODAY, **filters}).items()]


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        ({"schema_id": ["1"]}, True),
        ({"schema_id": ["99"]}, False),
        ({"missed": True}, False),
        ({"missed": False}, True),
        ({"has_transfer": True}, False),
        ({"skip_parent": True}, True),
        ({"directions": ["inbound", "outbound"]}, True),
        ({"direction": "inbound"}, False),
        ({"user_id": ["5"]}, False),
        ({"agent_id": ["5"]}, False),
        ({"tags": ["vm"]}, False),
        ({"amd_result": ["HUMAN"]}, False),
        ({"rated": True}, False),
        ({"rated": False}, True),
        ({"score_required": {"from": "1"}}, False),
        ({"fts": "hello"}, False),
        ({"number": "+380 44 123-45-67"}, True),
        ({"number": "^38044"}, True),
        ({"number": "4567$"}, True),
        ({"number": "^4567"}, False),
        ({"number": "38.44.*67"}, True),
        ({"number": r"^\d\d\d44"}, True),
        ({"talk": {"from": 7, "to": 7}}, True),
        ({"talk": {"from": 8}}, False),
        ({"variables": {"status": "Busy"}}, True),
        ({"cause": ["NORMAL_CLEARING"], "result": ["abandoned"]}, True),
    ],
)
def test_each_filter(filters: dict[str, object], is_found: bool, door: Door) -> None:
    call = a_call(door)
    assert found(door, **filters) == ([call] if is_found else [])


def test_a_pattern_that_cannot_be_searched_is_refused(door: Door) -> None:
    assert door.post("/calls/history", {**TODAY, "number": "(38|39)+"}).refused()["field"] == "number"


@pytest.mark.parametrize("field", ["from", "to", "display", "bill_sec", "member_id", "queue", "cause", "duration"])
def test_each_sort_goes_both_ways(field: str, door: Door) -> None:
    campaign = Campaign(door)
    for number, talked in (("380441", 5000), ("380442", 9000)):
        campaign.member(number, name=number)
        campaign.ring(hangup_at=door.clock.now + talked)
    up, down = found(door, sort=f"+{field}"), found(door, sort=f"-{field}")
    assert len(up) == 2
    assert down == up[::-1]


def test_variables_are_added_to_a_call(door: Door) -> None:
    call = a_call(door)
    row = door.patch(f"/calls/history/{call}", {"variables": {"rating": "5", "status": ""}, "hide_missed": True}).ok()
    assert row["variables"] == {"rating": "5"}
    assert found(door, variables={"rating": "5"}) == [call]
    door.patch("/calls/history/nobody", {"variables": {"a": "b"}}).refused(404)


def test_remarks_on_a_call(door: Door) -> None:
    call = a_call(door)
    path = f"/calls/history/{call}/annotation"
    made = door.post(path, {"note": "laughs", "start_sec": 3, "end_sec": 5}).ok()
    assert (made["note"], made["call_id"], made["created_by"]["name"]) == ("laughs", call, "Administrator")
    door.put(f"{path}/{made['id']}", {"note": "cries", "start_sec": 3, "end_sec": 5}).ok()
    assert [a["note"] for a in door.get(f"/calls/history/{call}").ok()["annotations"]] == ["cries"]
    (row,) = door.post("/calls/history", {**TODAY, "fields": ["id", "annotations"]}).items()
    assert row["annotations"][0]["note"] == "cries"
    assert door.post(path, {"note": "?", "start_sec": 5, "end_sec": 3}).refused()["field"] == "end_sec"
    door.post("/calls/history/nobody/annotation", {"note": "?"}).refused(404)
    door.delete(f"/calls/history/other/annotation/{made['id']}").refused(404)
    door.delete(f"{path}/{made['id']}").ok()
    assert "annotations" not in door.get(f"/calls/history/{call}").ok()


@pytest.mark.parametrize(
    ("method", "verb", "says"),
    [
        ("PATCH", "hold", "hold"),
        ("PATCH", "unhold", "hold"),
        ("PATCH", "transfer", "deflect"),
        ("PATCH", "dtmf", "sendDtmf"),
        ("PATCH", "variables", "flow"),
        ("POST", "eavesdrop", "recording"),
    ],
)
def test_what_a_phone_could_do_is_refused_with_the_reason(method: str, verb: str, says: str, door: Door) -> None:
    campaign = Campaign(door)
    campaign.member()
    (attempt,) = campaign.claim()
    campaign.offer(attempt)
    refused = door(method, f"/calls/active/{attempt.call_id}/{verb}", {}).refused()
    assert (refused["id"], says in refused["detail"]) == ("app.call.not_possible", True)
    door(method, f"/calls/active/nobody/{verb}", {}).refused(404)


def test_nobody_has_a_phone_to_call_from(door: Door) -> None:
    assert "queue" in door.post("/calls", {"to": {"extension": "1"}, "destination": "380441"}).refused()["detail"]
    assert "stop_cause" in door.post(f"/calls/history/{a_call(door)}/redial").refused()["detail"]
    door.post("/calls/history/nobody/redial").refused(404)


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"number": "+380441"}, True),
        ({"number": "380442"}, False),
        ({"gateway_id": "1"}, True),
        ({"gateway_id": "9"}, False),
        ({"state": "ringing"}, True),
        ({"state": "active"}, False),
        ({"duration.from": 60}, True),
        ({"duration.to": 60}, False),
        ({"cause": "USER_BUSY"}, False),
        ({"missed": "true"}, False),
        ({"missed": "false"}, True),
        ({"supervisor_id": "1"}, False),
        ({"direction": "outbound", "skip_parent": "true"}, True),
    ],
)
def test_each_filter_of_calls_in_progress(asked: dict[str, str], is_found: bool, door: Door) -> None:
    campaign = Campaign(door)
    campaign.member("380441")
    (attempt,) = campaign.claim()
    campaign.offer(attempt)
    door.clock.now += 90_000
    assert [row["id"] for row in door.get("/calls/active", **asked).items()] == [attempt.call_id] * is_found
