"""The log of changes: who changed what, when, from where, and how it was before (webitel-api §2.3)."""

from __future__ import annotations

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Ids, Instant, Link, Long, Span, Text, Texts, Whole
from outdial.store import changes

OBJECT = "logger"

SHAPE = Shape(
    id=Long(),
    action=Text(),
    date=Instant(),
    user=Link(),
    user_ip=Text(),
    object=Text(),
    record=Link(),
    part=Text(),
    count=Whole(),
    old_state=Text(),
    new_state=Text(),
)
FILTERS = wire.filter_shape(
    object=Texts(), record_id=Ids(), user_id=Ids(), action=Texts(), user_ip=Texts(), date=Span()
)


def install(doors: Doors) -> None:
    doors.add("GET", "/logger/logs", _all, Doc("Search the log of changes", Many(SHAPE), searches=FILTERS))
    doors.add(
        "GET",
        "/logger/{object}/record/{record:id}/logs",
        _of_record,
        Doc("Search the changes of one record", Many(SHAPE), searches=FILTERS),
    )
    doors.add(
        "GET",
        "/logger/users/{user:id}/logs",
        _of_user,
        Doc("Search the changes that one user made", Many(SHAPE), searches=FILTERS),
    )


async def _all(call: Call) -> Response:
    """The newest first. `old_state` and `new_state` are JSON as text; of an update they have the fields that became
    different.
    """
    return await _answer(call)


async def _of_record(call: Call) -> Response:
    """`object` is the class of the record, such as `cc_queue`."""
    return await _answer(call, object=call.request.path_params["object"], record_id=call.path_id("record"))


async def _of_user(call: Call) -> Response:
    return await _answer(call, user_id=call.path_id("user"))


async def _answer(call: Call, **filters: object) -> Response:
    query = wire.with_filters(call.query(FILTERS), **filters)
    return await wire.answer_page(SHAPE, await call.read(lambda conn: changes.search(conn, call.domain_id, query)))
