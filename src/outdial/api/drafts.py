"""Drafts of flow schemas: saved while editing, and never run."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Free, Instant, Long, Whole
from outdial.api.nouns import tag_of
from outdial.api.schemas import PROBLEM, problems_of, written
from outdial.store import drafts, schemas
from outdial.store.listing import Row

OBJECT = "schema"
PATH = "/routing/schema/{id:id}/draft"
SHAPE = Shape(
    schema_id=Field(Long(), read_only=True),
    version=Field(Whole(), read_only=True),
    schema=Field(Free(list), always=True),
    payload=Free(),
    updated_at=Field(Instant(), read_only=True),
    updated_by=Field(Long(), read_only=True),
    problems=Field(Parts(PROBLEM), read_only=True),
)


def install(doors: Doors) -> None:
    doors.add("GET", PATH, _get, Doc("Read the draft of a flow schema", SHAPE))
    doors.add("PUT", PATH, _put, Doc("Save the draft of a flow schema", SHAPE, takes=SHAPE))
    doors.add("DELETE", PATH, _delete, Doc("Discard the draft of a flow schema", letter="w"))


async def _get(call: Call) -> Response:
    """404 when there is none: then the published schema is what to edit."""
    id_ = call.path_id()
    return _answer(await call.read(lambda conn: _known(conn, call, id_)), [])


def _known(conn: Connection, call: Call, id: int) -> Row:
    schemas.get(conn, call.domain_id, id)
    return drafts.get(conn, call.domain_id, id)


async def _put(call: Call) -> Response:
    """Whatever is wrong with it is told in ``problems`` and does not keep it from being saved: ``PUT`` of the schema
    publishes, makes a version and ends the draft. ``version`` is the published version the draft began from. With
    ``If-Match``, the ``ETag`` of the draft as it was read: refused if somebody saved it since, with both drafts."""
    id_, body = call.path_id(), await call.body()
    values = SHAPE.read(body)
    expected = call.request.headers.get("if-match", "*")

    def put(conn: Connection) -> tuple[str, Row]:
        kind = str(schemas.get(conn, call.domain_id, id_)["type"])
        old = drafts.find(conn, call.domain_id, id_)
        if expected != "*" and (old is None or tag_of(old) != expected):
            raise wire.Changed(SHAPE.write(old) if old else None, body)
        return kind, drafts.put(conn, call.domain_id, id_, values, by=call.user_id)

    kind, row = await call.write(put)
    return _answer(row, written(await problems_of(call, row["schema"], kind)))


async def _delete(call: Call) -> Response:
    id_ = call.path_id()

    def discard(conn: Connection) -> None:
        _known(conn, call, id_)
        drafts.discard(conn, call.domain_id, id_)

    await call.write(discard)
    return wire.answer({})


def _answer(row: Row, problems: list[Any]) -> Response:
    response = wire.answer(SHAPE.write({**row, "problems": problems}))
    response.headers["ETag"] = tag_of(row)
    return response
