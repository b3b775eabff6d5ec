"""The two views of a flow schema, for an editor that shows both (docs/diagram.md)."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Choice, Free, Text
from outdial.api.schemas import TYPES, problems_of
from outdial.domain.errors import BadField
from outdial.flow.diagram import NodeProblem, compile_drawing, decompile, read, write
from outdial.flow.diagram.agree import block_at

OBJECT = "schema"
PROBLEM = Shape(node=Text(), level=Text(), message=Text(), path=Text())
DRAWN = Shape(payload=Field(Free(), required=True), type=Choice(("", *TYPES)))
COMPILED = Shape(schema=Free(list), problems=Parts(PROBLEM), places=Free(), jumps=Free(list))
WRITTEN = Shape(schema=Field(Free(list), always=True), payload=Free())
DECOMPILED = Shape(payload=Free(), places=Free())


def install(doors: Doors) -> None:
    doors.add(
        "POST", "/routing/schema/compile", _compile, Doc("The schema of a drawing", COMPILED, takes=DRAWN, letter="r")
    )
    doors.add(
        "POST",
        "/routing/schema/decompile",
        _decompile,
        Doc("A drawing of a schema", DECOMPILED, takes=WRITTEN, letter="r"),
    )


async def _compile(call: Call) -> Response:
    """Without errors there is a ``schema``; with a ``type`` its own problems stand beside those of the drawing.

    ``places`` says for every block the path of its step, ``jumps`` which wires became ``goto``.
    """
    given = DRAWN.read(await call.body())
    done = await asyncio.to_thread(lambda: compile_drawing(read(given["payload"])))
    problems = list(done.problems)
    if not done.errors and given.get("type"):
        for found in await problems_of(call, done.schema, given["type"]):
            problems.append(NodeProblem(block_at(done.places, found.path), found.level, found.message, found.path))
    answer = {
        "problems": [msgspec.structs.asdict(problem) for problem in problems],
        "places": done.places,
        "jumps": [{"from": edge.source, "port": edge.port} for edge in done.jumps],
    }
    return wire.answer(answer if done.errors else {"schema": done.schema, **answer})


async def _decompile(call: Call) -> Response:
    """Places and notes are taken from ``payload`` as far as it knows the blocks; the rest is laid out."""
    body = await call.body()
    if not isinstance(body, dict) or not isinstance(body.get("schema"), list):
        raise BadField("schema", "expected a list of applications")
    done = await asyncio.to_thread(decompile, body["schema"], body.get("payload"))
    return wire.answer({"payload": write(done.drawing), "places": done.places})
