"""Members of a queue as a table (webitel-api §10)."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from starlette.responses import Response, StreamingResponse

from outdial.api import wire
from outdial.api.doc import Doc, Raw
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Text, Texts
from outdial.api.members import FILTERS, PATH, with_q
from outdial.domain.errors import BadField
from outdial.store import members, queues
from outdial.store.listing import ListQuery, Row

OBJECT = "cc_queue"
ROWS = 1000
"""Members of one chunk."""
NDJSON = "application/x-ndjson"


def _numbers(key: str) -> Callable[[Row], str]:
    return lambda row: ", ".join(str(number[key] or "") for number in row["communications"])


def _types(row: Row) -> str:
    return ", ".join(number["type"]["name"] for number in row["communications"])


def _name(key: str) -> Callable[[Row], str]:
    return lambda row: (row[key] or {}).get("name", "")


def _plain(key: str) -> Callable[[Row], Any]:
    return lambda row: row[key] if row[key] is not None else ""


COLUMNS: dict[str, Callable[[Row], Any]] = {
    "id": _plain("id"),
    "name": _plain("name"),
    "destination": _numbers("destination"),
    "type": _types,
    "priority": _plain("priority"),
    "bucket": _name("bucket"),
    "timezone": _name("timezone"),
    "attempts": _plain("attempts"),
    "stop_cause": _plain("stop_cause"),
    "created_at": _plain("created_at"),
    "min_offering_at": _plain("min_offering_at"),
    "expire_at": _plain("expire_at"),
    "last_activity_at": _plain("last_activity_at"),
    "variables": lambda row: msgspec.json.encode(row["variables"]).decode() if row["variables"] else "",
}
"""Several numbers of one member stand in one cell; instants are epoch ms; variables are JSON."""
ASKS = Shape(format=Text(10), separator=Text(1), fields=Texts(), **FILTERS.fields)


def install(doors: Doors) -> None:
    doc = Doc("Members that match as CSV, in lines of JSON with base64 in `data`", Raw(NDJSON), asks=ASKS)
    doors.add("GET", PATH + "/export", _export, doc)


async def _export(call: Call) -> Response:
    """``fields`` chooses the columns, ``separator`` is a comma unless said. The only format is csv."""
    asked = call.request.query_params
    if asked.get("format", "csv") not in ("csv", ""):
        raise BadField("format", "expected csv, which spreadsheets open too")
    separator = asked.get("separator") or ","
    if separator not in (",", ";", "|", "\t"):
        raise BadField("separator", "expected one of , ; | or a tab")
    query = with_q(wire.query_of(call.request, FILTERS))
    columns = [name for name in query.fields if name in COLUMNS] or list(COLUMNS)
    queue_id = call.path_id("parent")
    await call.read(lambda conn: queues.NOUN.get(conn, call.domain_id, queue_id))
    return StreamingResponse(_chunks(call, query, queue_id, columns, separator), media_type=NDJSON)


async def _chunks(
    call: Call, query: ListQuery, queue_id: int, columns: list[str], separator: str
) -> AsyncIterator[bytes]:
    """Page by page by id, so that neither side holds more than a page."""
    last, header = 0, columns
    while True:
        rows = await call.read(
            lambda conn, after=last: members.walk(  # type: ignore[misc]  # bound now, not later
                conn, call.domain_id, query, queue_id=queue_id, after=after, limit=ROWS
            )
        )
        if rows or header:
            yield await asyncio.to_thread(_chunk, rows, columns, header, separator)
        if len(rows) < ROWS:
            return
        last, header = rows[-1]["id"], []


def _chunk(rows: list[Row], columns: list[str], header: list[str], separator: str) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, delimiter=separator)
    if header:
        table.writerow(header)
    table.writerows([COLUMNS[name](row) for name in columns] for row in rows)
    return msgspec.json.encode({"data": base64.b64encode(out.getvalue().encode()).decode()}) + b"\n"
