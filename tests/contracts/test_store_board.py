"""What the board of queues shows is what was written, and the kept tallies are what a count of the histories gives."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outdial.store import board, history, tallies
from outdial.store.listing import ListQuery
from outdial.store.steps import Bridged
from tests.store.builders import a_campaign, add_members, facts, finish, offering, reserve
from tests.store.ground import NOON, Ground

DAY = {"since": NOON - tallies.HOUR_MS, "until": NOON + tallies.HOUR_MS}


def figures(ground: Ground, campaign: Any) -> dict[str, Any]:
    (row,) = ground.read(board.figures, campaign.domain, queue_ids=(campaign.queue,), **DAY)
    return dict(row)


def test_lines_are_those_of_calls_that_are_up(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "111", "222", "333")
    offered, answered, _ = reserve(ground, campaign)
    for attempt in (offered, answered):
        ground.step(offering(ground, attempt))
    ground.step(Bridged(answered.id, NOON + 2000, b"dialog"))
    found = figures(ground, campaign)
    assert (found["count"], found["waiting"], found["active"], found["done"]) == (3, 3, 3, 0)
    assert [(trunk["id"], trunk["lines"], trunk["lines_all"]) for trunk in found["resources"]] == [
        (campaign.resource, 2, 2)
    ]


def test_a_queue_without_attempts_has_zeros(ground: Ground) -> None:
    found = figures(ground, a_campaign(ground))
    assert (found["attempts"], found["calls"], found["answer_rate"], found["results"]) == (0, 0, 0.0, [])


ENDS = st.tuples(
    st.sampled_from(["success", "abandoned"]), st.sampled_from(["NORMAL_CLEARING", "USER_BUSY", ""]), st.booleans()
)


@given(ends=st.lists(ENDS, min_size=1, max_size=6))
@settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_tallies_are_the_count_of_the_history(ground: Ground, ends: list[tuple[str, str, bool]]) -> None:
    """Whatever the mixture of results, causes and attempts that were no calls."""
    before = _counted(ground)
    campaign = a_campaign(ground, name=f"domain {ground.sql('SELECT COUNT(*) FROM domain')[0][0]}")
    add_members(ground, campaign, *(f"38044{n}" for n in range(len(ends))))
    for attempt, (result, cause, answered) in zip(reserve(ground, campaign), ends, strict=True):
        known = facts(cause=cause, answered_at=NOON + 2000 if answered else 0) if cause else None
        ground.step(finish(attempt, result=result, facts=known, counted=bool(cause)))
    rows = ground.read(history.search, campaign.domain, ListQuery(size=100)).items
    found = figures(ground, campaign)
    assert {one["name"]: one["count"] for one in found["results"]} == Counter(row["result"] for row in rows)
    assert {one["name"]: one["count"] for one in found["causes"]} == Counter(r["cause"] for r in rows if r["cause"])
    assert found["attempts"] == len(rows)
    assert found["calls"] == sum(bool(cause) for _, cause, _ in ends)
    assert found["answered"] == sum(bool(cause) and answered for _, cause, answered in ends)
    assert _counted(ground) == before + len(ends)


def _counted(ground: Ground) -> int:
    return int(ground.sql("SELECT COALESCE(SUM(attempts), 0) FROM attempt_tally")[0][0])
