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
from outdial.flow.diagram.agree import TOLD, agreed
from outdial.flow.errors import SchemaError
from outdial.flow.program import Problem
from outdial.flow.validate import references
from outdial.store import schemas
from outdial.store.listing import Page, Row
from outdial.store.references import missing

OBJECT = "schema"
TYPES = ("default", "voice", "chat", "processing", "service")
PROBLEM = Shape(path=Field(Text(), always=True), level=Text(), message=Text())
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
    problems=Field(Parts(PROBLEM), read_only=True),
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
UNSAVED = Shape(schema=Field(Free(list), always=True), type=Choice(TYPES))
TAGGED = wire.filter_shape(type=Texts())
VERSIONS = wire.filter_shape()


async def problems_of(call: Call, schema: object, kind: str) -> list[Problem]:
    """What is wrong with a flow, held against the domain's own media, lists and so on."""
    named = await asyncio.to_thread(references, schema)
    gone = await call.read(lambda conn: missing(conn, call.domain_id, named)) if named else frozenset()
    return await asyncio.to_thread(call.deps.validate_schema, schema, kind, gone)


async def _check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    """A flow that cannot be read is refused with the path of the step; the rest is told with the record."""
    written_out = "schema" in values
    if not written_out:
        values |= await _agreed(call, verb, values)
    if "schema" in values:
        kind = values.get("type") or await _stored_type(call, verb)
        found = await problems_of(call, values["schema"], kind)
        for problem in found:
            if problem.level == "error":
                raise SchemaError(problem.path, problem.message)
        call.request.state.problems = found
        values |= await _agreed(call, verb, values) if written_out else {}
    elif verb in ("create", "put"):
        raise BadField("schema", "expected a list of applications")


async def _agreed(call: Call, verb: Verb, values: Row) -> Row:
    """The half of the two views that follows from the other."""
    stored: Row = {}
    if verb == "patch" and TOLD & values.keys():
        id_ = call.path_id()
        stored = await call.read(lambda conn: schemas.get(conn, call.domain_id, id_))
    return await asyncio.to_thread(agreed, values, stored)


async def _stored_type(call: Call, verb: Verb) -> str:
    """A PATCH that leaves the type as it is."""
    if verb != "patch":
        return TYPES[0]
    id_ = call.path_id()
    return await call.read(lambda conn: schemas.type_of(conn, call.domain_id, id_)) or TYPES[0]


def _with_problems(call: Call, row: Row) -> Row:
    """What the save found, beside the record."""
    found = getattr(call.request.state, "problems", [])
    return {**row, "problems": written(found)} if found else row


def written(problems: list[Problem]) -> list[Row]:
    return [{"path": p.path, "level": p.level, "message": p.message} for p in problems]


SCHEMAS = Noun(
    "/routing/schema",
    "flow schema",
    SHAPE,
    schemas,
    filters=wire.filter_shape(name=Text(), type=Texts(), editor=Flag(), tags=Texts()),
    check=_check,
    live=_with_problems,
)


def install(doors: Doors) -> None:
    doors.add(
        "GET", "/routing/schema/tags", _tags, Doc("Search the tags in use", Many(NAMED), searches=TAGGED, filtered=True)
    )
    doors.add(
        "POST",
        "/routing/schema/check",
        _check_unsaved,
        Doc("What is wrong with a flow schema, without saving it", Many(PROBLEM), takes=UNSAVED, letter="r"),
    )
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


async def _check_unsaved(call: Call) -> Response:
    """Errors, warnings and notes; the same that a save would tell."""
    body = await call.body()
    given = UNSAVED.read({**body, "schema": []} if isinstance(body, dict) else body)
    found = await problems_of(call, body.get("schema"), given.get("type") or TYPES[0])
    return await wire.answer_page(PROBLEM, Page(written(found), next=False))


async def _versions(call: Call) -> Response:
    query, parent = call.query(VERSIONS), call.path_id("parent")
    page = await call.read(lambda conn: schemas.versions(conn, call.domain_id, query, parent=parent))
    return await wire.answer_page(VERSION, page)
