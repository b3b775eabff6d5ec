"""Calls by what is inside their JSON, and sums over them, on every database."""

from __future__ import annotations

import pytest

from outdial.store import aggregates, calls, reports
from outdial.store.aggregates import Group, Wanted
from outdial.store.listing import ListQuery, Range
from tests.store.builders import Campaign, a_campaign, add_members, facts, finish, reserve
from tests.store.ground import NOON, Ground


@pytest.fixture
def campaign(ground: Ground) -> Campaign:
    """A call with a tag and a flow, and one whose tags are no list."""
    campaign = a_campaign(ground)
    add_members(ground, campaign, "380441", "380442")
    one, other = reserve(ground, campaign)
    tagged = {"wbt_tags": ["vm", "late"], "status": "Busy"}
    ground.step(finish(one, call_variables=tagged, schema_ids=(campaign.schema,), agent_id=7))
    ground.step(finish(other, call_variables={"wbt_tags": "vm"}, facts=facts(answered_at=0, cause="NO_ANSWER")))
    return campaign


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"tags": ["late", "none"]}, 1),
        ({"tags": ["none"]}, 0),
        ({"schema_id": [1]}, 1),
        ({"schema_id": [2]}, 0),
        ({"agent_id": [7]}, 1),
        ({"missed": True}, 1),
        ({"has_transfer": True}, 0),
        ({"number": "^38044"}, 2),
        ({"number": "42$"}, 1),
        ({"number": "38.442"}, 1),
        ({"variables": {"status": "Busy"}}, 1),
    ],
)
def test_filters(ground: Ground, campaign: Campaign, filters: dict[str, object], found: int) -> None:
    assert len(ground.read(calls.search, campaign.domain, ListQuery(filters=filters)).items) == found


def test_sums(ground: Ground, campaign: Campaign) -> None:
    wanted = Wanted([Group("cause")], {"avg": ["duration", "wait_sec"], "max": ["wait_sec"]}, ["-cause"])
    assert ground.read(aggregates.rows, campaign.domain, ListQuery(), wanted) == [
        {"cause": "NO_ANSWER", "count": 1, "avg_duration": 9, "avg_wait_sec": None, "max_wait_sec": None},
        {"cause": "NORMAL_CLEARING", "count": 1, "avg_duration": 9, "avg_wait_sec": 2, "max_wait_sec": 2},
    ]
    by_day = Wanted([Group("created_at", "day"), Group("queue")])
    [row] = ground.read(aggregates.rows, campaign.domain, ListQuery(), by_day)
    assert row["queue"] == {"id": str(campaign.queue), "name": "Reminder"}
    assert row["created_at"] == NOON - NOON % 86_400_000


def test_what_queues_did(ground: Ground, campaign: Campaign) -> None:
    [row] = ground.read(reports.general, campaign.domain, ListQuery(), Range(NOON)).items
    assert (row["attempts"], row["abandoned"], row["processed"], row["waiting"]) == (2, 2, 0, 2)
