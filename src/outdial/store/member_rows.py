"""Members and numbers between the wire's fields and the tables' rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from outdial.domain.errors import BadField
from outdial.domain.number import has_digits, normalise
from outdial.store.dialect import Raw, dump, json_has
from outdial.store.listing import like
from outdial.store.people import state_of
from outdial.store.shape import Shape, by
from outdial.store.tables import bucket, communication_type, member, member_number, resource
from outdial.store.tables.dialing import RESERVED
from outdial.store.zones import zone_name

SAVE = "store.sql_member.save.app_error"
MOST_NUMBERS = 20


def _with_number(text: str) -> ColumnElement[bool]:
    """Members one of whose numbers is this one, however it is written."""
    n = member_number.c
    return member.c.id.in_(select(n.member_id).where(n.number == normalise(text), n.domain_id == member.c.domain_id))


def _q(_: Connection, text: str) -> list[ColumnElement[bool]]:
    return [or_(like(member.c.name_folded, text), _with_number(text.removesuffix("*")))]


def _variables(conn: Connection, wanted: Mapping[str, str]) -> list[ColumnElement[bool]]:
    return [json_has(conn, member.c.variables, key, value) for key, value in wanted.items()]


SHAPE = Shape(
    member,
    order="-created_at",
    hidden=frozenset({"state", "import_id"}),
    zones=frozenset({"timezone"}),
    loose={"bucket": ("bucket_id", bucket)},
    aliases={"min_offering_at": "ready_at", "last_activity_at": "last_hangup_at"},
    extra={"reserved": (member.c.state == RESERVED).label("reserved")},
    filters={
        "q": _q,
        "destination": lambda _, text: [_with_number(text)],
        "numbers": lambda _, texts: [or_(*(_with_number(text) for text in texts))] if texts else [],
        "name": lambda _, text: [like(member.c.name_folded, text)],
        "offering_at": by(member.c.ready_at),
        "agent_id": by(member.c.agent_id),
        "bucket_id": by(member.c.bucket_id),
        "queue_id": by(member.c.queue_id),
        "variables": _variables,
    },
    object="cc_queue",
    granted_by="queue_id",
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was given. ``stop_at`` None: not mentioned."""

    destination: str
    type_id: int
    priority: int
    display: str
    resource_id: int | None
    description: str
    dtmf: str
    stop_at: int | None


@dataclass(frozen=True, slots=True)
class Given:
    """A member as it was given, checked."""

    name: str
    priority: int
    expire_at: int | None
    ready_at: int | None
    timezone: str
    variables: Mapping[str, str]
    stop_cause: str
    bucket_id: int
    """0 for none."""
    numbers: Sequence[Number]


def read_given(
    conn: Connection,
    domain_id: int,
    rows: Sequence[Mapping[str, Any]],
    where: Callable[[int], str],
    *,
    partial: bool = False,
) -> list[Given]:
    """Checks all rows. ``where`` answers the prefix of a row's fields. Raises BadField for the first fault.

    A member needs a number, unless it is ``partial``.
    """
    types = _known(conn, domain_id, communication_type)
    resources = _known(conn, domain_id, resource)
    buckets = _known(conn, domain_id, bucket) if any(row.get("bucket") for row in rows) else set()
    found = []
    for place, row in enumerate(rows):
        prefix = where(place)
        numbers = [
            _number(item, f"{prefix}communications[{index}].", types, resources)
            for index, item in enumerate(row.get("communications") or ())
        ]
        if not partial and not 1 <= len(numbers) <= MOST_NUMBERS:
            text = f"a member has 1 to {MOST_NUMBERS} numbers"
            raise BadField(f"{prefix}communications", text, id="model.member.is_valid.communications.app_error")
        numbers.sort(key=lambda number: -number.priority)
        bucket_id = row.get("bucket") or 0
        if bucket_id and bucket_id not in buckets:
            raise BadField(f"{prefix}bucket", f"there is no such bucket: {bucket_id}", id=SAVE)
        found.append(_given(row, prefix, numbers))
    return found


def _known(conn: Connection, domain_id: int, table: Table) -> set[int]:
    return set(conn.scalars(select(table.c.id).where(table.c.domain_id == domain_id)))


def _given(row: Mapping[str, Any], prefix: str, numbers: Sequence[Number]) -> Given:
    timezone = zone_name(row.get("timezone"))
    if timezone is None:
        raise BadField(f"{prefix}timezone", "there is no such time zone", id=SAVE)
    cause = row.get("stop_cause") or ""
    if not cause and numbers and all(number.stop_at for number in numbers):
        cause = "no_communications"
    return Given(
        name=row.get("name") or "",
        priority=row.get("priority") or 0,
        expire_at=row.get("expire_at") or None,
        ready_at=row.get("min_offering_at") or None,
        timezone=timezone,
        variables=row.get("variables") or {},
        stop_cause=cause,
        bucket_id=row.get("bucket") or 0,
        numbers=numbers,
    )


def _number(item: Mapping[str, Any], prefix: str, types: set[int], resources: set[int]) -> Number:
    destination = (item.get("destination") or "").strip()
    if not has_digits(destination):
        raise BadField(f"{prefix}destination", "a number with digits is needed", id=SAVE)
    if item.get("type") not in types:
        text = "an existing communication type is needed"
        raise BadField(f"{prefix}type", text, id="model.member.is_valid.communications.type.app_error")
    pinned = item.get("resource") or None
    if pinned is not None and pinned not in resources:
        raise BadField(f"{prefix}resource", f"there is no such record: {pinned}", id=SAVE)
    return Number(
        destination=destination,
        type_id=item["type"],
        priority=item.get("priority") or 0,
        display=item.get("display") or "",
        resource_id=pinned,
        description=item.get("description") or "",
        dtmf=item.get("dtmf") or "",
        stop_at=item.get("stop_at"),
    )


_MEMBER = (
    "INSERT INTO member (id, domain_id, queue_id, state, priority, timezone, ready_at, expire_at, attempts, stop_at,"
    " stop_cause, created_at, name, name_folded, variables, import_id, deferred, bucket_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, '', ?)"
)
_NUMBER = (
    "INSERT INTO member_number (domain_id, member_id, position, destination, number, type_id, priority, display,"
    " resource_id, description, dtmf, attempts, last_activity_at, stop_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class _Done(NamedTuple):
    """What was done with a number."""

    id: int = 0
    attempts: int = 0
    last_activity_at: int = 0
    stop_at: int | None = None


def write_members(
    driver: Raw, domain_id: int, queue_id: int, given: Sequence[Given], *, import_id: str, now: int
) -> list[int]:
    """Inserts them with their numbers; answers the ids in order."""
    ids = driver.take_ids("member", len(given))
    members: list[tuple[Any, ...]] = []
    numbers: list[tuple[Any, ...]] = []
    for id_, one in zip(ids, given, strict=True):
        stop_at = now if one.stop_cause else None
        members.append(
            (
                id_, domain_id, queue_id, state_of(stop_at, one.ready_at, now), one.priority, one.timezone,
                one.ready_at, one.expire_at, stop_at, one.stop_cause, now, one.name, one.name.casefold(),
                dump(one.variables) if one.variables else "{}", import_id,
                one.bucket_id,
            )
        )  # fmt: skip
        for place, number in enumerate(one.numbers):
            numbers.append(_number_row((domain_id, id_, place), number, _Done(stop_at=number.stop_at or None)))
    driver.many(_MEMBER, members)
    driver.many(_NUMBER, numbers)
    return ids


def _number_row(place: tuple[int, int, int], number: Number, done: _Done) -> tuple[Any, ...]:
    """``place`` is domain, member and position."""
    return (
        *place, number.destination, normalise(number.destination), number.type_id, number.priority, number.display,
        number.resource_id, number.description, number.dtmf, done.attempts, done.last_activity_at, done.stop_at,
    )  # fmt: skip


def write_numbers(driver: Raw, domain_id: int, member_id: int, numbers: Sequence[Number]) -> bool:
    """Replaces a member's numbers; one that stays the same keeps its row and what was done with it.

    Answers whether any is open. A ``stop_at`` that is not mentioned stays as it was.
    """
    rows = driver.all(_DONE, (member_id,))
    old = {(number, type_id): _Done(*done) for number, type_id, *done in rows}
    still_open = False
    kept: list[tuple[Any, ...]] = []
    new: list[tuple[Any, ...]] = []
    for place, number in enumerate(numbers):
        done = old.pop((normalise(number.destination), number.type_id), _Done())
        if number.stop_at is not None:
            done = done._replace(stop_at=number.stop_at or None)
        still_open = still_open or done.stop_at is None
        row = _number_row((domain_id, member_id, place), number, done)
        if done.id:
            kept.append((*row[2:], done.id))
        else:
            new.append(row)
    driver.run("DELETE FROM member_number WHERE id IN {ids}", (driver.ids(done.id for done in old.values()),))
    driver.many(_KEEP, kept)
    driver.many(_NUMBER, new)
    return still_open


_DONE = "SELECT number, type_id, id, attempts, last_activity_at, stop_at FROM member_number WHERE member_id = ?"
_KEEP = (
    "UPDATE member_number SET position = ?, destination = ?, number = ?, type_id = ?, priority = ?, display = ?,"
    " resource_id = ?, description = ?, dtmf = ?, attempts = ?, last_activity_at = ?, stop_at = ? WHERE id = ?"
)
