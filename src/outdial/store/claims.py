"""Who is due, and the reservation that makes sure nobody is rung twice (dialer-core §1.2, §10).

Members who may be rung at once are ``READY`` and stand in the claim indexes; those who wait for a retry are
``WAITING`` and come in by ``promote``. Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from outdial.domain.attempt import Attempt
from outdial.domain.buckets import Turns
from outdial.domain.member import Communication, Member
from outdial.domain.number import normalise
from outdial.domain.queue import Queue
from outdial.domain.retry import Ended
from outdial.store import counters, finish, hooks, order
from outdial.store.context import now_of
from outdial.store.dialect import dump, raw
from outdial.store.histories import OpenRow
from outdial.store.people import load_members
from outdial.store.tables.dialing import READY, RESERVED, STOPPED, WAITING


@dataclass(frozen=True, slots=True)
class Reservation:
    """What ``reserve`` needs to know of one attempt."""

    domain_id: int
    queue_id: int
    member: Member
    member_timezone: str
    """IANA name in force: the member's, else the calendar's."""
    communication: Communication
    other_numbers: int
    """Open numbers of the member beside this one."""
    resource_id: int
    group_id: int
    display: str
    call_id: str
    joined_at: int
    """Epoch ms."""
    ring_at: int = 0


@dataclass(frozen=True, slots=True)
class Busy:
    """Open attempts that hold a slot and a line: all but those that have hung up."""

    per_queue: dict[int, int] = field(default_factory=dict)
    per_resource: dict[int, int] = field(default_factory=dict)


def zones(conn: Connection, queue_id: int) -> list[str]:
    """The time zones among the queue's ready members; empty stands for the calendar's."""
    return order.zones(raw(conn), queue_id)


def due(
    conn: Connection,
    queue: Queue,
    now: int,
    limit: int,
    closed_zones: Collection[str] = (),
    *,
    turns: Turns | None = None,
) -> list[Member]:
    """The next members to ring: bucket by bucket, in each in the order of the queue's strategy.

    Members in closed zones, and in buckets that the queue has switched off, are left out.
    """
    driver = raw(conn)
    links = {link.bucket_id: link for link in queue.buckets}
    waiting: dict[int, list[order.Candidate]] = {}
    for zone in order.zones(driver, queue.id):
        for bucket_id in order.buckets(driver, queue.id, zone) if zone not in closed_zones else ():
            link = links.get(bucket_id)
            if link is None or not link.disabled:
                first = order.first(driver, queue, order.Place(zone, bucket_id), now, limit)
                waiting.setdefault(bucket_id if link else 0, []).extend(first)
    for rows in waiting.values():
        rows.sort(key=order.key(queue))
    lined_up = (turns or Turns()).line_up(queue.id, queue.buckets, waiting) + waiting.get(0, [])
    ids = [row.id for row in lined_up[:limit]]
    found = load_members(driver, ids)
    return [found[id_] for id_ in ids]


def one(conn: Connection, member_id: int) -> Member | None:
    return load_members(raw(conn), [member_id]).get(member_id)


def only_disabled(conn: Connection, queue: Queue) -> bool:
    """Whether ready members wait, all of them in buckets that the queue has switched off."""
    off = {link.bucket_id for link in queue.buckets if link.disabled}
    driver = raw(conn)
    zones = order.zones(driver, queue.id) if off else []
    found = {bucket_id for zone in zones for bucket_id in order.buckets(driver, queue.id, zone)}
    return bool(found) and found <= off


def promote(conn: Connection, now: int, limit: int = 5000) -> int:
    """Makes members ready whose wait is over; answers how many. Call again while it answers ``limit``."""
    return raw(conn).run(
        f"UPDATE member SET state = {READY} WHERE id IN (SELECT m.id FROM queue q JOIN member m"
        f" ON m.queue_id = q.id AND m.state = {WAITING} AND m.ready_at <= ? LIMIT ?)",
        (now, limit),
    )


def next_due(conn: Connection, queue_id: int) -> int | None:
    """Epoch ms at which the first waiting member of the queue becomes ready."""
    sql = f"SELECT min(ready_at) FROM member WHERE queue_id = ? AND state = {WAITING}"
    due_at: int | None = raw(conn).all(sql, (queue_id,))[0][0]
    return due_at


def busy(conn: Connection) -> Busy:
    found = Busy()
    sql = "SELECT queue_id, resource_id, count(*) FROM attempt WHERE state <> 'hangup' GROUP BY queue_id, resource_id"
    for queue_id, resource_id, count in raw(conn).all(sql):
        found.per_queue[queue_id] = found.per_queue.get(queue_id, 0) + count
        found.per_resource[resource_id] = found.per_resource.get(resource_id, 0) + count
    return found


def barred(conn: Connection, list_id: int, numbers: Iterable[str]) -> set[str]:
    """Those of the numbers, normalised or not, that stand on the list today; they come back as given."""
    given = {number: normalise(number) for number in numbers}
    if not given:
        return set()
    driver = raw(conn)
    sql = (
        "SELECT number_norm FROM list_number WHERE list_id = ? AND number_norm IN {texts}"
        " AND (expire_at IS NULL OR expire_at > ?)"
    )
    listed = {row[0] for row in driver.all(sql, (list_id, driver.texts(given.values()), now_of(conn)))}
    return {number for number, plain in given.items() if plain in listed}


def reserve(conn: Connection, wanted: Sequence[Reservation]) -> list[Attempt]:
    """The open attempts for those of the reservations that could be had, in the order given.

    A member that is not ready any more, or whose number is in another open attempt, is left out.
    """
    if not wanted:
        return []
    driver = raw(conn)
    ready_sql = f"SELECT id FROM member WHERE id IN {{ids}} AND state = {READY} ORDER BY id {{lock}}"
    ready = {row[0] for row in driver.all(ready_sql, (driver.ids(r.member.id for r in wanted),))}
    tried = [r for r in wanted if r.member.id in ready]
    if not tried:
        return []
    ids = driver.take_ids("attempt", len(tried))
    driver.many(_INSERT, [_row(attempt_id, r) for attempt_id, r in zip(ids, tried, strict=True)])
    got = {row[0] for row in driver.all("SELECT id FROM attempt WHERE id IN {ids}", (driver.ids(ids),))}
    won = [(attempt_id, r) for attempt_id, r in zip(ids, tried, strict=True) if attempt_id in got]
    driver.run(f"UPDATE member SET state = {RESERVED} WHERE id IN {{ids}}", (driver.ids(r.member.id for _, r in won),))
    counters.add(driver, [counters.Change(r.domain_id, r.queue_id, active=1) for _, r in won])
    return [_attempt(attempt_id, r) for attempt_id, r in won]


_COLUMNS = (
    "id, domain_id, queue_id, member_id, number_id, number, state, resource_id, group_id, display, destination,"
    " call_id, seq, other_numbers, communication, member_name, member_timezone, variables, joined_at, ring_at,"
    " bucket_id"
)
_INSERT = f"INSERT INTO attempt ({_COLUMNS}) VALUES ({', '.join('?' * 21)}) ON CONFLICT DO NOTHING"


def _row(attempt_id: int, r: Reservation) -> tuple[object, ...]:
    number = r.communication
    return (
        attempt_id, r.domain_id, r.queue_id, r.member.id, number.id, normalise(number.destination), "idle",
        r.resource_id, r.group_id, r.display, number.destination, r.call_id, r.member.attempts + 1, r.other_numbers,
        dump(number), r.member.name, r.member_timezone, dump(r.member.variables), r.joined_at, r.ring_at,
        r.member.bucket_id,
    )  # fmt: skip


def _attempt(attempt_id: int, r: Reservation) -> Attempt:
    return Attempt(
        id=attempt_id,
        domain_id=r.domain_id,
        queue_id=r.queue_id,
        member_id=r.member.id,
        member_name=r.member.name,
        member_timezone=r.member_timezone,
        communication=r.communication,
        other_numbers=r.other_numbers,
        resource_id=r.resource_id,
        group_id=r.group_id,
        display=r.display,
        call_id=r.call_id,
        seq=r.member.attempts + 1,
        joined_at=r.joined_at,
        variables=dict(r.member.variables),
        bucket_id=r.member.bucket_id,
        ring_at=r.ring_at,
    )


def bar(conn: Connection, queue: Queue, member: Member, communication: Communication, now: int) -> None:
    """The number is on the stop list: a history row, the number is closed, no slot is taken (dialer-core §1.5)."""
    driver = raw(conn)
    rules = queue.rules
    opened = OpenRow(
        id=driver.take_ids("attempt", 1)[0],
        domain_id=queue.domain_id,
        queue_id=queue.id,
        member_id=member.id,
        number_id=communication.id,
        state="idle",
        resource_id=None,
        group_id=None,
        list_id=queue.dnc_list_id,
        display="",
        destination=communication.destination,
        call_id="",
        seq=member.attempts + 1,
        communication=dump(communication),
        member_name=member.name,
        variables=dump(member.variables),
        joined_at=now,
        offering_at=None,
        bridged_at=None,
        bucket_id=member.bucket_id,
    )
    ended = Ended("barred", now, rules.max_attempts, rules.wait_between_retries_s, rules.per_numbers)
    finish.bar(driver, opened, ended)


def defer(conn: Connection, member_ids: Sequence[int], until: int, reason: str) -> None:
    """Members that no rule lets ring now wait until then. ``reason`` is what ``why not`` tells of them."""
    driver = raw(conn)
    driver.run(
        f"UPDATE member SET state = {WAITING}, ready_at = ?, deferred = ? WHERE id IN {{ids}} AND state = {READY}",
        (until, reason, driver.ids(member_ids)),
    )


def expire(conn: Connection, now: int, limit: int = 500) -> int:
    """Stops members whose time is over, with cause ``expired``; answers how many. Call while it answers ``limit``."""
    driver = raw(conn)
    gone = driver.all(
        f"UPDATE member SET state = {STOPPED}, stop_at = ?, stop_cause = 'expired' WHERE id IN"
        " (SELECT id FROM member WHERE expire_at IS NOT NULL AND state < 2 AND expire_at <= ? LIMIT ?)"
        " RETURNING id, domain_id, queue_id",
        (now, now, limit),
    )
    counters.add(driver, [counters.Change(domain, queue, waiting=-1) for _, domain, queue in gone])
    hooks.members_expired(conn, [(id_, domain, queue) for id_, domain, queue in gone])
    return len(gone)
