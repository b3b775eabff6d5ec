"""Domains: the tenants of a service."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from outdial.store.context import now_of
from outdial.store.tables import domain_table


def ensure(conn: Connection, name: str) -> int:
    """The domain of that name, made if it is not there."""
    found = find(conn, name)
    if found is not None:
        return found
    key = conn.execute(insert(domain_table).values(name=name, created_at=now_of(conn))).inserted_primary_key
    assert key is not None
    return int(key[0])


def find(conn: Connection, name: str) -> int | None:
    found: int | None = conn.scalar(select(domain_table.c.id).where(domain_table.c.name == name))
    return found


def name_of(conn: Connection, domain_id: int) -> str:
    return str(conn.scalar(select(domain_table.c.name).where(domain_table.c.id == domain_id)) or "")
