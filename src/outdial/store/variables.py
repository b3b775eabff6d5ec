"""Global variables of flows; an encrypted one is kept sealed and shown without its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from outdial.store.changes import SECRET
from outdial.store.context import context_of
from outdial.store.dialect import dump, raw
from outdial.store.listing import Row
from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import schema_variable


def _discreet(row: Row) -> Row:
    return {**row, "value": SECRET} if row["encrypt"] and row["value"] is not None else row


NOUN = Noun(
    Shape(schema_variable, hidden=frozenset({"sealed"}), q=("name",), object="schema", granted_by=""),
    label="variable",
    entity="schema_variable",
    discreet=_discreet,
    dialing=False,
)
"""No INVITE rests on them; flows read them through a cache of a few seconds."""
get, search, delete, restore = NOUN.get, NOUN.search, NOUN.delete, NOUN.restore


def create(conn: Connection, domain_id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    return _sealed(conn, domain_id, NOUN.create(conn, domain_id, values, by=by))


def replace(conn: Connection, domain_id: int, id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    return _sealed(conn, domain_id, NOUN.replace(conn, domain_id, id, values, by=by))


def patch(conn: Connection, domain_id: int, id: int, changes: Mapping[str, Any], *, by: int | None = None) -> Row:
    return _sealed(conn, domain_id, NOUN.patch(conn, domain_id, id, changes, by=by))


def all_globals(conn: Connection, domain_id: int) -> dict[str, Any]:
    """Name → value, encrypted ones opened."""
    box = context_of(conn).box
    rows = conn.execute(select(schema_variable).where(schema_variable.c.domain_id == domain_id))
    return {row.name: msgspec.json.decode(box.open(row.sealed)) if row.sealed else row.value for row in rows}


def encrypted_names(conn: Connection, domain_id: int) -> list[str]:
    """Names of the variables whose values nobody shall read."""
    wanted = select(schema_variable.c.name).where(schema_variable.c.domain_id == domain_id, schema_variable.c.encrypt)
    return list(conn.scalars(wanted))


def put(conn: Connection, domain_id: int, name: str, value: str, *, encrypt: bool) -> None:
    """Sets a variable, new or not."""
    text = dump(value)
    kept, sealed = (None, context_of(conn).box.seal(text)) if encrypt else (text, None)
    raw(conn).run(
        "INSERT INTO schema_variable (domain_id, name, name_folded, value, encrypt, sealed) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (domain_id, name) DO UPDATE SET value = excluded.value, encrypt = excluded.encrypt,"
        " sealed = excluded.sealed",
        (domain_id, name, name.casefold(), kept, encrypt, sealed),
    )


def _sealed(conn: Connection, domain_id: int, row: Row) -> Row:
    """Moves the value of an encrypted variable under the seal; an empty one leaves the seal as it was."""
    where = schema_variable.c.id == row["id"]
    if row["encrypt"] and row["value"] is not None:
        sealed = context_of(conn).box.seal(dump(row["value"]))
        conn.execute(update(schema_variable).where(where).values(value=None, sealed=sealed))
    elif not row["encrypt"]:
        conn.execute(update(schema_variable).where(where).values(sealed=None))
    return NOUN.get(conn, domain_id, row["id"])
