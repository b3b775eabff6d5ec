"""What was deleted, kept for a while with what went with it, so that it can be taken back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, delete, func, insert, literal, select
from sqlalchemy.exc import IntegrityError

from outdial.domain.errors import Conflict, NotFound
from outdial.store.context import now_of
from outdial.store.dialect import dump, savepoint
from outdial.store.listing import Row
from outdial.store.tables import metadata, record_grant, trash

FOR_MS = 30_000
"""A deletion can be taken back so long."""
MOST_ROWS = 20_000
"""A record with more rows under it is not kept."""
TOO_MANY = "It had more than {most} rows under it, and is not kept: it cannot be taken back."
OWNED = {"queue": (("member", "queue_id"), ("queue_counter", "queue_id"))}
"""What goes with a record beside what the database itself deletes with it."""
_t, _g = trash.c, record_grant.c


class Kept(NamedTuple):
    table: str
    rows: list[Row]


def keep(conn: Connection, domain_id: int, table: Table, id: int, object: str = "") -> None:
    """Before the deletion, in its transaction."""
    parts: list[Kept] = []
    left = MOST_ROWS
    for part, where in _parts(table, table.c.id == id):
        if _count(conn, part, where, left + 1) > left:
            parts = []
            break
        rows = [_plain(part, row._mapping) for row in conn.execute(select(part).where(where))]
        left -= len(rows)
        parts.append(Kept(str(part.name), rows))
    if object and parts:
        grants = conn.execute(select(record_grant).where(_g.object == object, _g.record_id == id))
        parts.append(Kept("record_grant", [_plain(record_grant, row._mapping) for row in grants]))
    conn.execute(delete(trash).where(_t.table == table.name, _t.record_id == id))
    values = {"domain_id": domain_id, "table": table.name, "record_id": id, "deleted_at": now_of(conn)}
    conn.execute(insert(trash).values({**values, "parts": dump(parts)}))


def _count(conn: Connection, table: Table, where: ColumnElement[bool], most: int) -> int:
    some = select(literal(1)).select_from(table).where(where).limit(most).subquery()
    return int(conn.scalar(select(func.count()).select_from(some)) or 0)


def _parts(table: Table, where: ColumnElement[bool]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """A record's own row, then what belongs to it, each after what it points to."""
    yield table, where
    ids = select(table.c.id).where(where) if "id" in table.c else None
    for name, column in OWNED.get(table.name, ()):
        yield from _parts(metadata.tables[name], metadata.tables[name].c[column].in_(ids))  # type: ignore[arg-type]
    for other in metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and key.ondelete == "CASCADE":
                assert ids is not None
                yield from _parts(other, key.parent.in_(ids))


def _plain(table: Table, row: Any) -> Row:
    """Columns by name, bytes as base64."""
    binary = {column.name for column in table.c if isinstance(column.type, LargeBinary)}
    return {
        str(name): base64.b64encode(value).decode() if name in binary and value is not None else value
        for name, value in row.items()
    }


def restore(conn: Connection, domain_id: int, table: Table, id: int) -> list[Kept]:
    """Puts everything back under its old ids. Raises NotFound when it is too late or nothing was kept, Conflict when
    its place was taken meanwhile or what it rested on is gone."""
    mine = (_t.domain_id == domain_id, _t.table == table.name, _t.record_id == id)
    row = conn.execute(select(_t.deleted_at, _t.parts).where(*mine)).first()
    if row is None or row.deleted_at + FOR_MS < now_of(conn):
        raise NotFound(f"There is no deletion of {id} to take back: that can be done for {FOR_MS // 1000} s.")
    parts = [Kept(*part) for part in msgspec.json.decode(row.parts)]
    if not parts:
        raise Conflict(TOO_MANY.format(most=MOST_ROWS))
    try:
        with savepoint(conn):
            for part in parts:
                if part.rows:
                    conn.execute(insert(metadata.tables[part.table]), [_bytes(part.table, row) for row in part.rows])
    except IntegrityError as error:
        text = "It cannot be taken back: its name is in use again, or something it rested on was deleted meanwhile."
        raise Conflict(text) from error
    conn.execute(delete(trash).where(*mine))
    return parts


def _bytes(table: str, row: Row) -> Row:
    columns = metadata.tables[table].c
    return {
        name: base64.b64decode(value) if isinstance(columns[name].type, LargeBinary) and value is not None else value
        for name, value in row.items()
    }


FILES = "media_file"
"""Whose bytes go when the record can no longer be taken back: ``take_files``."""


def purge(conn: Connection, now: int, limit: int) -> int:
    """Forgets what is too old; answers how many, at most ``limit``."""
    old = select(_t.id).where(_t.deleted_at + FOR_MS < now, _t.table != FILES).limit(limit)
    return int(conn.execute(delete(trash).where(_t.id.in_(old))).rowcount)


def take_files(conn: Connection) -> list[Row]:
    """The media files whose time is over, of all domains: nothing knows their bytes any more."""
    gone = delete(trash).where(_t.table == FILES, _t.deleted_at + FOR_MS < now_of(conn)).returning(_t.parts)
    parts = [Kept(*part) for text in conn.scalars(gone).all() for part in msgspec.json.decode(text)]
    return [row for part in parts if part.table == FILES for row in part.rows]
