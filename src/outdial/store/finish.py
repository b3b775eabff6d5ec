"""The end of attempts: the open row goes, member, number, both histories and counters follow (DESIGN, attempt table).

Whoever deletes the open row finishes the attempt; for anybody else it is a no-op.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from outdial.domain.retry import KEEP, Ended, Outcome, Tally, decide
from outdial.store import counters
from outdial.store.dialect import Raw, dump
from outdial.store.histories import OpenRow, write_histories
from outdial.store.people import state_of
from outdial.store.steps import Finish

_JSON = ("communication", "variables")
_RETURNED = ", ".join(f"CAST({name} AS TEXT)" if name in _JSON else name for name in OpenRow._fields)
_DELETE = f"DELETE FROM attempt WHERE id IN {{ids}} RETURNING {_RETURNED}"
_MEMBERS = (
    "SELECT id, queue_id, attempts, ready_at, stop_at, stop_cause, CAST(variables AS TEXT) FROM member"
    " WHERE id IN {ids}"
    " ORDER BY id {lock}"
)
_NUMBERS = "SELECT member_id, id, attempts, stop_at FROM member_number WHERE member_id IN {ids}"
_UPDATE_MEMBER = (
    "UPDATE member SET attempts = ?, ready_at = ?, stop_at = ?, stop_cause = ?, state = ?, variables = ?,"
    " last_hangup_at = COALESCE(?, last_hangup_at), agent_id = COALESCE(?, agent_id), deferred = ''"
    " WHERE id = ?"
)
_UPDATE_NUMBER = (
    "UPDATE member_number SET attempts = ?, last_activity_at = COALESCE(?, last_activity_at),"
    " stop_at = COALESCE(?, stop_at) WHERE id = ?"
)
_variables = msgspec.json.Decoder(dict[str, str])


@dataclass(slots=True)
class _Standing:
    """A member and its numbers as they are in this transaction."""

    queue_id: int
    """The member may have been moved to another queue than the attempt's."""
    attempts: int
    ready_at: int | None
    stop_at: int
    stop_cause: str
    variables: str
    numbers: dict[int, tuple[int, int]]
    """Number id → attempts, stop_at."""

    def tally(self, number_id: int | None) -> Tally:
        others = sum(1 for key, (_, stop_at) in self.numbers.items() if key != number_id and not stop_at)
        mine = self.numbers.get(number_id or 0, (0, 0))
        return Tally(self.attempts, mine[0], others, self.stop_at, self.stop_cause)


def finish(driver: Raw, steps: Sequence[Finish], now: int) -> list[bool]:
    """Finishes what is still open of the attempts; says of each whether it was this step that did it."""
    gone = driver.all(_DELETE, (driver.ids({step.attempt_id for step in steps}),))
    opened = {row[0]: OpenRow(*row) for row in gone}
    done: list[bool] = []
    ends: list[tuple[OpenRow, Finish]] = []
    for step in steps:
        row = opened.pop(step.attempt_id, None)
        done.append(row is not None)
        if row is not None:
            ends.append((row, step))
    if ends:
        _settle(driver, [(row, _ended(step), step) for row, step in ends], active=-1)
        write_histories(driver, ends, now)
    return done


def bar(driver: Raw, row: OpenRow, ended: Ended) -> None:
    """An attempt that ends at the claim, before it was ever open."""
    step = Finish(
        row.id, ended.at, "barred", ended.max_attempts, ended.wait_s, ended.per_numbers, disposition="blocked_dnc"
    )
    _settle(driver, [(row, ended, step)], active=0)
    write_histories(driver, [(row, step)], ended.at)


def _ended(step: Finish) -> Ended:
    return Ended(
        result=step.result,
        at=step.at,
        max_attempts=step.max_attempts,
        wait_s=step.wait_s,
        per_numbers=step.per_numbers,
        counted=step.counted,
        exclude_current=step.exclude_current,
        redial=step.redial,
        stop=step.stop,
    )


def _settle(driver: Raw, ends: Sequence[tuple[OpenRow, Ended, Finish]], *, active: int) -> None:
    """Decides and writes the members and the numbers that were rung."""
    standings = _standings(driver, sorted({row.member_id for row, _, _ in ends}))
    members: list[tuple[Any, ...]] = []
    numbers: list[tuple[Any, ...]] = []
    changes: list[counters.Change] = []
    for row, ended, step in ends:
        standing = standings.get(row.member_id)
        if standing is not None:
            outcome = decide(ended, standing.tally(row.number_id))
            stops = int(bool(outcome.stop_at) and not standing.stop_at)
            members.append(_member_row(row, ended, step, standing, outcome))
            numbers.append(_number_row(row, outcome))
            changes.append(counters.Change(row.domain_id, standing.queue_id, waiting=-stops))
        changes.append(counters.Change(row.domain_id, row.queue_id, active=active))
    driver.many(_UPDATE_MEMBER, members)
    driver.many(_UPDATE_NUMBER, numbers)
    counters.add(driver, changes)


def _standings(driver: Raw, member_ids: list[int]) -> dict[int, _Standing]:
    ids = driver.ids(member_ids)
    found = {row[0]: _standing(*row[1:]) for row in driver.all(_MEMBERS, (ids,))}
    for member_id, number_id, attempts, stop_at in driver.all(_NUMBERS, (ids,)):
        found[member_id].numbers[number_id] = (attempts, stop_at or 0)
    return found


def _standing(queue_id: int, attempts: int, ready_at: int | None, stop_at: int | None, *rest: str) -> _Standing:
    stop_cause, variables = rest
    return _Standing(queue_id, attempts, ready_at, stop_at or 0, stop_cause, variables, {})


def _member_row(row: OpenRow, ended: Ended, step: Finish, standing: _Standing, outcome: Outcome) -> tuple[Any, ...]:
    ready_at = standing.ready_at if outcome.ready_at == KEEP else outcome.ready_at
    variables = standing.variables
    if step.member_exports:
        variables = dump(_variables.decode(variables) | step.member_exports)
    return (
        outcome.attempts,
        ready_at,
        outcome.stop_at or None,
        outcome.stop_cause,
        state_of(outcome.stop_at, ready_at, ended.at),
        variables,
        ended.at if step.facts else None,
        step.agent_id,
        row.member_id,
    )


def _number_row(row: OpenRow, outcome: Outcome) -> tuple[Any, ...]:
    activity = outcome.number_last_activity_at
    return (
        outcome.number_attempts,
        None if activity == KEEP else activity,
        outcome.number_stop_at or None,
        row.number_id,
    )
