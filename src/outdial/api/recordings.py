"""Recordings and other files (webitel-api §14)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from outdial.api import sounds, wire
from outdial.api.doc import Doc, Many, Raw
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Choice, Ids, Instant, Long, Span, Text, Texts
from outdial.api.media import send_media
from outdial.store import calls
from outdial.store.listing import Page, Range, Row

OBJECT = "record_file"
SHAPE = Shape(
    id=Long(),
    name=Text(),
    view_name=Text(),
    size=Long(),
    mime_type=Text(),
    uuid=Text(),
    reference_id=Text(),
    uploaded_at=Instant(),
    start_at=Instant(),
    stop_at=Instant(),
    channel=Text(),
)
FILTERS = wire.filter_shape(
    uploaded_at=Span(),
    reference_id=Texts(),
    channel=Texts(),
    uploaded_by=Ids(),
    retention_until=Span(),
    name=Text(),
    mime_type=Texts(),
)
CHANNEL = "CallChannel"
"""Of all files there are: recordings of calls."""
SOURCE = Shape(source=Choice(("", "media")))
SELECTION = Shape(id=Field(Ids(), required=True))


def install(doors: Doors) -> None:
    doors.add("GET", "/storage/file", _list, Doc("Search recordings and other files", Many(SHAPE), searches=FILTERS))
    doors.add("DELETE", "/storage/file", _delete, Doc("Delete files", takes=SELECTION))
    for path in ("/storage/recordings/{id:id}", "/storage/file/{id:id}"):
        doors.add(
            "GET",
            path + "/stream",
            _stream,
            Doc("Hear a file; one byte range is served", Raw("audio/wav"), asks=SOURCE),
        )
        doors.add("GET", path + "/download", _download, Doc("Download a file", Raw("audio/wav"), asks=SOURCE))


def _wire(row: Row) -> Row:
    return {**row, "view_name": row.get("name"), "uuid": row.get("call_id"), "reference_id": row.get("call_id"),
            "channel": CHANNEL}  # fmt: skip


async def _list(call: Call) -> Response:
    query = call.query(FILTERS)
    calls_of = {"call_id": query.filters["reference_id"]} if "reference_id" in query.filters else {}
    if _of_others(query.filters):
        return await wire.answer_page(SHAPE, Page([], next=False))
    query = wire.with_filters(query, "channel", "reference_id", "uploaded_by", "retention_until", **calls_of)
    page = await call.read(lambda conn: calls.FILES.search(conn, call.domain_id, query))
    return await wire.answer_page(SHAPE, Page([_wire(row) for row in page.items], page.next))


def _of_others(filters: Mapping[str, Any]) -> bool:
    """Whether the filters want files that there are none of: people upload none here, and none has a term."""
    channels = filters.get("channel", ())
    wanted = filters.get("uploaded_by") or filters.get("retention_until", Range()) != Range()
    return bool(wanted or (channels and CHANNEL not in channels))


async def _delete(call: Call) -> Response:
    ids = SELECTION.read(await call.body())["id"]
    keys = await call.write(lambda conn: calls.remove_files(conn, call.domain_id, ids))
    for key in keys:
        await asyncio.to_thread(call.deps.files.delete, key)
    return wire.answer({})


async def _stream(call: Call) -> Response:
    return await _send(call, attachment=False)


async def _download(call: Call) -> Response:
    return await _send(call, attachment=True)


async def _send(call: Call, *, attachment: bool) -> Response:
    if call.request.query_params.get("source") == "media":
        call.demand("media_file", "r")
        return await send_media(call, attachment=attachment)
    id_ = call.path_id()
    row = await call.read(lambda conn: calls.FILES.get(conn, call.domain_id, id_))
    return await sounds.send(call, row["key"], row["name"], row["mime_type"], attachment=attachment)
