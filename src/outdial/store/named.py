"""Records that are known by their id or by their name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Table, select

from outdial.domain.errors import NotFound
from outdial.store.listing import matches


def row_of(conn: Connection, table: Table, domain_id: int, id: int, name: str) -> Row[Any] | None:
    """By id, or by name when the id is 0; of several with that name the oldest."""
    which = matches(table.c.id, id) if id else [table.c.name == name]
    return conn.execute(select(table).where(table.c.domain_id == domain_id, *which).order_by(table.c.id)).first()


def id_of(conn: Connection, table: Table, domain_id: int, id: int, name: str) -> int:
    """Raises NotFound."""
    row = row_of(conn, table, domain_id, id, name)
    if row is None:
        raise NotFound(f"There is no {table.name} {id or repr(name)}.", id=f"store.sql_{table.name}.get.app_error")
    return int(row.id)
