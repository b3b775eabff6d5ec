"""Call history and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, select, update

from outdial.domain.errors import NotFound
from outdial.store import remarks
from outdial.store.call_filters import CALL_FILTERS
from outdial.store.changes import About, record
from outdial.store.listing import ListQuery, Page, Row
from outdial.store.noun import EVERYTHING, Noun
from outdial.store.shape import Shape
from outdial.store.tables import call_history, file, schema

NOUN = Noun(
    Shape(
        call_history,
        order="-created_at",
        snapshots={
            "queue": ("queue_id", "queue_name"),
            "member": ("member_id", "member_name"),
            "gateway": ("gateway_id", "gateway_name"),
        },
        filters=CALL_FILTERS,
        listed=(
            "id", "queue", "member", "gateway", "attempt_id", "resource_id", "from_number", "destination",
            "created_at", "ringing_at", "answered_at", "hangup_at", "joined_at", "leaving_at", "stored_at",
            "duration", "talk_sec", "cause", "sip_code", "q850", "hangup_by", "hangup_phrase", "result",
            "disposition", "amd_result", "variables", "schema_ids", "bridge_at", "bridge_to", "bridge_cause",
        ),
    ),
    label="call",
    entity="call_history",
    dialing=False,
)  # fmt: skip
"""Fields beside the wire's: attempt_id, resource_id, disposition, q850, schema_ids, flow_trace, sip_trace.
Filters: fields by name (cause, result …), ranges of instants and ``duration``, ``talk`` (seconds),
and those of ``CALL_FILTERS``."""


def search(conn: Connection, domain_id: int, query: ListQuery = EVERYTHING) -> Page:
    """With ``files`` and ``schemas``, unless only other fields are asked for."""
    asked = set(query.fields)
    added = asked & {"files", "schemas", "annotations"}
    fields = (*query.fields, "id", "schema_ids") if added else query.fields
    page = NOUN.search(conn, domain_id, replace(query, fields=fields))
    if not asked or asked & {"files", "schemas"}:
        _with_files(conn, page.items)
        _with_schemas(conn, page.items)
    if "annotations" in asked:
        remarks.with_remarks(conn, domain_id, page.items)
    return page


def get(conn: Connection, domain_id: int, id: str) -> Row:
    """The whole record with its traces. Raises NotFound."""
    row = NOUN.get(conn, domain_id, id)
    _with_files(conn, [row])
    _with_schemas(conn, [row])
    remarks.with_remarks(conn, domain_id, [row])
    return row


def keep_variables(conn: Connection, domain_id: int, id: str, given: Mapping[str, str]) -> Row:
    """Variables that people add to a call, an empty value deletes the key. Raises NotFound."""
    row = get(conn, domain_id, id)
    merged = {name: value for name, value in {**row["variables"], **given}.items() if value != ""}
    conn.execute(update(call_history).where(call_history.c.id == id).values(variables=merged))
    told = ({"variables": row["variables"]}, {"variables": merged})
    record(conn, domain_id, "update", About("calls", row["attempt_id"], part=f"call {id}"), *told)
    return {**row, "variables": merged}


def _with_files(conn: Connection, rows: Sequence[Row]) -> None:
    wanted = select(file).where(file.c.call_id.in_([row["id"] for row in rows])).order_by(file.c.id)
    found: dict[str, list[Row]] = {}
    for item in conn.execute(wanted) if rows else ():
        found.setdefault(item.call_id, []).append(dict(item._mapping))
    for row in rows:
        row["files"] = found.get(row["id"], [])


def _with_schemas(conn: Connection, rows: Sequence[Row]) -> None:
    """``schemas``: the flows that ran, with the names they have now."""
    ids = {id_ for row in rows for id_ in row.get("schema_ids") or ()}
    wanted = select(schema.c.id, schema.c.name).where(schema.c.id.in_(ids))
    names = {row.id: row.name for row in conn.execute(wanted)} if ids else {}
    for row in rows:
        row["schemas"] = [{"id": id_, "name": names.get(id_, "")} for id_ in row.get("schema_ids") or ()]


FILES = Noun(
    Shape(file, order="-uploaded_at", q=("name",)),
    label="file",
    dialing=False,
)
"""Recordings: id, call_id, channel, key, name, mime_type, size, start_at, stop_at, uploaded_at."""


def remove_files(conn: Connection, domain_id: int, ids: Sequence[int]) -> list[str]:
    """Forgets files; answers their keys, for ``files.delete`` after the commit. Raises NotFound if none is there."""
    gone = conn.execute(delete(file).where(file.c.domain_id == domain_id, file.c.id.in_(ids)).returning(file.c.key))
    keys = [row[0] for row in gone]
    if not keys:
        raise NotFound("There is no such file.", id="store.sql_file.get.app_error")
    record(conn, domain_id, "delete", About("record_file", None, part="recordings"), {"id": list(ids)}, count=len(keys))
    return keys
