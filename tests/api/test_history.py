"""Attempts, calls and recordings as the API shows them (webitel-api §11, §13, §14)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.store import commands
from tests.api.calling import Campaign
from tests.api.door import NOON, Door

ATTEMPTS = "/call_center/queues/attempts"


@pytest.fixture
def campaign(door: Door) -> Campaign:
    return Campaign(door)


def test_an_attempt_in_history(door: Door, campaign: Campaign) -> None:
    member = campaign.member(variables={"city": "Kyiv"})
    attempt = campaign.ring()
    (row,) = door.get(f"{ATTEMPTS}/history?joined_at.from={NOON}&joined_at.to={NOON}&sort=").items()
    assert row["id"] == str(attempt.id) and row["channel"] == "call" and row["attempts"] == 1
    assert row["queue"] == {"id": campaign.queue.id, "name": "Reminder"}
    assert row["member"] == {"id": member, "name": "Ann"} and row["resource"]["name"] == "Line"
    assert row["destination"]["destination"] == "380441"
    assert row["destination"]["type"] == {"id": campaign.queue.type, "name": "Code Of Reminder"}
    assert (row["joined_at"], row["leaving_at"], row["duration"]) == (str(NOON), str(NOON + 9000), 9)
    assert row["result"] == "abandoned" and row["variables"] == {"city": "Kyiv", "status": "Busy"}
    assert (row["cause"], row["sip_code"], row["display"]) == ("NORMAL_CLEARING", 200, "380440000000")


@pytest.mark.parametrize("query", ["", "?queue_id=1", "?joined_at.from=0&joined_at.to=0", "?page=1&sort="])
def test_attempt_history_wants_a_range_or_a_member(door: Door, query: str) -> None:
    assert door.get(f"{ATTEMPTS}/history{query}").refused()["id"] == "grpc.member.search_attempt"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("queue_id=1", 1),
        ("queueId=99", 0),
        ("result=abandoned&result=success", 1),
        ("result=success", 0),
        ("duration.from=9&duration.to=9", 1),
        ("duration.from=10", 0),
        ("q=38044*", 1),
        ("q=38044", 0),
        ("cause=USER_BUSY", 0),
    ],
)
def test_filters_of_attempts(door: Door, campaign: Campaign, query: str, count: int) -> None:
    member = campaign.member()
    campaign.ring()
    assert len(door.get(f"{ATTEMPTS}/history?member_id={member}&{query}").items()) == count


def test_one_attempt_with_the_trace_of_its_call(door: Door, campaign: Campaign) -> None:
    campaign.member()
    attempt = campaign.ring()
    found = door.get(f"{ATTEMPTS}/history/{attempt.id}").ok()
    assert (
        found["id"] == str(attempt.id)
        and found["flow_trace"] == door.get(f"/calls/history/{attempt.call_id}").ok()["flow_trace"]
    )
    (row,) = door.get(f"{ATTEMPTS}/history?member_id={found['member']['id']}").items()
    assert "flow_trace" not in row
    door.get(f"{ATTEMPTS}/history/999").refused(404)


def test_fields_of_attempts(door: Door, campaign: Campaign) -> None:
    member = campaign.member()
    campaign.ring()
    path = f"{ATTEMPTS}/history?member_id={member}"
    assert set(door.get(f"{path}&fields=id&fields=destination&fields=attempts").items()[0]) == {
        "id", "destination", "attempts",
    }  # fmt: skip
    nested = door.get(f"{campaign.queue.members}/{member}/attempts").items()
    assert nested == door.get(path).items()


def test_attempts_in_progress(door: Door, campaign: Campaign) -> None:
    campaign.member()
    (attempt,) = campaign.claim()
    assert door.get(f"{ATTEMPTS}/active").items()[0]["state"] == "waiting"
    campaign.offer(attempt)
    door.clock.now += 1000
    campaign.answer(attempt)
    (row,) = door.get(f"{ATTEMPTS}/active?queue_id={campaign.queue.id}&state=bridged").items()
    assert row["state"] == "bridged" and row["last_state_change"] == str(NOON + 1000)
    assert row["queue"]["name"] == "Reminder" and row["resource"]["name"] == "Line"
    assert row["destination"]["destination"] == "380441" and row["attempts"] == 1
    assert door.get(f"{ATTEMPTS}/active?state=waiting").items() == []
    assert door.get(campaign.queue.path).ok()["active"] == 1


def test_a_member_who_is_being_rung_is_not_deleted(door: Door, campaign: Campaign) -> None:
    member = campaign.member()
    campaign.claim()
    assert door.get(f"{campaign.queue.members}/{member}").ok()["reserved"] is True
    door.delete(f"{campaign.queue.members}/{member}").refused(404)
    door.delete(campaign.queue.members, {"id": []}).ok()
    assert len(door.get(campaign.queue.members).items()) == 1
    assert "calls in progress" in door.delete(campaign.queue.path).refused()["detail"]


def test_a_call_in_history(door: Door, campaign: Campaign) -> None:
    member = campaign.member()
    attempt = campaign.ring()
    body = {"created_at": {"from": str(NOON), "to": NOON}, "skip_parent": True, "sort": "-created_at"}
    (row,) = door.post("/calls/history", body).items()
    assert row["id"] == attempt.call_id and row["direction"] == "outbound" and row["attempt_id"] == str(attempt.id)
    assert row["from"]["type"] == "gateway" and row["from"]["name"] == "Trunk of Line"
    assert row["from"]["number"] == "380440000000" and row["from"]["id"].isdigit()
    assert row["to"] == {"type": "member", "number": "380441", "id": member, "name": "Ann"}
    assert (row["duration"], row["talk_sec"], row["bill_sec"], row["wait_sec"]) == (9, 7, 7, 2)
    assert (row["cause"], row["sip_code"], row["hangup_by"]) == ("NORMAL_CLEARING", 200, "A")
    assert row["variables"] == {"status": "Busy"} and row["result"] == "abandoned"
    assert row["schemas"] == [{"id": campaign.queue.schema, "name": "Flow of Reminder"}]
    assert row["answered_at"] == row["bridged_at"] == str(NOON + 2000)
    assert door.get(f"/calls/history/{attempt.call_id}").ok()["id"] == attempt.call_id
    door.get("/calls/history/nobody").refused(404)


@pytest.mark.parametrize("body", [{}, {"queue_id": ["1"]}, {"created_at": {}}, {"created_at": {"from": 0}}, {"q": ""}])
def test_call_history_wants_a_filter(door: Door, body: dict[str, Any]) -> None:
    assert door.post("/calls/history", body).refused()["id"] == "grpc.call.search_history"


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 1),
        ({"id": ["uuid-1-0"]}, 1),
        ({"id": ["other"]}, 0),
        ({"number": "+380 441"}, 1),
        ({"q": "38044*"}, 1),
        ({"queue_id": ["1"], "cause": ["NORMAL_CLEARING", "USER_BUSY"]}, 1),
        ({"cause": ["USER_BUSY"]}, 0),
        ({"talk": {"from": 7, "to": "7"}}, 1),
        ({"duration": {"from": 10}}, 0),
        ({"has_file": True}, 0),
        ({"hasFile": False}, 1),
        ({"variables": {"status": "Busy"}}, 1),
        ({"variables": {"status": "Other"}}, 0),
        ({"direction": "inbound"}, 0),
        ({"directions": ["outbound", "inbound"]}, 1),
        ({"parent_id": "x"}, 0),
        ({"answered_at": {"from": NOON}}, 1),
        ({"result": ["abandoned"]}, 1),
    ],
)
def test_filters_of_calls(door: Door, campaign: Campaign, filters: dict[str, Any], count: int) -> None:
    campaign.member()
    campaign.ring()
    rows = door.post("/calls/history", {"created_at": {"from": 1}, **filters}).items()
    assert len(rows) == count


def test_the_same_by_query(door: Door, campaign: Campaign) -> None:
    campaign.member()
    campaign.ring()
    path = f"/calls/history?created_at.from={NOON}&variables[status]=Busy&cause=NORMAL_CLEARING"
    assert set(door.get(f"{path}&fields=id&fields=from&fields=duration&fields=files").items()[0]) == {
        "id", "from", "duration",
    }  # fmt: skip


def test_recordings(door: Door, campaign: Campaign) -> None:
    door.files.put("recordings/1.wav", b"RIFF" + bytes(200))
    campaign.member()
    attempt = campaign.ring(recording="recordings/1.wav")
    (call,) = door.post("/calls/history", {"id": [attempt.call_id]}).items()
    (file,) = call["files"]
    assert (file["size"], file["mime_type"], file["type"]) == ("204", "audio/wav", "file_type_audio")
    assert (file["start_at"], file["stop_at"]) == (str(NOON + 2000), str(NOON + 9000))
    assert door.get(f"/calls/{attempt.call_id}/files").items() == [file]
    part = door("GET", f"/storage/recordings/{file['id']}/stream", headers={"Range": "bytes=0-3"}).response
    assert part.status_code == 206 and part.content == b"RIFF"
    assert door.get(f"/storage/file/{file['id']}/download").response.content == b"RIFF" + bytes(200)
    (listed,) = door.get(f"/storage/file?reference_id={attempt.call_id}").items()
    assert listed["uuid"] == listed["reference_id"] == attempt.call_id and listed["channel"] == "CallChannel"
    door.delete("/storage/file", {"id": [file["id"]]}).ok()
    door.get(f"/storage/recordings/{file['id']}/stream").refused(404)
    assert not door.files.path("recordings/1.wav").exists()


def test_deleting_files_names_them(door: Door) -> None:
    assert door.delete("/storage/file", {"id": []}).refused()["detail"].startswith("id: ")
    assert door.delete("/storage/file", {}).refused()["detail"].startswith("id: ")


def test_calls_in_progress(door: Door, campaign: Campaign) -> None:
    campaign.member()
    (attempt,) = campaign.claim()
    assert door.get("/calls/active").items() == []
    campaign.offer(attempt)
    (call,) = door.get("/calls/active").items()
    assert (call["id"], call["state"], call["attempt_id"]) == (attempt.call_id, "ringing", str(attempt.id))
    assert call["to"]["number"] == "380441" and call["created_at"] == str(NOON)
    campaign.answer(attempt)
    assert door.get(f"/calls/active/{attempt.call_id}").ok()["state"] == "active"
    assert door.get(f"/calls/active?queue_id={campaign.queue.id}&created_at.from={NOON}").items()[0]["id"]
    assert door.get("/calls/active?queue_id=99").items() == []


@pytest.mark.parametrize(("body", "cause"), [(None, "MANAGER_REQUEST"), ({"cause": "user_busy"}, "USER_BUSY")])
def test_hanging_up_is_a_command_to_the_dialer(door: Door, campaign: Campaign, body: Any, cause: str) -> None:
    campaign.member()
    (attempt,) = campaign.claim()
    campaign.offer(attempt)
    door.delete(f"/calls/active/{attempt.call_id}", body).ok()
    (command,) = door.write(commands.take)
    assert (command.kind, command.attempt_id, command.payload) == ("hangup", attempt.id, {"cause": cause})
    door.delete("/calls/active/nobody").refused(404)


def test_the_live_page_reads(door: Door, campaign: Campaign) -> None:
    door.files.put("recordings/1.wav", b"RIFF" + bytes(200))
    member = campaign.member()
    campaign.ring(recording="recordings/1.wav")
    campaign.member("380442")
    campaign.claim()
    door.ill["dialer"] = "It stopped."
    live = door.get("/live").ok()
    assert live["ill"] == {"dialer": "It stopped."}
    assert live["queues"][0]["name"] == "Reminder" and live["queues"][0]["count"] == 2
    assert live["results"] == [{"name": "abandoned", "count": 1}]
    assert live["causes"] == [{"name": "NORMAL_CLEARING", "count": 1}]
    assert live["active"][0]["destination"] == "380442"
    (recent,) = live["recent"]
    assert recent["member"]["id"] == int(member) and recent["status"] == "Busy" and recent["recording"]
    assert recent["next"]["at"] == NOON + 69_000
