"""Communication types: what kind of number it is, which decides the resource groups that dial it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, update

from outdial.store.listing import Row
from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import communication_type

NOUN = Noun(
    Shape(communication_type, q=("name", "description"), object="dictionaries"),
    label="communication type",
    title="code",
)
get, search, delete, restore = NOUN.get, NOUN.search, NOUN.delete, NOUN.restore


def create(conn: Connection, domain_id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    return _only_default(conn, domain_id, NOUN.create(conn, domain_id, values, by=by))


def replace(conn: Connection, domain_id: int, id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    return _only_default(conn, domain_id, NOUN.replace(conn, domain_id, id, values, by=by))


def patch(conn: Connection, domain_id: int, id: int, changes: Mapping[str, Any], *, by: int | None = None) -> Row:
    return _only_default(conn, domain_id, NOUN.patch(conn, domain_id, id, changes, by=by))


def _only_default(conn: Connection, domain_id: int, row: Row) -> Row:
    """A new default takes the flag from the others of its channel."""
    c = communication_type.c
    if row["default"]:
        others = (c.domain_id == domain_id, c.channel == row["channel"], c.id != row["id"], c.default.is_(True))
        conn.execute(update(communication_type).where(*others).values(default=False))
    return row
