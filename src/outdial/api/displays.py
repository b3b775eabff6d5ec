"""Caller numbers of a resource from a CSV file (webitel-api §6)."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncGenerator

from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Raw
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Ids, Whole
from outdial.domain.errors import UserMistake
from outdial.domain.number import has_digits
from outdial.store import resources

OBJECT = "cc_resource"
MAX_FILE = 10 * 1024 * 1024
MOST_CELL = 50
GIVES = Shape(id=Ids(), skipped=Whole())


def install(doors: Doors) -> None:
    doc = Doc("Add the caller numbers of a CSV file", GIVES, takes=Raw("multipart/form-data"), letter="w")
    doors.add("POST", "/displays/{parent:id}", _upload, doc)


async def _upload(call: Call) -> Response:
    """Parts: ``file``, ``delimiter`` (a comma unless said), ``map``: the heading of the column. Numbers that the
    resource has already are skipped; one bad row refuses the file, with its line."""
    resource_id = call.path_id("parent")
    await call.read(lambda conn: resources.get(conn, call.domain_id, resource_id))
    form = await _form(call)
    file, column, delimiter = form.get("file"), str(form.get("map") or ""), str(form.get("delimiter") or ",")
    content = await file.read() if isinstance(file, UploadFile) else b""
    await form.close()
    if not content:
        raise _no("file", "There is no file; send it as the part named file.")
    numbers = await asyncio.to_thread(_numbers, content, delimiter, column)
    return wire.answer(GIVES.write(await call.write(lambda conn: _add(conn, call, resource_id, numbers))))


async def _form(call: Call) -> FormData:
    """Of a body that is counted before it is parsed."""
    body = await wire.read_bytes(call.request, MAX_FILE)

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    if not call.request.headers.get("content-type", "").startswith("multipart/"):
        raise _no("form", "Send the file as multipart/form-data, in the part named file.")
    try:
        return await MultiPartParser(call.request.headers, whole(), max_files=1, max_fields=10).parse()
    except (MultiPartException, KeyError) as error:
        raise _no("form", f"The form cannot be read: {error}.") from None


def _no(what: str, text: str) -> UserMistake:
    return UserMistake(text, id=f"api.displays.valid.{what}")


def _numbers(content: bytes, delimiter: str, column: str) -> list[str]:
    """Each once, in the order of the file."""
    if len(delimiter) != 1 or delimiter in '\r\n\0"':
        raise _no("delimiter", "The delimiter must be one character, such as , or ;")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _no("encoding", "The file is not UTF-8; save it as CSV UTF-8.") from None
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        headings = list(rows.fieldnames or ())
        if column not in headings:
            raise _no("map", f"There is no column {column}; the file has {', '.join(map(str, headings)) or 'none'}.")
        found = [(rows.line_num, (row[column] or "").strip()) for row in rows]
    except csv.Error as error:
        raise _no("file", f"The file is not CSV: {error}.") from None
    for line, number in found:
        if number and (not has_digits(number) or len(number) > MOST_CELL):
            raise _no("display", f"Line {line}: {number[:60]} is not a number.")
    return list(dict.fromkeys(number for _, number in found if number))


def _add(conn: Connection, call: Call, resource_id: int, numbers: list[str]) -> dict[str, object]:
    resources.get(conn, call.domain_id, resource_id)
    known = resources.numbers_of(conn, call.domain_id, resource_id)
    new = [number for number in numbers if number not in known]
    ids = resources.add_displays(conn, call.domain_id, resource_id, new, by=call.user_id)
    return {"id": ids, "skipped": len(numbers) - len(new)}
