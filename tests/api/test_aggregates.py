"""Sums over calls and what queues did (webitel-api §9.1, §13)."""

from __future__ import annotations

import pytest

from tests.api.calling import Campaign
from tests.api.door import NOON, Door

TODAY = {"created_at": {"from": NOON - 1000, "to": NOON + 100_000_000}}
DAY = 86_400_000


@pytest.fixture
def queue(door: Door) -> str:
    """Three calls: two answered, for five and nine seconds, and one refused, a day later."""
    campaign = Campaign(door)
    for number, talked in (("380441", 5000), ("380442", 9000)):
        campaign.member(number)
        campaign.ring(hangup_at=door.clock.now + talked)
    door.clock.now += DAY
    campaign.member("380443")
    campaign.ring(answered_at=0, hangup_at=door.clock.now + 3000, cause="USER_BUSY", sip_code=486)
    return campaign.queue.id


def sums(door: Door, **agg: object) -> list[dict[str, object]]:
    (item,) = door.post("/calls/history/aggregate", {**TODAY, "aggs": [{"name": "a", **agg}]}).items()
    assert item["name"] == "a"
    return list(item["data"])


def test_sums_by_group(door: Door, queue: str) -> None:
    found = sums(door, group=[{"id": "cause"}], avg=["duration"], sum=["talk_sec"], sort=["-count"])
    assert found == [
        {"cause": "NORMAL_CLEARING", "count": 2, "avg_duration": 7.0, "sum_talk_sec": 10},
        {"cause": "USER_BUSY", "count": 1, "avg_duration": 3.0, "sum_talk_sec": 0},
    ]
    assert sums(door, group=[{"field": "queue"}], max=["duration"]) == [
        {"queue": {"id": queue, "name": "Reminder"}, "count": 3, "max_duration": 9}
    ]


def test_sums_by_day(door: Door, queue: str) -> None:
    first = NOON - NOON % DAY
    found = sums(door, group=[{"id": "created_at", "interval": "day"}])
    assert found == [{"created_at": first, "count": 2}, {"created_at": first + DAY, "count": 1}]
    assert sums(door, group=[{"id": "created_at", "interval": "day", "desc": True, "top": 1}]) == [found[1]]
    assert sums(door) == [{"count": 3}]


def test_nonsense_is_refused(door: Door) -> None:
    for agg in (
        {"group": [{"id": "password"}]},
        {"avg": ["cause"]},
        {"group": [{"id": "created_at", "interval": "x"}]},
    ):
        door.post("/calls/history/aggregate", {**TODAY, "aggs": [agg]}).refused()
    assert door.post("/calls/history/aggregate", {"aggs": [{}]}).refused()["id"] == "grpc.call.search_history"


def test_what_queues_did(door: Door, queue: str) -> None:
    (row,) = door.get("/call_center/queues/reports/general", **{"joined_at.from": NOON - 1}).items()
    assert row["queue"] == {"id": queue, "name": "Reminder"}
    assert {name: row[name] for name in ("count", "attempts", "bridged", "abandoned", "waiting")} == {
        "count": "3", "attempts": 3, "bridged": 3, "abandoned": 3, "waiting": 3,
    }  # fmt: skip
    later = {"joined_at.from": NOON + 1, "queue_id": queue}
    assert door.get("/call_center/queues/reports/general", **later).items()[0]["attempts"] == 1
    assert door.get("/call_center/queues/reports/general").refused()["field"] == "joined_at.from"
