"""Media files: what callers hear (webitel-api §3)."""

from __future__ import annotations

import asyncio
import io
import secrets
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from outdial.api import sounds, wire
from outdial.api.doc import Doc, Raw
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Instant, Long, Text, Texts, Whole
from outdial.api.nouns import Noun
from outdial.api.shapes import AUDIT, ID
from outdial.domain.errors import BadField, Forbidden, UserMistake
from outdial.store import media, trash
from outdial.store.listing import Row

OBJECT = "media_file"
MAX_FILE = 5 * 1024 * 1024
MAX_UPLOAD = 64 * 1024 * 1024
"""Bytes of one request, which may bring several files."""
MAX_FILES = 50
MP3 = ("audio/mpeg", "audio/mp3")
WAV = "audio/wav"

SHAPE = Shape(
    id=ID,
    name=Text(),
    mime_type=Text(),
    size=Long(),
    duration_ms=Whole(),
    **AUDIT,
)
UPLOADED = {"type": "object", "properties": {"total": {"type": "integer"}, "items": {"type": "array"}}}
MEDIA = Noun(
    "/storage/media",
    "media file",
    SHAPE,
    media,
    filters=wire.filter_shape(name=Text(), mime_type=Texts(), created_at=Instant()),
    verbs=frozenset({"list", "get"}),
)


class NotAllowed(Forbidden):
    """The file is not of a kind that is taken."""

    id = "policy.file.allow"


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    mime_type: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Prepared:
    """An upload on disk, cut and ready to be named in the store."""

    values: dict[str, Any]

    def files(self) -> tuple[str, ...]:
        prompt = self.values["prompt_key"]
        return (self.values["key"], f"{prompt}.alaw", f"{prompt}.ulaw")


def install(doors: Doors) -> None:
    MEDIA.install(doors)
    doors.add(
        "POST",
        "/storage/media",
        _upload,
        Doc("Upload wav or mp3 files of at most 5 MB", UPLOADED, takes=Raw("multipart/form-data")),
    )
    doors.add("DELETE", "/storage/media/{id:id}", _delete, Doc("Delete a media file", SHAPE))
    doors.add(
        "POST", "/storage/media/{id:id}/restore", _restore, Doc("Take back a deletion: media file", SHAPE, letter="d")
    )
    doors.add(
        "GET",
        "/storage/media/{id:id}/stream",
        _stream,
        Doc("Hear a media file; one byte range is served", Raw("audio/wav")),
    )
    doors.add("GET", "/storage/media/{id:id}/download", _download, Doc("Download a media file", Raw("audio/wav")))


async def _upload(call: Call) -> Response:
    """All files of the request or none. The answer is plain JSON with numbers for ids, unlike all others."""
    done: list[Prepared] = []
    try:
        async with _uploads(call.request) as uploads:
            for upload in uploads:
                done.append(await _prepare(call, upload))
        rows = await call.write(lambda conn: [_create(conn, call, one) for one in done])
    except BaseException:
        await _forget(call, [key for one in done for key in one.files()])
        raise
    await _empty_the_trash(call)
    return wire.answer({"total": len(rows), "items": [_plain(row) for row in rows]})


def _create(conn: Connection, call: Call, one: Prepared) -> Row:
    return media.create(conn, call.domain_id, one.values, by=call.user_id)


@asynccontextmanager
async def _uploads(request: Request) -> AsyncGenerator[list[Upload], None]:
    """Every part is a file, whatever its field is called; or the body itself, named in the query."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        name, kind = request.query_params.get("name", ""), request.headers.get("content-type", "")
        yield [Upload(name, kind, io.BytesIO(await wire.read_bytes(request, MAX_FILE)))]
        return
    form = await _form(request)
    try:
        parts = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        if not parts:
            raise BadField("file", "expected at least one file")
        yield [Upload(part.filename or "", part.content_type or "", part.file) for part in parts]
    finally:
        await form.close()


async def _form(request: Request) -> FormData:
    parser = MultiPartParser(request.headers, _counted(request), max_files=MAX_FILES, max_fields=MAX_FILES)
    try:
        return await parser.parse()
    except _OverLimit as error:
        raise wire.TooLarge(error.message) from None
    except (MultiPartException, KeyError, UnicodeDecodeError) as error:
        raise UserMistake(f"The upload cannot be read: {error}.", id="app.request.multipart") from None


class _OverLimit(MultiPartException):
    """Of the parser's own kind, so that it closes what it has opened."""


async def _counted(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_UPLOAD:
            raise _OverLimit(f"One upload may have {MAX_UPLOAD >> 20} MB; send the files one by one.")
        yield part


async def _prepare(call: Call, upload: Upload) -> Prepared:
    """Checks a file, keeps it and cuts it into frames. Nothing stays behind when it is refused."""
    name = PurePosixPath(upload.name.replace("\\", "/")).name
    if not 3 <= len(name) <= 100:
        raise BadField("name", "expected a file name of 3 to 100 characters")
    mime_type, ending = _kind(upload)
    stem = secrets.token_hex(12)
    key, prompt_key = f"media/{stem}.{ending}", f"prompts/{stem}"
    files = call.deps.files
    aside = files.new(f"media/{stem}.{ending}.part")
    size = await asyncio.to_thread(_copy, upload.content, aside)
    kept = Prepared({"name": name, "mime_type": mime_type, "size": size, "key": key, "prompt_key": prompt_key})
    try:
        if size > MAX_FILE:
            raise NotAllowed(f"{name} has {size / 2**20:.1f} MB; at most {MAX_FILE >> 20} MB are taken.")
        kept.values["duration_ms"] = (await call.deps.prepare_media(aside, files.new(prompt_key))).ms
        await asyncio.to_thread(files.put, key, aside)
    except ValueError as error:
        await _forget(call, [f"{key}.part", *kept.files()])
        raise UserMistake(f"{name}: {error}", id="app.media.audio") from None
    except BaseException:
        await _forget(call, [f"{key}.part", *kept.files()])
        raise
    return kept


def _kind(upload: Upload) -> tuple[str, str]:
    """Type and ending by what the file says of itself; browsers and curl name types as they like."""
    head = upload.content.read(4)
    upload.content.seek(0)
    if head == b"RIFF":
        return WAV, "wav"
    return (upload.mime_type if upload.mime_type in MP3 else MP3[0]), "mp3"


def _copy(source: BinaryIO, target: Path) -> int:
    with target.open("wb") as out:
        shutil.copyfileobj(source, out)
        return out.tell()


async def _forget(call: Call, keys: list[str]) -> None:
    for key in keys:
        await asyncio.to_thread(call.deps.files.delete, key)


def _plain(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "size": row["size"],
        "mime_type": row["mime_type"],
        "properties": {},
        "channel": "media",
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "created_by": row["created_by"],
        "updated_by": row["updated_by"],
    }


async def _delete(call: Call) -> Response:
    id_ = call.path_id()
    row = await call.write(lambda conn: media.delete(conn, call.domain_id, id_))
    await _empty_the_trash(call)
    return wire.answer(SHAPE.write(row))


async def _restore(call: Call) -> Response:
    """For 30 s after its deletion."""
    id_ = call.path_id()
    return wire.answer(SHAPE.write(await call.write(lambda conn: media.restore(conn, call.domain_id, id_))))


async def _empty_the_trash(call: Call) -> None:
    """The bytes of files whose deletion cannot be taken back any more, whenever files come or go."""
    for row in await call.deps.store.write(trash.take_files):
        await _forget(call, list(Prepared(row).files()))


async def _stream(call: Call) -> Response:
    return await send_media(call, attachment=False)


async def _download(call: Call) -> Response:
    return await send_media(call, attachment=True)


async def send_media(call: Call, *, attachment: bool) -> Response:
    id_ = call.path_id()
    row = await call.read(lambda conn: media.get(conn, call.domain_id, id_))
    return await sounds.send(call, row["key"], row["name"], row["mime_type"], attachment=attachment)
