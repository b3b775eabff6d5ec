"""Members found and changed by what they are like, as flows do it (flow-engine §4.6, memberInfo and patchMembers)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy import Row as DbRow

from outdial.domain.number import normalise
from outdial.store import counters, members
from outdial.store.context import ring
from outdial.store.dialect import raw
from outdial.store.listing import Row, matches
from outdial.store.tables import member, member_number


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which members of a domain. What is empty does not matter."""

    id: int = 0
    queue_ids: Sequence[int] = ()
    destination: str = ""
    name: str = ""
    """In any case; ``%`` stands for anything, ``_`` for one character."""
    created_since: int = 0
    completed: bool | None = None
    bucket_id: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of each."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the wire, as ``members.patch`` takes them; ``variables`` merge."""
    numbers: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """Position of a number → its fields that change."""
    queue_id: int | None = None


def find(conn: Connection, domain_id: int, wanted: Wanted) -> Row | None:
    """The first that matches, with all its fields and numbers."""
    found = conn.scalar(_matching(domain_id, wanted).limit(1))
    return None if found is None else members.get(conn, domain_id, found)


def amend(conn: Connection, domain_id: int, wanted: Wanted, changes: Changes, *, after: int, limit: int) -> list[int]:
    """Changes up to ``limit`` that match, in the order of their ids; answers those: call on from the last.

    A stopped member is started anew by an empty ``stop_cause``. One that is being called may be changed too; its call
    goes on. Raises BadField, and then nothing is changed.
    """
    ids = list(conn.scalars(_matching(domain_id, wanted).where(member.c.id > after).limit(limit)))
    for id_ in ids:
        _amend(conn, domain_id, members.lock(conn, domain_id, id_), changes)
    return ids


def _matching(domain_id: int, wanted: Wanted) -> Any:
    m, n = member.c, member_number.c
    conditions: list[ColumnElement[bool]] = [m.domain_id == domain_id]
    if wanted.id:
        conditions += matches(m.id, wanted.id)
    if wanted.queue_ids:
        conditions += matches(m.queue_id, list(wanted.queue_ids))
    if wanted.destination:
        number = normalise(wanted.destination)
        conditions.append(m.id.in_(select(n.member_id).where(n.number == number, n.domain_id == domain_id)))
    if wanted.name:
        conditions.append(m.name_folded.like(wanted.name.casefold(), escape="\\"))
    if wanted.bucket_id:
        conditions += matches(m.bucket_id, wanted.bucket_id)
    if wanted.created_since:
        conditions.append(m.created_at >= wanted.created_since)
    if wanted.completed is not None:
        conditions.append(m.stop_at.is_not(None) if wanted.completed else m.stop_at.is_(None))
    return select(m.id).where(*conditions).order_by(m.id)


def _amend(conn: Connection, domain_id: int, old: DbRow[Any], changes: Changes) -> None:
    fields = dict(changes.fields)
    if "variables" in fields:
        fields["variables"] = members.merged(old.variables, fields["variables"])
    if changes.numbers:
        fields["communications"] = _renumbered(members.get(conn, domain_id, old.id), changes.numbers)
    if fields:
        members.change(conn, domain_id, old, fields)
    if changes.queue_id is not None and changes.queue_id != old.queue_id:
        _move(conn, domain_id, old, changes.queue_id)


def _renumbered(row: Row, changes: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Its numbers as they are to be; one that keeps destination and type keeps what was done with it."""
    return [
        {
            **number,
            "type": number["type"]["id"],
            "resource": number["resource"]["id"] if number["resource"] else None,
            "stop_at": None,
            **changes.get(place, {}),
        }
        for place, number in enumerate(row["communications"])
    ]


def _move(conn: Connection, domain_id: int, old: DbRow[Any], queue_id: int) -> None:
    """Into another queue. An open attempt stays with the queue that made it."""
    stop_at = conn.scalar(
        update(member).where(member.c.id == old.id).values(queue_id=queue_id).returning(member.c.stop_at)
    )
    waiting = int(stop_at is None)
    gone = counters.Change(domain_id, old.queue_id, members=-1, waiting=-waiting)
    counters.add(raw(conn), [gone, counters.Change(domain_id, queue_id, members=1, waiting=waiting)])
    ring(conn, "members")
