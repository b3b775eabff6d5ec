"""Lists of numbers. They are read live at the claim and with the INVITE, so a change bumps no revision."""

from __future__ import annotations

from sqlalchemy import Connection, func, select
from sqlalchemy import delete as sql_delete

from outdial.domain.number import normalise
from outdial.store.context import now_of, ring
from outdial.store.dialect import raw
from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import list_number, list_table

_COUNT = select(func.count()).where(list_number.c.list_id == list_table.c.id).correlate(list_table).scalar_subquery()

NOUN = Noun(
    Shape(
        list_table,
        listed=("id", "name", "description", "count"),
        q=("name",),
        extra={"count": _COUNT},
        object="cc_list",
    ),
    label="list",
    dialing=False,
)
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete, restore = NOUN.replace, NOUN.patch, NOUN.delete, NOUN.restore

NUMBERS = Noun(
    Shape(
        list_number,
        order="+number",
        q=("number",),
        hidden=frozenset({"number_norm"}),
        parent="list_id",
        object="cc_list",
        granted_by="list_id",
    ),
    label="number on the list",
    entity="list_communication",
    title="number",
    derived={"number_norm": ("number", normalise)},
    dialing=False,
)
"""Their ``parent`` is the list's id."""


def add_number(
    conn: Connection,
    domain_id: int,
    list_id: int,
    number: str,
    *,
    description: str = "",
    expire_at: int | None = None,
) -> None:
    """Puts a number on the list; one that stands there gets the new description and expiry.

    Raises NotFound when the domain has no such list.
    """
    NOUN.get(conn, domain_id, list_id)
    raw(conn).run(
        "INSERT INTO list_number (domain_id, list_id, number, number_norm, description, expire_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (list_id, number_norm)"
        " DO UPDATE SET description = excluded.description, expire_at = excluded.expire_at",
        (domain_id, list_id, number, normalise(number), description, expire_at),
    )
    ring(conn, "lists")


def keep_number(
    conn: Connection, domain_id: int, list_id: int, number: str, *, description: str, expire_at: int | None
) -> None:
    """Puts a number on a list of the domain; one that stands there stays as it is, unless its time is over."""
    raw(conn).run(
        "INSERT INTO list_number (domain_id, list_id, number, number_norm, description, expire_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (list_id, number_norm)"
        " DO UPDATE SET description = excluded.description, expire_at = excluded.expire_at"
        " WHERE list_number.expire_at <= ?",
        (domain_id, list_id, number, normalise(number), description, expire_at, now_of(conn)),
    )
    ring(conn, "lists")


def purge(conn: Connection, now: int, limit: int) -> int:
    """Takes numbers whose time is over off all lists; answers how many. Call while it answers ``limit``."""
    gone = raw(conn).run(
        "DELETE FROM list_number WHERE id IN (SELECT id FROM list_number WHERE expire_at <= ? LIMIT ?)", (now, limit)
    )
    if gone:
        ring(conn, "lists")
    return gone


def contains(conn: Connection, domain_id: int, list_id: int, number: str) -> bool:
    """Whether the number stands on the list now."""
    c = list_number.c
    wanted = select(c.expire_at).where(
        c.domain_id == domain_id, c.list_id == list_id, c.number_norm == normalise(number)
    )
    row = conn.execute(wanted).first()
    return row is not None and (row.expire_at is None or row.expire_at > now_of(conn))


def remove_number(conn: Connection, domain_id: int, list_id: int, number: str) -> bool:
    """Whether it was there."""
    c = list_number.c
    where = (c.domain_id == domain_id, c.list_id == list_id, c.number_norm == normalise(number))
    return bool(conn.execute(sql_delete(list_number).where(*where)).rowcount)
