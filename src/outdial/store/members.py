"""Members of queues and their numbers.

A member goes in and out as the wire has it: ``name``, ``priority``, ``expire_at``, ``min_offering_at``,
``timezone`` (lookup), ``variables``, ``stop_cause``, ``attempts`` and ``communications``; coming out also ``id``,
``queue``, ``created_at``, ``stop_at``, ``last_activity_at``, ``reserved`` and ``deferred``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy import Row as DbRow

from outdial.domain.errors import NotFound
from outdial.store import commands, counters, trash
from outdial.store.changes import About, record, tally
from outdial.store.context import context_of, now_of, ring
from outdial.store.dialect import raw
from outdial.store.grants import hidden_or
from outdial.store.listing import ListQuery, Page, Row, matches, page_of
from outdial.store.member_rows import SHAPE, Given, read_given, write_members, write_numbers
from outdial.store.member_search import narrowed
from outdial.store.noun import EVERYTHING
from outdial.store.people import state_of
from outdial.store.tables import communication_type, member, member_number, queue, resource
from outdial.store.tables.dialing import READY, RESERVED, WAITING

ENTITY = "store.sql_member"
NOT_RESET = ("success", "expired", "cancel", "terminate", "no_communications")
"""Members stopped for these stay stopped when all are reset."""


def create(conn: Connection, domain_id: int, queue_id: int, values: Mapping[str, Any]) -> Row:
    """Raises BadField, naming ``communications[0].type`` and the like, or NotFound for the queue."""
    given = read_given(conn, domain_id, [values], lambda _: "")
    row = get(conn, domain_id, _store(conn, domain_id, queue_id, given, "")[0])
    record(conn, domain_id, "create", _about(row), None, row)
    return row


def _about(row: Row) -> About:
    """As the log of changes names a member."""
    return About(SHAPE.object, row["queue"]["id"], row["queue"]["name"], f"member {row['id']}")


def bulk(
    conn: Connection, domain_id: int, queue_id: int, rows: Sequence[Mapping[str, Any]], *, import_id: str = ""
) -> list[int]:
    """All or none; answers their ids in order. Raises BadField, naming ``items[17].communications[0].type``."""
    ids = _store(conn, domain_id, queue_id, read_given(conn, domain_id, rows, lambda i: f"items[{i}]."), import_id)
    tally(conn, domain_id, "create", About(SHAPE.object, queue_id, part="members"), count=len(ids))
    return ids


def _store(conn: Connection, domain_id: int, queue_id: int, given: Sequence[Given], import_id: str) -> list[int]:
    if conn.scalar(select(queue.c.id).where(*matches(queue.c.id, queue_id), queue.c.domain_id == domain_id)) is None:
        raise NotFound(f"There is no queue {queue_id}.", id="store.sql_queue.get.app_error")
    if not given:
        return []
    ids = write_members(raw(conn), domain_id, queue_id, given, import_id=import_id, now=now_of(conn))
    waiting = sum(1 for one in given if not one.stop_cause)
    counters.add(raw(conn), [counters.Change(domain_id, queue_id, members=len(ids), waiting=waiting)])
    ring(conn, "members")
    return ids


def get(conn: Connection, domain_id: int, id: int, *, queue_id: int | None = None) -> Row:
    """Raises NotFound."""
    where = (*_in_queue(queue_id), *matches(member.c.id, id), *SHAPE.allowed(conn))
    row = conn.execute(SHAPE.of(domain_id).where(*where)).first()
    if row is None:
        raise hidden_or(conn, SHAPE.object, _missing(id))
    found = SHAPE.row(row._mapping, SHAPE.fields)
    _with_numbers(conn, [found])
    return found


def search(conn: Connection, domain_id: int, query: ListQuery = EVERYTHING, *, queue_id: int | None = None) -> Page:
    """Filters: queue_id, destination, name (pattern), created_at, offering_at, priority and attempts (Range),
    stop_cause, agent_id, bucket_id, variables (map), q (a name's pattern, or a number)."""
    query = narrowed(conn, domain_id, query, queue_id)
    where = (*_in_queue(queue_id), *SHAPE.conditions(conn, query))
    statement = SHAPE.of(domain_id).where(*where).order_by(*SHAPE.ordering(query))
    rows = conn.execute(statement.limit(query.limit + 1).offset(query.offset)).all()
    wanted = [name for name in SHAPE.wanted(query) if name != "communications"]
    items = [SHAPE.row(row._mapping, [*wanted, "id"]) for row in rows]
    page = page_of(items, query)
    if not query.fields or any(name.startswith("communications") for name in query.fields):
        _with_numbers(conn, page.items)
    if query.fields and "id" not in query.fields:
        for item in page.items:
            del item["id"]
    return page


def walk(
    conn: Connection, domain_id: int, query: ListQuery, *, queue_id: int | None, after: int, limit: int
) -> list[Row]:
    """The members that match behind the one with this id, in the order of ids: all of them come by, page by page."""
    where = (*_in_queue(queue_id), *SHAPE.conditions(conn, query), member.c.id > after)
    rows = conn.execute(SHAPE.of(domain_id).where(*where).order_by(member.c.id).limit(limit)).all()
    items = [SHAPE.row(row._mapping, SHAPE.fields) for row in rows]
    _with_numbers(conn, items)
    return items


def _in_queue(queue_id: int | None) -> list[ColumnElement[bool]]:
    return [] if queue_id is None else matches(member.c.queue_id, queue_id)


def _missing(id_: int) -> NotFound:
    return NotFound(f"There is no member {id_}.", id=f"{ENTITY}.get.app_error")


def _with_numbers(conn: Connection, items: Sequence[Row]) -> None:
    n = member_number.c
    joined = member_number.join(communication_type, communication_type.c.id == n.type_id).outerjoin(
        resource, resource.c.id == n.resource_id
    )
    names = (communication_type.c.name.label("type_name"), resource.c.name.label("resource_name"))
    ids = [item["id"] for item in items]
    wanted = select(member_number, *names).select_from(joined).where(n.member_id.in_(ids))
    found: dict[int, list[Row]] = {}
    for row in conn.execute(wanted.order_by(n.member_id, n.position)) if ids else ():
        found.setdefault(row.member_id, []).append(_number(row))
    for item in items:
        item["communications"] = found.get(item["id"], [])


def _number(row: DbRow[Any]) -> Row:
    return {
        "id": row.id,
        "destination": row.destination,
        "type": {"id": row.type_id, "name": row.type_name},
        "priority": row.priority,
        "display": row.display,
        "resource": {"id": row.resource_id, "name": row.resource_name or ""} if row.resource_id else None,
        "description": row.description,
        "dtmf": row.dtmf,
        "attempts": row.attempts,
        "last_activity_at": row.last_activity_at or None,
        "stop_at": row.stop_at,
    }


def replace(
    conn: Connection, domain_id: int, id: int, values: Mapping[str, Any], *, queue_id: int | None = None
) -> Row:
    """PUT. A stopped member whose ``stop_cause`` is absent or empty is rung again from the start."""
    old = lock(conn, domain_id, id, queue_id)
    whole = {
        "name": "", "priority": 0, "expire_at": None, "min_offering_at": None, "timezone": None, "variables": {},
        "communications": [], "bucket": None,
    }  # fmt: skip
    changes = {**whole, **{name: value for name, value in values.items() if name in whole}}
    if values.get("stop_cause") or old.stop_at:
        changes["stop_cause"] = values.get("stop_cause") or ""
    return change(conn, domain_id, old, changes)


def patch(conn: Connection, domain_id: int, id: int, changes: Mapping[str, Any], *, queue_id: int | None = None) -> Row:
    """PATCH. Variables merge, an empty value deletes the key; ``stop_cause`` "" resets the counters, anything else
    stops the member, and "cancel" also hangs up its call."""
    old = lock(conn, domain_id, id, queue_id)
    changes = dict(changes)
    if "variables" in changes:
        changes["variables"] = merged(old.variables, changes["variables"] or {})
    row = change(conn, domain_id, old, changes)
    if changes.get("stop_cause") == "cancel" and old.state == RESERVED:
        _hang_up(conn, domain_id, id)
    return row


def merged(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Variables with those of a patch; an empty value deletes the key."""
    return {key: value for key, value in {**old, **new}.items() if value != ""}


def _hang_up(conn: Connection, domain_id: int, member_id: int) -> None:
    for (attempt_id,) in raw(conn).all("SELECT id FROM attempt WHERE member_id = ?", (member_id,)):
        commands.add(conn, domain_id, "hangup", attempt_id=attempt_id, payload={"cause": "MANAGER_REQUEST"})


def lock(conn: Connection, domain_id: int, id_: int, queue_id: int | None = None) -> DbRow[Any]:
    """The member's row, for whoever is going to change it. Raises NotFound."""
    where = (
        *matches(member.c.id, id_),
        member.c.domain_id == domain_id,
        *_in_queue(queue_id),
        *SHAPE.allowed(conn),
    )
    row = conn.execute(select(member).where(*where).with_for_update()).first()
    if row is None:
        raise hidden_or(conn, SHAPE.object, _missing(id_))
    return row


_PLAIN = {"name": "name", "priority": "priority", "expire_at": "expire_at", "min_offering_at": "ready_at",
          "attempts": "attempts", "variables": "variables"}  # fmt: skip


def change(conn: Connection, domain_id: int, old: DbRow[Any], changes: Mapping[str, Any]) -> Row:
    """Writes fields of the wire into a locked member, and all that hangs on them; ``variables`` are taken whole."""
    now = now_of(conn)
    before = get(conn, domain_id, old.id) if context_of(conn).actor else None
    renumbered = "communications" in changes
    given = read_given(conn, domain_id, [changes], lambda _: "", partial=not renumbered)[0]
    columns = {column: changes[name] for name, column in _PLAIN.items() if name in changes}
    if "name" in columns:
        columns["name_folded"] = columns["name"].casefold()
    if "timezone" in changes:
        columns["timezone"] = given.timezone
    if "bucket" in changes:
        columns["bucket_id"] = given.bucket_id
    for name in ("expire_at", "ready_at"):
        if name in columns:
            columns[name] = columns[name] or None
    columns |= _stop(conn, old, changes, now)
    if renumbered:
        still_open = write_numbers(raw(conn), domain_id, old.id, given.numbers)
        if not still_open and not columns.get("stop_at", old.stop_at):
            columns |= {"stop_at": now, "stop_cause": "no_communications"}
    stop_at, ready_at = columns.get("stop_at", old.stop_at), columns.get("ready_at", old.ready_at)
    columns["state"] = RESERVED if old.state == RESERVED else state_of(stop_at, ready_at, now)
    conn.execute(update(member).where(member.c.id == old.id).values(columns))
    waiting = int(stop_at is None) - int(old.stop_at is None)
    counters.add(raw(conn), [counters.Change(domain_id, old.queue_id, waiting=waiting)])
    ring(conn, "members")
    row = get(conn, domain_id, old.id)
    if before is not None:
        record(conn, domain_id, "update", _about(row), before, row)
    return row


def _stop(conn: Connection, old: DbRow[Any], changes: Mapping[str, Any], now: int) -> dict[str, Any]:
    """What a given ``stop_cause`` does; an empty one starts the member anew."""
    if "stop_cause" not in changes:
        return {}
    if changes["stop_cause"]:
        return {"stop_at": now, "stop_cause": changes["stop_cause"]}
    conn.execute(
        update(member_number)
        .where(member_number.c.member_id == old.id)
        .values(attempts=0, last_activity_at=0, stop_at=None)
    )
    return {"stop_at": None, "stop_cause": "", "attempts": changes.get("attempts", 0)}


def delete(conn: Connection, domain_id: int, id: int, *, queue_id: int | None = None) -> Row:
    """Answers the member as it was. Raises NotFound, also while it is being called."""
    row = get(conn, domain_id, id, queue_id=queue_id)
    if row["reserved"]:
        raise NotFound(f"Member {id} is being called just now; try again later.", id=f"{ENTITY}.delete.app_error")
    trash.keep(conn, domain_id, member, id)
    _delete(conn, [id])
    record(conn, domain_id, "delete", _about(row), row)
    return row


def restore(conn: Connection, domain_id: int, id: int, *, queue_id: int | None = None) -> Row:
    """Takes the deletion of one member back. Raises NotFound when it is too late, Conflict when it cannot be."""
    trash.restore(conn, domain_id, member, id)
    row = get(conn, domain_id, id, queue_id=queue_id)
    found = conn.execute(select(member.c.queue_id, member.c.stop_at).where(member.c.id == id)).one()
    change = counters.Change(domain_id, found.queue_id, members=1, waiting=int(found.stop_at is None))
    counters.add(raw(conn), [change])
    record(conn, domain_id, "create", _about(row), None, row)
    ring(conn, "members")
    return row


def delete_many(
    conn: Connection, domain_id: int, query: ListQuery, *, queue_id: int | None = None, limit: int = 2000
) -> list[int]:
    """Deletes those that match and are not being called; answers up to ``limit`` ids: call while it answers that many.

    No filter means all.
    """
    where = (member.c.domain_id == domain_id, *_in_queue(queue_id), member.c.state != RESERVED)
    wanted = select(member.c.id).where(*where, *SHAPE.conditions(conn, query)).order_by(member.c.id).limit(limit)
    ids = list(conn.scalars(wanted))
    _delete(conn, ids)
    return ids


def _delete(conn: Connection, ids: Iterable[int]) -> None:
    driver = raw(conn)
    wanted = driver.ids(ids)
    driver.run("DELETE FROM member_number WHERE member_id IN {ids}", (wanted,))
    gone = driver.all("DELETE FROM member WHERE id IN {ids} RETURNING domain_id, queue_id, stop_at", (wanted,))
    changes = [counters.Change(d, q, members=-1, waiting=-int(stop is None)) for d, q, stop in gone]
    counters.add(driver, changes)
    ring(conn, "members")


def reset_count(conn: Connection, domain_id: int, query: ListQuery, *, queue_id: int | None = None) -> int:
    """How many ``reset`` would change."""
    found = _resettable(conn, domain_id, query, queue_id).order_by(None).subquery()
    return int(conn.scalar(select(func.count()).select_from(found)) or 0)


def reset(conn: Connection, domain_id: int, query: ListQuery, *, queue_id: int | None = None, limit: int = 5000) -> int:
    """Rings stopped members again: attempts and their numbers' state to zero, ``min_offering_at`` stays.

    Members stopped for a cause of ``NOT_RESET`` are left out. Call while it answers ``limit``.
    """
    ids = list(conn.scalars(_resettable(conn, domain_id, query, queue_id).limit(limit)))
    driver, now = raw(conn), now_of(conn)
    driver.run("UPDATE member_number SET attempts = 0, stop_at = NULL WHERE member_id IN {ids}", (driver.ids(ids),))
    changed = driver.all(
        "UPDATE member SET attempts = 0, stop_at = NULL, stop_cause = '', state = CASE"
        f" WHEN state = {RESERVED} THEN {RESERVED} WHEN ready_at > ? THEN {WAITING} ELSE {READY} END"
        " WHERE id IN {ids} RETURNING queue_id",
        (now, driver.ids(ids)),
    )
    counters.add(driver, [counters.Change(domain_id, row[0], waiting=1) for row in changed])
    ring(conn, "members")
    return len(changed)


def _resettable(conn: Connection, domain_id: int, query: ListQuery, queue_id: int | None) -> Any:
    where = (member.c.domain_id == domain_id, *_in_queue(queue_id), member.c.stop_at.is_not(None))
    causes = member.c.stop_cause.not_in(NOT_RESET)
    return select(member.c.id).where(*where, causes, *SHAPE.conditions(conn, query)).order_by(member.c.id)
