"""Outbound resources and their caller numbers (webitel-api §6)."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Part, Parts, Shape
from outdial.api.kinds import Choice, Flag, Ids, Instant, Link, Text, TextMap, Texts, Whole
from outdial.api.nouns import Noun
from outdial.api.shapes import AUDIT, DESCRIPTION, ID, name
from outdial.domain.errors import BadField
from outdial.domain.number import has_digits
from outdial.store import resources
from outdial.store.listing import Row

OBJECT = "cc_resource"
MAX_LIMIT = 5000
MAX_RPS = 1000

PARAMETERS = Shape(
    cid_type=Choice(("", "none", "rpid", "pid")),
    ignore_early_media=Choice(("", "true", "false", "consume", "ring_ready")),
)
SHAPE = Shape(
    id=ID,
    name=name(50),
    gateway=Field(Link(), required=True),
    enabled=Flag(),
    limit=Whole(-1, MAX_LIMIT),
    rps=Whole(-1, MAX_RPS),
    reserve=Flag(),
    number=Text(20),
    max_successively_errors=Whole(0),
    error_ids=Texts(Text(20, 1)),
    failure_dial_delay=Whole(0),
    patterns=Texts(Text(100, 1)),
    variables=TextMap(),
    description=DESCRIPTION,
    parameters=Part(PARAMETERS),
    last_error_id=Field(Text(), read_only=True),
    last_error_at=Field(Instant(), read_only=True),
    successively_errors=Field(Whole(), read_only=True),
    **AUDIT,
)
DISPLAY = Shape(id=ID, display=Field(Text(50, 1), required=True))
BULK = Shape(items=Field(Parts(DISPLAY), required=True))


def _dialable(row: Row) -> None:
    if not has_digits(row["display"]):
        raise BadField("display", "expected a number with digits")


RESOURCES = Noun(
    "/call_center/resources",
    "resource",
    SHAPE,
    resources,
    filters=wire.filter_shape(name=Text(), enabled=Flag(), gateway=Ids()),
)
DISPLAYS = Noun(
    "/call_center/resources/{parent:id}/display",
    "caller number",
    DISPLAY,
    resources.DISPLAYS,
    filters=wire.filter_shape(display=Text()),
    verbs=frozenset({"list", "create", "get", "put", "delete"}),
    rule=_dialable,
)


def install(doors: Doors) -> None:
    RESOURCES.install(doors)
    DISPLAYS.install(doors)
    doors.add(
        "POST",
        "/call_center/resources/{parent:id}/display/bulk",
        _create_displays,
        Doc("Create many caller numbers, all or none", Shape(id=Ids()), takes=BULK),
    )
    doors.add(
        "DELETE",
        "/call_center/resources/{parent:id}/display",
        _delete_displays,
        Doc("Delete many caller numbers", Many(DISPLAY), asks=Shape(items=Ids())),
    )


async def _create_displays(call: Call) -> Response:
    items = BULK.read(await call.body())["items"]
    for place, item in enumerate(items):
        if not has_digits(item["display"]):
            raise BadField(f"items[{place}].display", "expected a number with digits")
    create = partial(resources.DISPLAYS.create, parent=call.path_id("parent"), by=call.user_id)
    rows = await call.write(lambda conn: [create(conn, call.domain_id, item) for item in items])
    return wire.answer({"id": [str(row["id"]) for row in rows]})


async def _delete_displays(call: Call) -> Response:
    """``?items=1&items=2``; without any of them nothing is deleted."""
    wanted = Shape(items=Ids()).read(wire.nested(call.request.url.query)).get("items", [])
    delete = partial(resources.DISPLAYS.delete, parent=call.path_id("parent"))
    rows = await call.write(lambda conn: [delete(conn, call.domain_id, id_) for id_ in wanted])
    return wire.answer({"items": [DISPLAY.write(row) for row in rows]})
