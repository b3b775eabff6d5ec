"""Members of a queue: the people to ring (webitel-api §10)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Flag, Ids, Instant, Link, Long, Span, Text, TextMap, Texts, Whole, Zone
from outdial.api.shapes import ID, STAMP
from outdial.domain.errors import BadField
from outdial.store import hooks, members
from outdial.store.changes import About, tally
from outdial.store.listing import ListQuery, Page, Row

OBJECT = "cc_queue"
THREAD_ITEMS = 100
"""Longer batches are checked away from the event loop."""
BATCH = 2000

COMMUNICATION = Shape(
    id=ID,
    destination=Field(Text(100, 1), required=True),
    type=Field(Link(), required=True, error_id="model.member.is_valid.communications.type.app_error"),
    priority=Whole(),
    display=Text(50),
    resource=Link(),
    description=Text(500),
    dtmf=Text(100),
    stop_at=Long(),
    attempts=Field(Whole(), read_only=True),
    last_activity_at=STAMP,
)
SHAPE = Shape(
    id=ID,
    queue=Field(Link(), read_only=True),
    name=Text(250),
    communications=Field(
        Parts(COMMUNICATION, most=20, sparse=True),
        required=True,
        always=True,
        error_id="model.member.is_valid.communications.app_error",
    ),
    priority=Whole(),
    expire_at=Instant(),
    min_offering_at=Instant(),
    timezone=Zone(),
    bucket=Link(),
    variables=TextMap(),
    stop_cause=Text(50),
    attempts=Whole(0),
    created_at=Field(Instant(), read_only=True, always=True),
    last_activity_at=STAMP,
    stop_at=STAMP,
    reserved=Field(Flag(), read_only=True),
    deferred=Field(Text(), read_only=True),
)
BULK = Shape(items=Parts(SHAPE, sparse=True), file_name=Text(120))
FILTERS = wire.filter_shape(
    queue_id=Ids(),
    destination=Text(),
    numbers=Texts(),
    name=Text(),
    created_at=Span(),
    offering_at=Span(),
    priority=Span(),
    attempts=Span(),
    stop_cause=Texts(),
    agent_id=Ids(),
    bucket_id=Ids(),
    variables=TextMap(),
)
SELECTION = Shape(**FILTERS.fields, ids=Ids(), size=Whole(), without_members=Flag())
COUNT = Shape(count=Long())
EXAMPLE = {"name": "Olena", "communications": [{"destination": "380501234567", "type": {"id": "1"}}]}
PATH = "/call_center/queues/{parent:id}/members"


def install(doors: Doors) -> None:
    doors.add("POST", PATH + "/bulk", _bulk, Doc("Create many members, all or none", Shape(ids=Ids()), takes=BULK))
    doors.add(
        "PATCH", PATH + "/reset", _reset, Doc("Let stopped members be rung again", COUNT, takes=FILTERS, partial=True)
    )
    doors.add("GET", PATH + "/reset/count", _reset_count, Doc("How many a reset would touch", COUNT, searches=FILTERS))
    for path in (PATH, "/call_center/members"):
        doors.add("GET", path, _list, Doc("Search members", Many(SHAPE), searches=FILTERS, filtered=True))
        doors.add("GET", path + "/{id:id}", _get, Doc("Read a member", SHAPE, filtered=True))
        doors.add(
            "PATCH",
            path + "/{id:id}",
            _patch,
            Doc("Change some fields of a member", SHAPE, takes=SHAPE, partial=True, filtered=True),
        )
    doors.add("POST", PATH, _create, Doc("Create a member", SHAPE, takes=SHAPE, example=EXAMPLE))
    doors.add("PUT", PATH + "/{id:id}", _put, Doc("Replace a member", SHAPE, takes=SHAPE, example=EXAMPLE))
    doors.add("DELETE", PATH + "/{id:id}", _delete, Doc("Delete a member", SHAPE))
    doors.add("POST", PATH + "/{id:id}/restore", _restore, Doc("Take back a deletion: member", SHAPE))
    doors.add(
        "DELETE",
        "/call_center/queues/members",
        _delete_many,
        Doc("Delete the members of any queues that match", Many(SHAPE), takes=SELECTION, partial=True),
    )
    doors.add(
        "DELETE",
        PATH,
        _delete_many,
        Doc("Delete the members that match; all without a filter", Many(SHAPE), takes=SELECTION, partial=True),
    )


def _queue_id(call: Call) -> int | None:
    """None at the doors that look across queues."""
    return call.path_id("parent") if "parent" in call.request.path_params else None


def with_q(query: ListQuery) -> ListQuery:
    """``q`` of members is a filter of their own: a name's pattern, or a number."""
    return wire.with_filters(query, q=query.q) if query.q else query


async def _list(call: Call) -> Response:
    query, queue_id = with_q(call.query(FILTERS)), _queue_id(call)
    page = await call.read(lambda conn: members.search(conn, call.domain_id, query, queue_id=queue_id))
    return await wire.answer_page(SHAPE, page)


async def _get(call: Call) -> Response:
    id_, queue_id = call.path_id(), _queue_id(call)
    row = await call.read(lambda conn: members.get(conn, call.domain_id, id_, queue_id=queue_id))
    return wire.answer(SHAPE.write(row))


async def _create(call: Call) -> Response:
    values, queue_id = SHAPE.read(await call.body()), call.path_id("parent")
    row = await call.write(lambda conn: _created(conn, call.domain_id, queue_id, values))
    return wire.answer(SHAPE.write(row))


def _created(conn: Connection, domain_id: int, queue_id: int, values: Row) -> Row:
    """One member alone starts the queue's hooks for new members; a batch does not."""
    row = members.create(conn, domain_id, queue_id, values)
    hooks.member_added(conn, domain_id, queue_id, row["id"])
    return row


async def _bulk(call: Call) -> Response:
    """The whole batch or nothing; a refusal names the row and the field."""
    body, queue_id = await call.body(), call.path_id("parent")
    listed = body.get("items") if isinstance(body, dict) else None
    many = isinstance(listed, list) and len(listed) > THREAD_ITEMS
    given = await asyncio.to_thread(BULK.read, body) if many else BULK.read(body)
    items = given.get("items", [])
    ids = await call.write(lambda conn: members.bulk(conn, call.domain_id, queue_id, items))
    return wire.answer({"ids": [str(id_) for id_ in ids]} if ids else {})


async def _put(call: Call) -> Response:
    values, id_, queue_id = SHAPE.read(await call.body()), call.path_id(), call.path_id("parent")
    row = await call.write(lambda conn: members.replace(conn, call.domain_id, id_, values, queue_id=queue_id))
    return wire.answer(SHAPE.write(row))


async def _patch(call: Call) -> Response:
    changes, id_, queue_id = wire.read_patch(SHAPE, await call.body()), call.path_id(), _queue_id(call)
    row = await call.write(lambda conn: members.patch(conn, call.domain_id, id_, changes, queue_id=queue_id))
    return wire.answer(SHAPE.write(row))


async def _delete(call: Call) -> Response:
    id_, queue_id = call.path_id(), call.path_id("parent")
    row = await call.write(lambda conn: members.delete(conn, call.domain_id, id_, queue_id=queue_id))
    return wire.answer(SHAPE.write(row))


async def _restore(call: Call) -> Response:
    """For 30 s after the deletion of one member; what was deleted by a filter does not come back."""
    id_, queue_id = call.path_id(), call.path_id("parent")
    row = await call.write(lambda conn: members.restore(conn, call.domain_id, id_, queue_id=queue_id))
    return wire.answer(SHAPE.write(row))


def _selection(body: Any) -> ListQuery:
    """The filter of a body; an empty one means everybody."""
    if not isinstance(body, Mapping):
        raise BadField("body", "expected an object")
    given = dict(body)
    if "ids" in given:
        given["id"] = [*(given.get("id") or ()), *(given.pop("ids") or ())]
    return with_q(wire.read_query(given, FILTERS))


async def _delete_many(call: Call) -> Response:
    """In batches, so that the store can serve calls in between. Members who are being rung stay."""
    body, queue_id = await call.body(), _queue_id(call)
    chosen = _selection(body)
    if queue_id is None and not (chosen.ids or any(chosen.filters.values())):
        raise BadField("queue_id", "expected queues, or another filter: this would delete the members of every queue")
    query = wire.with_filters(chosen, reserved=False)
    silent = Flag().read(body.get("without_members", body.get("withoutMembers", False)), "without_members")
    left = query.size if body.get("size") else None
    gone: list[Row] = []
    entry: int | None = None
    while left is None or left > 0:
        size = BATCH if left is None else min(BATCH, left)
        batch = replace(query, page=1, size=size, fields=("id",) if silent else ())
        delete = partial(_delete_batch, domain_id=call.domain_id, queue_id=queue_id, query=batch, entry=entry)
        found, entry = await call.write(delete)
        gone += [] if silent else found
        left = None if left is None else left - len(found)
        if len(found) < size:
            break
    return wire.answer({}) if silent else await wire.answer_page(SHAPE, Page(gone, next=False))


def _delete_batch(
    conn: Connection, domain_id: int, queue_id: int | None, query: ListQuery, *, entry: int | None
) -> tuple[list[Row], int | None]:
    """And the entry of the log of changes that tells of all batches."""
    rows = members.search(conn, domain_id, query, queue_id=queue_id).items
    if rows:
        chosen = ListQuery(ids=tuple(row["id"] for row in rows))
        members.delete_many(conn, domain_id, chosen, queue_id=queue_id, limit=len(rows))
    about = About(OBJECT, queue_id, part="members")
    return rows, tally(conn, domain_id, "delete", about, count=len(rows), entry=entry)


async def _reset(call: Call) -> Response:
    query, queue_id = _selection(await call.body()), call.path_id("parent")
    reset = partial(_reset_batch, domain_id=call.domain_id, query=query, queue_id=queue_id)
    count, entry = await call.write(partial(reset, entry=None))
    total = count
    while count == BATCH:
        count, entry = await call.write(partial(reset, entry=entry))
        total += count
    return wire.answer({"count": str(total)} if total else {})


def _reset_batch(
    conn: Connection, domain_id: int, query: ListQuery, queue_id: int, *, entry: int | None
) -> tuple[int, int | None]:
    count = members.reset(conn, domain_id, query, queue_id=queue_id, limit=BATCH)
    about = About(OBJECT, queue_id, part="members, to be rung again")
    return count, tally(conn, domain_id, "update", about, count=count, entry=entry)


async def _reset_count(call: Call) -> Response:
    query, queue_id = _selection(wire.nested(call.request.url.query)), call.path_id("parent")
    count = await call.read(lambda conn: members.reset_count(conn, call.domain_id, query, queue_id=queue_id))
    return wire.answer({"count": str(count)} if count else {})
