"""Dry runs of flow schemas: stored ones, and such as nobody has saved yet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.kinds import Long
from outdial.api.past import merged, script_of
from outdial.api.schemas import TYPES
from outdial.domain.errors import BadField
from outdial.flow.dry.rehearse import Library, Report, rehearse, role_of
from outdial.flow.dry.scenario import read_scenario
from outdial.flow.errors import SchemaError
from outdial.flow.parse import parse
from outdial.flow.ports import MediaRef
from outdial.flow.program import Program
from outdial.flow.script import Script
from outdial.flow.trace import HIDDEN
from outdial.flow.validate import references
from outdial.flow.values import as_text
from outdial.store import media, schemas, variables
from outdial.store.listing import ListQuery

OBJECT = "schema"
MOST_SCHEMAS = 50
"""That a dry run has at hand for the application ``schema``."""

BODY = {
    "type": "object",
    "properties": {
        "script": {"type": "object", "description": "What the caller does and the world answers; see the docs."},
        "schema": {"type": "array", "items": {}, "description": "Runs in place of the stored one."},
        "type": {"enum": [*TYPES]},
        "attempt_id": {
            "type": ["integer", "string"],
            "description": "An attempt that is over: what is not in the script is as it was then.",
        },
    },
}
EXAMPLE = {
    "type": "voice",
    "schema": [{"playback": {"files": [{"type": "silence", "name": "2000"}], "getDigits": {}}}, {"hangup": ""}],
    "script": {"caller": {"answers": "2s", "keys": ["1"]}},
}
REPORT = {
    "type": "object",
    "properties": {
        "role": {"enum": ["voice", "before", "after"]},
        "end": {"type": "object"},
        "trace": {"type": "array", "items": {"type": "object"}},
        "timeline": {"type": "array", "items": {"type": "object"}},
        "variables": {"type": "object"},
        "variables_after": {"type": "object"},
        "exports": {"type": "object"},
        "member": {"type": "object"},
    },
}


def install(doors: Doors) -> None:
    doors.add(
        "POST",
        "/routing/schema/run",
        _run_unsaved,
        Doc("Run a schema without a telephone", REPORT, takes=BODY, example=EXAMPLE, letter="r"),
    )
    doors.add(
        "POST",
        "/routing/schema/{id:id}/run",
        _run,
        Doc("Run a stored schema without a telephone", REPORT, takes=BODY, example=EXAMPLE, letter="r"),
    )


async def _run_unsaved(call: Call) -> Response:
    """Answers the trace, the timeline and what would come of it; nothing is done to the world."""
    body = _given(await call.body())
    if "schema" not in body:
        raise BadField("schema", "expected a list of applications")
    return await _answer(call, body["schema"], body.get("type") or TYPES[0], await _script(call, body))


async def _run(call: Call) -> Response:
    """The same for a stored schema; one in the body runs in its place."""
    body, id_ = _given(await call.body()), call.path_id()
    stored = await call.read(lambda conn: schemas.get(conn, call.domain_id, id_))
    schema, kind = body.get("schema", stored["schema"]), body.get("type") or stored["type"]
    return await _answer(call, schema, kind, await _script(call, body))


async def _script(call: Call, body: Mapping[str, Any]) -> object:
    """The body's own, on top of the attempt that it names."""
    attempt_id = Long().read(body.get("attempt_id") or 0, "attempt_id")
    if not attempt_id:
        return body.get("script")
    call.demand("cc_queue", "r")
    found = await call.read(lambda conn: script_of(conn, call.domain_id, attempt_id))
    return merged(found, body.get("script"))


def _given(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise BadField("body", "expected an object")
    return body


async def _answer(call: Call, schema: object, kind: str, script: object) -> Response:
    scenario = read_scenario(script)
    library = await call.read(lambda conn: _library(conn, call.domain_id, schema))
    loop = asyncio.get_running_loop()

    async def scripts(script: Script) -> str:
        """From the run's own loop and thread to where scripts may run; the run's clock stands meanwhile."""
        return asyncio.run_coroutine_threadsafe(call.deps.run_script(script), loop).result()

    def rehearsed() -> Report:
        program = parse(schema)
        return rehearse(program, role_of(scenario, kind, program), scenario, library, call.deps.now(), scripts=scripts)

    return wire.answer((await asyncio.to_thread(rehearsed)).plain())


def _library(conn: Connection, domain_id: int, schema: object) -> Library:
    """The domain as a dry run sees it. Values of encrypted variables stay where they are."""
    sounds: dict[str, tuple[MediaRef, int]] = {}
    for id_, name, ms in media.lengths(conn, domain_id):
        sounds[str(id_)] = sounds[name] = (MediaRef(id_, name), ms)
    hidden = dict.fromkeys(variables.encrypted_names(conn, domain_id), HIDDEN)
    stored = {name: as_text(value) for name, value in variables.all_globals(conn, domain_id).items()}
    return Library(sounds, _programs(conn, domain_id, schema), stored | hidden)


def _programs(conn: Connection, domain_id: int, schema: object) -> dict[int, Program]:
    """The schemas that this one runs, and those that they run, as far as the actor may read them."""
    found: dict[int, Program] = {}
    ahead = _runs(schema)
    while ahead and len(found) < MOST_SCHEMAS:
        id_ = ahead.pop()
        readable = ListQuery(ids=(id_,), fields=("id",))
        stored = schemas.load(conn, id_) if schemas.search(conn, domain_id, readable).items else None
        if stored is None or id_ in found:
            continue
        try:
            found[id_] = parse(stored.schema)
        except SchemaError:
            continue
        ahead |= _runs(stored.schema)
    return found


def _runs(schema: object) -> set[int]:
    return {reference.id for reference in references(schema) if reference.lookup == "schema"}
