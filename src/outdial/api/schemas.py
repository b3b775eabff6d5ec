"""Flow schemas (webitel-api §4)."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Choice, Flag, Free, Instant, Link, Long, Text, Texts, Whole
from outdial.api.nouns import Noun, Verb
from outdial.api.shapes import AUDIT, ID, TAG, name
from outdial.domain.errors import BadField
from outdial.flow.errors import SchemaError
from outdial.store import schemas

TYPES = ("default", "voice", "chat", "processing", "service")
SHAPE = Shape(
    id=ID,
    name=name(100),
    type=Choice(TYPES),
    schema=Field(Free(list), always=True),
    payload=Free(),
    editor=Flag(),
    tags=Parts(TAG),
    debug=Flag(),
    description=Text(200),
    note=Text(200),
    version=Field(Whole(), read_only=True),
    **AUDIT,
)
VERSION = Shape(
    id=Long(),
    schema_id=Long(),
    version=Whole(),
    created_at=Instant(),
    created_by=Link(),
    note=Text(),
    schema=Free(list),
    payload=Free(),
)
NAMED = Shape(name=Text(), count=Whole())
TAGGED = wire.filter_shape(type=Texts())
VERSIONS = wire.filter_shape()


async def _check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    """A flow that cannot be read is refused with the path of the step."""
    if "schema" in values:
        problems = await asyncio.to_thread(call.deps.validate_schema, values["schema"], values.get("type", TYPES[0]))
        for problem in problems:
            if problem.level == "error":
                raise SchemaError(problem.path, problem.message)
    elif verb in ("create", "put"):
        raise BadField("schema", "expected a list of applications")


SCHEMAS = Noun(
    "/routing/schema",
    "flow schema",
    SHAPE,
    schemas,
    filters=wire.filter_shape(name=Text(), type=Texts(), editor=Flag(), tags=Texts()),
    check=_check,
)


def install(doors: Doors) -> None:
    doors.add("GET", "/routing/schema/tags", _tags, Doc("Search the tags in use", Many(NAMED), searches=TAGGED))
    SCHEMAS.install(doors)
    doors.add(
        "GET",
        "/routing/schema/{parent:id}/versions",
        _versions,
        Doc("Search the versions of a flow schema, newest first", Many(VERSION), searches=VERSIONS),
    )


async def _tags(call: Call) -> Response:
    query = call.query(TAGGED)
    return await wire.answer_page(NAMED, await call.read(lambda conn: schemas.tags(conn, call.domain_id, query)))


async def _versions(call: Call) -> Response:
    query, parent = call.query(VERSIONS), call.path_id("parent")
    page = await call.read(lambda conn: schemas.versions(conn, call.domain_id, query, parent=parent))
    return await wire.answer_page(VERSION, page)
