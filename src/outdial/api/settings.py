"""Settings of the domain (webitel-api §2.3)."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Free, Text, Texts, Whole
from outdial.api.needs import SELF
from outdial.domain.errors import BadField, NotFound
from outdial.store import domains, schemas, settings
from outdial.store.listing import Page, Row

OBJECT = "settings"

VALUE = Free(object)
SHAPE = Shape(id=Whole(), name=Text(), value=VALUE)
NEW = Shape(name=Field(Text(100, 1), required=True), value=VALUE)
EXAMPLE = {"name": domains.ZONE, "value": "Europe/Kyiv"}
KNOWN = (domains.ZONE, schemas.VERSION_LIMIT)
MOST_VERSIONS = 10_000


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
    doors.add("GET", "/settings/available", _available, Doc("Names of settings that are not set", Many(SHAPE)))
    doors.add("GET", "/settings/{id:id}", _get, Doc("Read one of the domain's settings", SHAPE))
    changed = Doc("Change one of the domain's settings", SHAPE, takes=Shape(value=VALUE), partial=True)
    for method in ("PUT", "PATCH"):
        doors.add(method, "/settings/{id:id}", _change, changed)
    doors.add("DELETE", "/settings/{id:id}", _delete, Doc("Unset one of the domain's settings", SHAPE, letter="w"))


async def _list(call: Call) -> Response:
    names = tuple(call.request.query_params.getlist("name"))
    rows = await call.read(lambda conn: settings.of_domain(conn, call.domain_id, names))
    return await wire.answer_page(SHAPE, Page(rows, next=False))


async def _available(call: Call) -> Response:
    rows = await call.read(lambda conn: settings.of_domain(conn, call.domain_id))
    taken = {row["name"] for row in rows}
    return await wire.answer_page(SHAPE, Page([{"name": name} for name in KNOWN if name not in taken], next=False))


async def _keep(call: Call) -> Response:
    """``timezone``: an IANA name, the zone of date helpers in flows; empty is UTC. ``scheme_version_limit``: how many
    versions of a flow schema are kept; 0 keeps all."""
    given = NEW.read(await call.body())
    name, value = given["name"], given.get("value")
    return wire.answer(SHAPE.write(await call.write(lambda conn: _kept(conn, call.domain_id, name, value))))


def _find(conn: Connection, call: Call) -> Row:
    id_ = call.path_id()
    found = next((row for row in settings.of_domain(conn, call.domain_id) if row["id"] == id_), None)
    if found is None:
        raise NotFound(f"There is no setting {id_}.", id="store.sql_setting.get.app_error")
    return found


async def _get(call: Call) -> Response:
    return wire.answer(SHAPE.write(await call.read(lambda conn: _find(conn, call))))


async def _change(call: Call) -> Response:
    value = Shape(value=VALUE).read(await call.body()).get("value")
    row = await call.write(lambda conn: _kept(conn, call.domain_id, _find(conn, call)["name"], value))
    return wire.answer(SHAPE.write(row))


async def _delete(call: Call) -> Response:
    def unset(conn: Connection) -> Row:
        row = _find(conn, call)
        _kept(conn, call.domain_id, row["name"], "")
        return row

    return wire.answer(SHAPE.write(await call.write(unset)))


def _kept(conn: Connection, domain_id: int, name: str, value: object) -> Row:
    if name == domains.ZONE:
        domains.set_zone(conn, domain_id, _zone(value))
    elif name == schemas.VERSION_LIMIT:
        settings.put(conn, domain_id, name, Whole(0, MOST_VERSIONS).read(value or 0, "value") or None)
    else:
        raise BadField("name", f"there is no setting {name}; there are {' and '.join(KNOWN)}")
    rows = settings.of_domain(conn, domain_id, (name,))
    return rows[0] if rows else {"id": 0, "name": name, "value": ""}


def _zone(value: object) -> str:
    if not isinstance(value or "", str):
        raise BadField("value", "expected the name of a time zone, such as Europe/Kyiv")
    return str(value or "")
