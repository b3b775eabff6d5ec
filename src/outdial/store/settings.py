"""Values by name: of a domain, or of one user."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from outdial.store.listing import Row
from outdial.store.tables import setting


def get(conn: Connection, domain_id: int, name: str, *, user_id: int | None = None) -> Any:
    """The value, or None."""
    return conn.scalar(select(setting.c.value).where(*_where(domain_id, name, user_id)))


def put(conn: Connection, domain_id: int, name: str, value: Any, *, user_id: int | None = None) -> None:
    """None removes it."""
    conn.execute(delete(setting).where(*_where(domain_id, name, user_id)))
    if value is not None:
        conn.execute(insert(setting).values(domain_id=domain_id, name=name, value=value, user_id=user_id))


def of_domain(conn: Connection, domain_id: int, names: tuple[str, ...] = ()) -> list[Row]:
    """The domain's settings, all or those named."""
    wanted = select(setting.c.id, setting.c.name, setting.c.value)
    wanted = wanted.where(setting.c.domain_id == domain_id, setting.c.user_id.is_(None)).order_by(setting.c.name)
    if names:
        wanted = wanted.where(setting.c.name.in_(names))
    return [dict(row._mapping) for row in conn.execute(wanted)]


def _where(domain_id: int, name: str, user_id: int | None) -> tuple[Any, ...]:
    owner = setting.c.user_id.is_(None) if user_id is None else setting.c.user_id == user_id
    return (setting.c.domain_id == domain_id, setting.c.name == name, owner)
