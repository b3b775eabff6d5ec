"""Domains: the tenants of a service."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from outdial.domain.errors import BadField
from outdial.domain.zones import is_zone
from outdial.store import roles, settings
from outdial.store.changes import About, record
from outdial.store.context import configuration_changed, now_of
from outdial.store.tables import domain_table, setting

ZONE = "timezone"
"""The setting of a domain that holds its time zone, an IANA name."""


def ensure(conn: Connection, name: str) -> int:
    """The domain of that name, made if it is not there."""
    found = find(conn, name)
    if found is not None:
        return found
    key = conn.execute(insert(domain_table).values(name=name, created_at=now_of(conn))).inserted_primary_key
    assert key is not None
    roles.make_everything(conn, int(key[0]))
    return int(key[0])


def find(conn: Connection, name: str) -> int | None:
    found: int | None = conn.scalar(select(domain_table.c.id).where(domain_table.c.name == name))
    return found


def name_of(conn: Connection, domain_id: int) -> str:
    return str(conn.scalar(select(domain_table.c.name).where(domain_table.c.id == domain_id)) or "")


def zones(conn: Connection) -> dict[int, str]:
    """Domain id → IANA name of its time zone, where one is set."""
    rows = conn.execute(
        select(setting.c.domain_id, setting.c.value).where(setting.c.name == ZONE, setting.c.user_id.is_(None))
    )
    return {row.domain_id: str(row.value) for row in rows}


def set_zone(conn: Connection, domain_id: int, name: str) -> None:
    """The domain's time zone, an IANA name; empty for UTC. Raises BadField."""
    if name and not is_zone(name):
        raise BadField(ZONE, "there is no such time zone; expected a name such as Europe/Kyiv")
    told = ({ZONE: settings.get(conn, domain_id, ZONE)}, {ZONE: name or None})
    record(conn, domain_id, "update", About("settings", None, part=ZONE), *told)
    settings.put(conn, domain_id, ZONE, name or None)
    configuration_changed(conn)
