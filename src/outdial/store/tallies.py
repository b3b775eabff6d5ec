"""The kept tallies of attempts that are over, by hour, attempt number, result and cause: charts need no history."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, func, select

from outdial.store.dialect import Raw
from outdial.store.tables import attempt_tally

HOUR_MS = 3_600_000
MOST_SEQ = 10
"""Later attempts of a member count as this one."""
_ADD = (
    "INSERT INTO attempt_tally (queue_id, hour, seq, result, cause, domain_id, attempts, answered, talk_sec)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (queue_id, hour, seq, result, cause) DO UPDATE SET attempts = attempt_tally.attempts"
    " + excluded.attempts, answered = attempt_tally.answered + excluded.answered,"
    " talk_sec = attempt_tally.talk_sec + excluded.talk_sec"
)
_c = attempt_tally.c


class One(NamedTuple):
    """An attempt that ended."""

    domain_id: int
    queue_id: int
    at: int
    seq: int
    result: str
    cause: str
    """Empty: no call was made."""
    answered: bool
    talk_sec: int


@dataclass(slots=True)
class Sum:
    """Attempts that are over: all, those that were calls, those answered, seconds talked; and how they ended."""

    attempts: int = 0
    calls: int = 0
    answered: int = 0
    talk_sec: int = 0

    def count(self, attempts: int, answered: int, talk_sec: int, cause: str) -> None:
        self.attempts += attempts
        self.calls += attempts if cause else 0
        self.answered += answered
        self.talk_sec += talk_sec


class Line(NamedTuple):
    """Attempts of one queue with one key of each."""

    queue_id: int
    key: Any
    """The hour, attempt number, result or cause."""
    cause: str
    attempts: int
    answered: int
    talk_sec: int


def add(driver: Raw, ended: Iterable[One]) -> None:
    """One row a key, in the order of keys so that no two writers lock each other out."""
    sums: dict[tuple[int, int, int, str, str, int], list[int]] = {}
    for one in ended:
        seq = min(one.seq, MOST_SEQ)
        total = sums.setdefault((one.queue_id, one.at // HOUR_MS, seq, one.result, one.cause, one.domain_id), [0, 0, 0])
        total[0] += 1
        total[1] += one.answered
        total[2] += one.talk_sec
    driver.many(_ADD, [(*key, *total) for key, total in sorted(sums.items())])


def by(
    conn: Connection, domain_id: int, key: str, *, since: int, until: int, queue_ids: Collection[int] = ()
) -> list[Line]:
    """Sums by queue, ``key`` (hour, seq, result or cause) and cause over the hours between two instants, epoch ms."""
    column: Column[Any] = _c[key]
    wanted = (
        select(_c.queue_id, column, _c.cause, func.sum(_c.attempts), func.sum(_c.answered), func.sum(_c.talk_sec))
        .where(_c.domain_id == domain_id, _c.hour >= since // HOUR_MS, _c.hour < -(-until // HOUR_MS))
        .where(*([_c.queue_id.in_(queue_ids)] if queue_ids else []))
        .group_by(*dict.fromkeys((_c.queue_id, column, _c.cause)))
    )
    return [Line(row[0], row[1], row[2], *map(int, row[3:])) for row in conn.execute(wanted)]
