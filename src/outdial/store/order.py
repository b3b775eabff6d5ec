"""The order in which a queue's ready members are taken (dialer-core §1.2), read off the claim indexes.

An index gives ``priority, ready_at, id`` within a queue, a zone and a bucket (the strict one with ``attempts``
before it). Every strategy is a walk over its classes, members of equal priority, each with two ranges: due retries
first, then members never rung. Each range is read in index order, forwards or backwards, so nothing is sorted
and closed zones cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from outdial.domain.queue import Queue
from outdial.store.dialect import Raw

_ZONE = "queue_id = ? AND state = 0 AND timezone = ?"
_READY = f"{_ZONE} AND bucket_id = ?"


class Place(NamedTuple):
    """Where an index is walked."""

    zone: str
    bucket_id: int
    """0 for members without one."""


class Candidate(NamedTuple):
    id: int
    attempts: int
    priority: int
    ready_at: int | None


def zones(driver: Raw, queue_id: int) -> list[str]:
    """Time zones of ready members, by hopping from one to the next in the index."""
    sql = "SELECT timezone FROM member WHERE queue_id = ? AND state = 0 AND timezone > ? ORDER BY timezone LIMIT 1"
    found: list[str] = []
    home = driver.all(f"SELECT id FROM member WHERE {_ZONE} LIMIT 1", (queue_id, ""))
    row = driver.all(sql, (queue_id, ""))
    while row:
        found.append(row[0][0])
        row = driver.all(sql, (queue_id, found[-1]))
    return ["", *found] if home else found


def buckets(driver: Raw, queue_id: int, zone: str) -> list[int]:
    """Buckets of ready members in a zone, 0 for none, found in the same way."""
    sql = f"SELECT bucket_id FROM member WHERE {_ZONE} AND bucket_id > ? ORDER BY bucket_id LIMIT 1"
    found: list[int] = []
    row = driver.all(sql, (queue_id, zone, -1))
    while row:
        found.append(row[0][0])
        row = driver.all(sql, (queue_id, zone, found[-1]))
    return found


def first(driver: Raw, queue: Queue, place: Place, now: int, limit: int) -> list[Candidate]:
    """The first members of one place, in order."""
    strict = queue.strategy == "strict_fifo"
    found: list[Candidate] = []
    for members in _strict_classes(driver, queue.id, place) if strict else _classes(driver, queue.id, place):
        for ready, direction in _ranges(queue):
            condition, values = members
            sql = (
                f"SELECT id, attempts, priority, ready_at FROM member WHERE {_READY} AND {condition}"
                f" AND {ready} AND (expire_at IS NULL OR expire_at > ?) ORDER BY {direction} LIMIT ?"
            )
            rows = driver.all(sql, (queue.id, *place, *values, now, limit - len(found)))
            found += [Candidate(*row) for row in rows]
            if len(found) >= limit:
                return found
    return found


def _ranges(queue: Queue) -> tuple[tuple[str, str], tuple[str, str]]:
    """Condition and direction for due retries and for members never rung."""
    latest_first = queue.rules.wait_between_retries_desc
    fresh = "ready_at DESC, id DESC" if queue.strategy == "lifo" else "ready_at, id"
    return (
        ("ready_at IS NOT NULL", "ready_at DESC, id DESC" if latest_first else "ready_at, id"),
        ("ready_at IS NULL", fresh),
    )


_Class = tuple[str, tuple[Any, ...]]


def _classes(driver: Raw, queue_id: int, place: Place) -> Iterator[_Class]:
    """The priorities that occur, biggest first."""
    for priority in _steps(driver, "priority", "DESC", (queue_id, *place)):
        yield "priority = ?", (priority,)


def _strict_classes(driver: Raw, queue_id: int, place: Place) -> Iterator[_Class]:
    """Nobody gets a second try before all got the first."""
    for attempts in _steps(driver, "attempts", "", (queue_id, *place)):
        for priority in _steps(driver, "priority", "DESC", (queue_id, *place, attempts), " AND attempts = ?"):
            yield "attempts = ? AND priority = ?", (attempts, priority)


def _steps(driver: Raw, column: str, way: str, within: tuple[Any, ...], also: str = "") -> Iterator[int]:
    """The distinct values of an index column, one look-up each."""
    beyond = "<" if way else ">"
    head = f"SELECT {column} FROM member WHERE {_READY}{also}"
    tail = f"ORDER BY {column} {way} LIMIT 1"
    row = driver.all(f"{head} {tail}", within)
    while row:
        yield row[0][0]
        row = driver.all(f"{head} AND {column} {beyond} ? {tail}", (*within, row[0][0]))


def key(queue: Queue) -> Callable[[Candidate], tuple[int, ...]]:
    """Sorts members of several zones into the queue's order."""
    strict = queue.strategy == "strict_fifo"
    latest = -1 if queue.rules.wait_between_retries_desc else 1
    last = -1 if queue.strategy == "lifo" else 1

    def order(c: Candidate) -> tuple[int, ...]:
        round_ = c.attempts if strict else 0
        if c.ready_at is None:
            return (round_, -c.priority, 1, 0, last * c.id)
        return (round_, -c.priority, 0, latest * c.ready_at, latest * c.id)

    return order
