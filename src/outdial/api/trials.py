"""Test calls with a flow schema."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Flag, Link, Text, TextMap
from outdial.domain.errors import BadField
from outdial.domain.number import normalise
from outdial.store import commands, drafts, gateways, resources, schemas

OBJECT = "schema"
PATH = "/routing/schema/{id:id}/call"
WANTED = Shape(
    destination=Field(Text(128), required=True),
    gateway=Link(),
    resource=Link(),
    display=Text(64),
    variables=TextMap(),
    draft=Flag(),
)
STARTED = Shape(call_id=Text())


def install(doors: Doors) -> None:
    doors.add("POST", PATH, _call, Doc("Ring a number with a flow schema", STARTED, takes=WANTED, letter="w"))
    doors.add("DELETE", PATH + "/{call_id}", _hang_up, Doc("Hang up a test call", letter="w"))


async def _call(call: Call) -> Response:
    """Rings ``destination`` through ``gateway``, or through the gateway of ``resource`` with its caller number, and
    runs the published flow, or with ``draft`` the one that is being edited. Needs the right to make calls too. Follow
    it by the feed: ``GET /events?call_id=…`` tells its stages (``attempt`` with id 0) and each step (``step``). It
    belongs to no queue, so neither hours nor stop lists are asked, and it leaves no history."""
    call.demand("calls", "x")
    id_, wanted = call.path_id(), WANTED.read(await call.body())
    if not normalise(wanted["destination"]):
        raise BadField("destination", "expected a number or an address to ring")
    call_id = str(uuid.uuid4())

    def order(conn: Connection) -> None:
        schemas.get(conn, call.domain_id, id_)
        if wanted.get("draft"):
            drafts.get(conn, call.domain_id, id_)
        payload = {**_through(conn, call, wanted), "schema_id": id_, "call_id": call_id}
        payload |= {name: wanted.get(name) for name in ("destination", "variables", "draft")}
        commands.add(conn, call.domain_id, "trial", payload=payload, by=call.user_id)

    await call.write(order)
    return wire.answer({"call_id": call_id})


def _through(conn: Connection, call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
    """The gateway and the caller number. Raises BadField, NotFound."""
    display = wanted.get("display") or ""
    if wanted.get("resource"):
        resource = resources.get(conn, call.domain_id, wanted["resource"])
        gateway = (resource["gateway"] or {}).get("id")
        shown = resources.DISPLAYS.search(conn, call.domain_id, parent=resource["id"]).items
        display = display or (shown[0]["display"] if shown else "")
    else:
        resource, gateway = {"id": 0}, wanted.get("gateway")
    if not gateway:
        raise BadField("gateway", "expected a gateway, or a resource that has one")
    found = gateways.get(conn, call.domain_id, gateway)
    if not found["enable"]:
        raise BadField("gateway", f"gateway {found['name']} is switched off; enable it to ring through it")
    return {"gateway_id": found["id"], "resource_id": resource["id"], "display": display}


async def _hang_up(call: Call) -> Response:
    """Of one that is over, nothing happens."""
    payload = {"call_id": call.request.path_params["call_id"]}
    await call.write(lambda conn: commands.add(conn, call.domain_id, "trial_end", payload=payload, by=call.user_id))
    return wire.answer({})
