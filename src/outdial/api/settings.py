"""Settings of the domain (webitel-api §2.3)."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Text, Texts, Whole
from outdial.api.needs import SELF
from outdial.domain.errors import BadField
from outdial.store import domains, settings
from outdial.store.listing import Page, Row

OBJECT = "settings"

SHAPE = Shape(id=Whole(), name=Text(), value=Text())
NEW = Shape(name=Field(Text(100, 1), required=True), value=Text(100))
EXAMPLE = {"name": domains.ZONE, "value": "Europe/Kyiv"}


def install(doors: Doors) -> None:
    asks = Shape(name=Texts())
    listed = Doc("List the domain's settings, all or those named", Many(SHAPE), asks=asks, object=SELF)
    doors.add("GET", "/settings", _list, listed)
    doors.add(
        "POST",
        "/settings",
        _keep,
        Doc("Set one of the domain's settings", SHAPE, takes=NEW, example=EXAMPLE, letter="w"),
    )


async def _list(call: Call) -> Response:
    names = tuple(call.request.query_params.getlist("name"))
    rows = await call.read(lambda conn: settings.of_domain(conn, call.domain_id, names))
    return await wire.answer_page(SHAPE, Page(rows, next=False))


async def _keep(call: Call) -> Response:
    """``timezone``: an IANA name, the zone of date helpers in flows; empty is UTC."""
    given = NEW.read(await call.body())
    name, value = given["name"], given.get("value") or ""
    if name != domains.ZONE:
        raise BadField("name", f"there is no setting {name}; there is {domains.ZONE}")
    return wire.answer(SHAPE.write(await call.write(lambda conn: _kept(conn, call.domain_id, name, value))))


def _kept(conn: Connection, domain_id: int, name: str, value: str) -> Row:
    domains.set_zone(conn, domain_id, value)
    rows = settings.of_domain(conn, domain_id, (name,))
    return rows[0] if rows else {"id": 0, "name": name, "value": ""}
