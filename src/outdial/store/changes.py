"""The log of changes: who changed what, when, from where, and how it was before. Written with the change itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, insert, select, update

from outdial.store.context import context_of, now_of
from outdial.store.listing import ListQuery, Page, Row, matches, page_of, within
from outdial.store.tables import change

Action = Literal["create", "update", "delete"]
SECRET = "(given, not shown)"
"""Stands for a secret that was set."""
UNTOLD = frozenset({"updated_at", "updated_by", "created_at", "created_by"})
"""The log says these itself."""
_c = change.c


@dataclass(frozen=True, slots=True)
class About:
    """The record that changed."""

    object: str
    """Its class, as rights are given for it; nothing is told where it is empty."""
    record_id: int | None
    name: str = ""
    part: str = ""
    """What changed of it, if that is a record of its own: ``caller number 380441234567``."""


def record(
    conn: Connection,
    domain_id: int,
    action: Action,
    about: About,
    *states: Row | None,
    count: int = 1,
) -> int | None:
    """Tells of a change that a person makes: the record before and after, None where it was not there.

    Of an update only the fields are told that became different. What the service does by itself is not told, nor is
    a change of nothing. ``count`` is how many records one request touched.
    Answers the entry's id, if there is one.
    """
    actor = context_of(conn).actor
    if actor is None or not about.object:
        return None
    before, after = (*map(_told, states), None, None)[:2]
    if action == "update" and before is not None and after is not None:
        same = {name for name in before.keys() & after.keys() if before[name] == after[name]}
        before = {name: value for name, value in before.items() if name not in same}
        after = {name: value for name, value in after.items() if name not in same}
        if not before and not after:
            return None
    key = conn.execute(
        insert(change).values(
            domain_id=domain_id,
            at=now_of(conn),
            user_id=actor.user_id,
            user_name=actor.name,
            user_ip=actor.address,
            action=action,
            object=about.object,
            record_id=about.record_id,
            record_name=about.name,
            part=about.part,
            count=count,
            old_state=before,
            new_state=after,
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def tally(
    conn: Connection, domain_id: int, action: Action, about: About, *, count: int, entry: int | None = None
) -> int | None:
    """Tells of many records changed by one request in several transactions: one entry, which grows.

    ``entry`` is what the call before answered.
    """
    if entry is None:
        return record(conn, domain_id, action, about, count=count) if count else None
    conn.execute(update(change).where(_c.id == entry).values(count=_c.count + count))
    return entry


def _told(row: Row | None) -> Row | None:
    return None if row is None else {name: value for name, value in row.items() if name not in UNTOLD}


def search(conn: Connection, domain_id: int, query: ListQuery) -> Page:
    """The newest first. Filters: object, record_id, user_id, action (any of several), date (Range), user_ip."""
    wanted = select(change).where(_c.domain_id == domain_id)
    for name, value in query.filters.items():
        column = _c.at if name == "date" else _c[name]
        wanted = wanted.where(*(within(column, value) if name == "date" else matches(column, value)))
    if query.ids:
        wanted = wanted.where(*matches(_c.id, query.ids))
    rising = query.sort.lstrip("+ ") in ("date", "id")
    order = (_c.id.asc(),) if rising else (_c.id.desc(),)
    rows = conn.execute(wanted.order_by(*order).limit(query.limit + 1).offset(query.offset))
    return page_of([_row(row) for row in rows], query)


def _row(row: Any) -> Row:
    return {
        "id": row.id,
        "action": row.action,
        "date": row.at,
        "user": {"id": row.user_id, "name": row.user_name} if row.user_id else None,
        "user_ip": row.user_ip,
        "object": row.object,
        "record": {"id": row.record_id, "name": row.record_name} if row.record_id else None,
        "part": row.part,
        "count": row.count,
        "old_state": _text(row.old_state),
        "new_state": _text(row.new_state),
    }


def _text(state: Any) -> str:
    return "" if state is None else msgspec.json.encode(state).decode()
