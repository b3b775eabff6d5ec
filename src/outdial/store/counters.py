"""The kept counters of queues: members in all, members not stopped, open attempts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from outdial.store.dialect import Raw
from outdial.store.tables import queue, queue_counter

_ADD = (
    "INSERT INTO queue_counter (domain_id, queue_id, count, waiting, active) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (queue_id) DO UPDATE SET count = queue_counter.count + excluded.count,"
    " waiting = queue_counter.waiting + excluded.waiting, active = queue_counter.active + excluded.active"
)


class Change(NamedTuple):
    domain_id: int
    queue_id: int
    members: int = 0
    waiting: int = 0
    active: int = 0


def add(driver: Raw, changes: Iterable[Change]) -> None:
    """Adds them up and writes one row a queue, in the order of ids so that no two writers lock each other out."""
    sums: dict[tuple[int, int], list[int]] = {}
    for change in changes:
        total = sums.setdefault((change.queue_id, change.domain_id), [0, 0, 0])
        for place in range(3):
            total[place] += change[place + 2]
    rows = [(domain, queue, *total) for (queue, domain), total in sorted(sums.items()) if any(total)]
    driver.many(_ADD, rows)


class Depth(NamedTuple):
    """How full a queue is."""

    domain_id: int
    queue_id: int
    name: str
    members: int
    waiting: int
    active: int


def depths(conn: Connection, most: int) -> list[Depth]:
    """Of the first ``most`` queues of all domains, by id."""
    c = queue_counter.c
    wanted = (
        select(queue.c.domain_id, queue.c.id, queue.c.name, c["count"], c.waiting, c.active)
        .select_from(queue.outerjoin(queue_counter, c.queue_id == queue.c.id))
        .order_by(queue.c.id)
        .limit(most)
    )
    return [Depth(*row[:3], *(value or 0 for value in row[3:])) for row in conn.execute(wanted)]
