"""Webhooks: who is told what happens, and what came of it."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Flag, Instant, Link, Long, Text, Texts, Whole
from outdial.api.nouns import VERBS, Noun, Verb
from outdial.api.shapes import AUDIT, ID, name
from outdial.domain.errors import BadField
from outdial.net.errors import Refused
from outdial.net.target import read_target
from outdial.store import outbox, webhooks

OBJECT = "settings"
PATH = "/webhooks"
SHAPE = Shape(
    id=ID,
    name=name(100),
    url=Field(Text(2000), required=True),
    events=Texts(),
    queue=Link(),
    enabled=Flag(),
    **AUDIT,
)
SECRET = Shape(secret=Text())
CREATED = Shape(**SHAPE.fields, **SECRET.fields)
DELIVERY = Shape(
    id=Long(),
    event=Text(),
    state=Text(),
    body=Text(),
    created_at=Instant(),
    due_at=Instant(),
    tries=Whole(),
    sent_at=Instant(),
    status=Whole(),
    problem=Text(),
    ms=Whole(),
)
FILTERS = wire.filter_shape(state=Texts(), event=Texts())


async def _check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    if "url" in values:
        try:
            read_target(values["url"])
        except Refused as error:
            raise BadField("url", error.detail) from None
    for event in values.get("events") or ():
        if event not in outbox.EVENTS:
            raise BadField("events", f"expected some of {', '.join(outbox.EVENTS)}")


WEBHOOKS = Noun(PATH, "webhook", SHAPE, webhooks, verbs=VERBS - {"create"}, check=_check)


def install(doors: Doors) -> None:
    doors.add("POST", PATH, _create, Doc("Create a webhook", CREATED, takes=SHAPE))
    WEBHOOKS.install(doors)
    item = PATH + "/{id:id}"
    doors.add("POST", item + "/secret", _renew, Doc("Make a new secret for a webhook", SECRET, letter="w"))
    doors.add("POST", item + "/test", _test, Doc("Send a test to a webhook", Shape(id=Long()), letter="w"))
    doors.add(
        "GET",
        PATH + "/{parent:id}/deliveries",
        _deliveries,
        Doc("Search what was or will be sent to a webhook, newest first", Many(DELIVERY), searches=FILTERS),
    )


async def _create(call: Call) -> Response:
    """The answer holds the ``secret`` that signs each delivery: it is never shown again. Enabled, and told every
    event, unless said otherwise."""
    values = {"enabled": True, "events": list(outbox.EVENTS), **SHAPE.read(await call.body())}
    await _check(call, "create", values)
    secret = secrets.token_urlsafe(32)
    values["secret"] = secret
    row = await call.write(lambda conn: webhooks.create(conn, call.domain_id, values, by=call.user_id))
    return wire.answer(CREATED.write({**row, "secret": secret}))


async def _renew(call: Call) -> Response:
    """The old one signs nothing any more, from the next delivery on."""
    id_, secret = call.path_id(), secrets.token_urlsafe(32)
    await call.write(lambda conn: webhooks.patch(conn, call.domain_id, id_, {"secret": secret}, by=call.user_id))
    return wire.answer({"secret": secret})


async def _test(call: Call) -> Response:
    """Answers the id of the delivery: see what came of it among the deliveries."""
    id_ = call.path_id()

    def test(conn: Any) -> int:
        webhooks.get(conn, call.domain_id, id_)
        return outbox.test(conn, call.domain_id, id_)

    return wire.answer({"id": str(await call.write(test))})


async def _deliveries(call: Call) -> Response:
    """``state``: ``waiting`` (until ``due_at``), ``delivered`` or ``failed`` (given up); ``status`` of the last answer
    and the ``problem`` with it. Settled ones are kept for a week."""
    query, parent = call.query(FILTERS), call.path_id("parent")
    page = await call.read(lambda conn: webhooks.DELIVERIES.search(conn, call.domain_id, query, parent=parent))
    return await wire.answer_page(DELIVERY, page)
