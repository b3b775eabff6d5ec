"""Remarks on pieces of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from outdial.domain.errors import NotFound
from outdial.store.listing import MOST, ListQuery, Row
from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import call_annotation, call_history

NOUN = Noun(
    Shape(call_annotation, order="+start_sec", object="calls", granted_by=""),
    label="annotation",
    kept=frozenset({"call_id"}),
    dialing=False,
)


def create(conn: Connection, domain_id: int, call_id: str, values: Mapping[str, Any], *, by: int | None) -> Row:
    """Raises NotFound when there is no such call in the history."""
    c = call_history.c
    if conn.execute(select(c.id).where(c.domain_id == domain_id, c.id == call_id)).first() is None:
        raise NotFound(f"There is no call {call_id}.", id="store.sql_call_history.get.app_error")
    return NOUN.create(conn, domain_id, {**values, "call_id": call_id}, by=by)


def replace(
    conn: Connection, domain_id: int, call_id: str, id: int, values: Mapping[str, Any], *, by: int | None
) -> Row:
    _of_call(conn, domain_id, call_id, id)
    return NOUN.replace(conn, domain_id, id, values, by=by)


def delete(conn: Connection, domain_id: int, call_id: str, id: int) -> Row:
    _of_call(conn, domain_id, call_id, id)
    return NOUN.delete(conn, domain_id, id)


def _of_call(conn: Connection, domain_id: int, call_id: str, id_: int) -> None:
    if NOUN.get(conn, domain_id, id_)["call_id"] != call_id:
        raise NotFound(f"Call {call_id} has no annotation {id_}.", id="store.sql_call_annotation.get.app_error")


def with_remarks(conn: Connection, domain_id: int, rows: Sequence[Row]) -> None:
    """Gives each call its remarks, in the order of their begin."""
    ids = [row["id"] for row in rows]
    query = ListQuery(size=MOST, filters={"call_id": ids})
    found: dict[str, list[Row]] = {}
    for item in NOUN.search(conn, domain_id, query).items if ids else ():
        found.setdefault(item["call_id"], []).append(item)
    for row in rows:
        row["annotations"] = found.get(row["id"], [])
