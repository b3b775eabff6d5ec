"""What people add to calls that are over: variables and remarks (webitel-api §13)."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from outdial.api import wire
from outdial.api.calls import ANNOTATION, HISTORY, SHAPE
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Flag, TextMap
from outdial.domain.errors import BadField, UserMistake
from outdial.store import calls, remarks

OBJECT = "calls"
CHANGES = Shape(variables=TextMap(), hide_missed=Flag())
PATH = "/calls/history/{call}"


class CannotRedial(UserMistake):
    """Nobody has a phone here to ring again with; PATCH the member with an empty stop_cause to have it rung again."""

    id = "app.call.redial"


def install(doors: Doors) -> None:
    doors.add(
        "PATCH",
        PATH,
        _patch,
        Doc("Add variables to a call that is over", SHAPE, takes=CHANGES, partial=True),
    )
    doors.add("POST", PATH + "/redial", _redial, Doc("Refused: nobody has a phone here", letter="w"))
    example = {"note": "Asks for a call in the evening", "start_sec": 4, "end_sec": 9}
    written = Doc("Put a remark on a piece of a call", ANNOTATION, takes=ANNOTATION, example=example, letter="w")
    doors.add("POST", PATH + "/annotation", _annotate, written)
    doors.add("PUT", PATH + "/annotation/{id:id}", _replace, Doc("Replace a remark", ANNOTATION, takes=ANNOTATION))
    doors.add("DELETE", PATH + "/annotation/{id:id}", _delete, Doc("Delete a remark", ANNOTATION, letter="w"))


async def _patch(call: Call) -> Response:
    """Variables merge, an empty value deletes the key."""
    id_, given = call.request.path_params["call"], CHANGES.read(await call.body())
    row = await call.write(lambda conn: calls.keep_variables(conn, call.domain_id, id_, given.get("variables", {})))
    return wire.answer(SHAPE.write(HISTORY.row(row)))


async def _redial(call: Call) -> Response:
    id_ = call.request.path_params["call"]
    await call.read(lambda conn: calls.get(conn, call.domain_id, id_))
    raise CannotRedial


async def _annotate(call: Call) -> Response:
    call_id, values = call.request.path_params["call"], _remark(await call.body())
    row = await call.write(lambda conn: remarks.create(conn, call.domain_id, call_id, values, by=call.user_id))
    return wire.answer(ANNOTATION.write(row))


async def _replace(call: Call) -> Response:
    call_id, id_, values = call.request.path_params["call"], call.path_id(), _remark(await call.body())
    row = await call.write(lambda conn: remarks.replace(conn, call.domain_id, call_id, id_, values, by=call.user_id))
    return wire.answer(ANNOTATION.write(row))


def _remark(body: Any) -> dict[str, Any]:
    values = ANNOTATION.read(body)
    if values.get("end_sec", 0) < values.get("start_sec", 0):
        raise BadField("end_sec", "expected a second not before start_sec")
    return values


async def _delete(call: Call) -> Response:
    call_id, id_ = call.request.path_params["call"], call.path_id()
    row = await call.write(lambda conn: remarks.delete(conn, call.domain_id, call_id, id_))
    return wire.answer(ANNOTATION.write(row))
