"""What a table of people would become, before it is taken in."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Raw
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Text, Texts, Whole
from outdial.api.members import PATH
from outdial.domain.e164 import e164, known_region
from outdial.domain.errors import BadField
from outdial.domain.number import normalise
from outdial.domain.sheet import guess, read_sheet
from outdial.store import queues

OBJECT = "cc_queue"
HEAD = 64 * 1024
"""Bytes of a file that are looked at: the client sends its beginning."""
CHECKED = 200
"""Rows that are tried."""
MOST_NUMBERS = 20
"""Of one member."""
ROW = Shape(line=Whole(), cells=Texts(), name=Text(), destinations=Texts(), trouble=Text())
PREVIEW = Shape(
    encoding=Text(),
    delimiter=Text(),
    columns=Parts(Shape(heading=Text(), field=Text())),
    rows=Parts(ROW),
    checked=Field(Whole(), always=True),
    bad=Field(Whole(), always=True),
    repeated=Field(Whole(), always=True),
)
ASKS = Shape(region=Text(2))


def install(doors: Doors) -> None:
    doc = Doc("What the beginning of a CSV file would become as members", PREVIEW, takes=Raw("text/csv"), asks=ASKS)
    doors.add("POST", PATH + "/preview", _preview, doc)


async def _preview(call: Call) -> Response:
    """The body is the file, or its first ``HEAD`` bytes. Nothing is written."""
    region = call.request.query_params.get("region", "").upper()
    if region and not known_region(region):
        raise BadField("region", "expected a country of two letters, UA for example")
    queue_id = call.path_id("parent")
    await call.read(lambda conn: queues.NOUN.get(conn, call.domain_id, queue_id))
    head = await wire.read_bytes(call.request, HEAD)
    return wire.answer(PREVIEW.write(await asyncio.to_thread(preview, head, region)))


def preview(head: bytes, region: str) -> dict[str, Any]:
    """Raises BadField when it is no table."""
    try:
        sheet = read_sheet(head, cut=len(head) == HEAD)
    except ValueError as error:
        raise BadField("body", str(error)) from None
    if not sheet.rows:
        raise BadField("body", "expected a table with a heading and one person a line")
    fields = [guess(heading) for heading in sheet.rows[0]]
    rows = [_row(at, fields, cells, region) for at, cells in enumerate(sheet.rows[1 : CHECKED + 1], 2)]
    good = [normalise(number) for row in rows if not row["trouble"] for number in row["destinations"]]
    return {
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "columns": [{"heading": h, "field": f} for h, f in zip(sheet.rows[0], fields, strict=True)],
        "rows": rows,
        "checked": len(rows),
        "bad": sum(bool(row["trouble"]) for row in rows),
        "repeated": len(good) - len(set(good)),
    }


def _row(line: int, fields: list[str], cells: list[str], region: str) -> dict[str, Any]:
    named = list(zip(fields, cells, strict=False))
    numbers = [cell for field, cell in named if field == "destination" and cell.strip()]
    row = {"line": line, "cells": cells, "name": " ".join(c.strip() for f, c in named if f == "name" and c.strip())}
    trouble, taken = "", []
    try:
        taken = [e164(number, region) for number in numbers[:MOST_NUMBERS]]
    except ValueError as error:
        trouble = str(error)
    if not numbers:
        trouble = "there is no number"
    if len(numbers) > MOST_NUMBERS:
        trouble = f"a member has at most {MOST_NUMBERS} numbers"
    return {**row, "destinations": taken, "trouble": trouble}
