"""Outbound IVR queues, their resource groups and their switch (webitel-api §9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Choice, Flag, Free, Ids, Instant, Link, Text, TextMap, Texts, Whole
from outdial.api.nouns import Noun, RestorableVerbs, Verb
from outdial.api.shapes import AUDIT, DESCRIPTION, ID, TAG, name
from outdial.domain.errors import BadField
from outdial.domain.queue import decode_rules
from outdial.store import queues
from outdial.store.listing import ListQuery, Page, Row

OBJECT = "cc_queue"
OUTBOUND_IVR = 2
NOT_NEGATIVE = {
    "max_attempts": "max_attempts",
    "wait_between_retries": "wait_between_retries_s",
    "originate_timeout": "originate_timeout_s",
    "min_duration": "min_duration_s",
}
"""Keys of the payload and their names in the rules."""

NAMED = Shape(id=ID, name=Text())
SHAPE = Shape(
    id=ID,
    name=name(100),
    type=Field(Whole(), required=True),
    enabled=Flag(),
    calendar=Field(Link(), required=True, error_id="model.queue.valid.calendar"),
    schema=Link(),
    do_schema=Link(),
    after_schema=Link(),
    dnc_list=Link(),
    strategy=Choice(("fifo", "lifo", "strict_fifo"), shy=False),
    priority=Whole(0),
    payload=Field(Free(), always=True),
    variables=TextMap(),
    tags=Parts(TAG),
    description=DESCRIPTION,
    task_processing=Field(Free(), read_only=True, always=True),
    count=Field(Whole(), read_only=True),
    waiting=Field(Whole(), read_only=True),
    active=Field(Whole(), read_only=True),
    resource_groups=Field(Parts(NAMED), read_only=True),
    resources=Field(Parts(NAMED), read_only=True),
    why_idle=Field(Text(), read_only=True),
    why_idle_at=Field(Instant(), read_only=True),
    **AUDIT,
)
LISTED = (
    "id", "enabled", "priority", "updated_at", "name", "type", "created_at", "created_by", "updated_by", "team",
    "count", "waiting", "active", "tags", "resource_groups", "resources", "why_idle", "why_idle_at",
)  # fmt: skip
"""The wire's own, and why the queue is idle."""
FILTERS = wire.filter_shape(name=Text(), type=Ids(), team_id=Ids(), tags=Texts(), enabled=Flag(), calendar=Ids())
TAGS = Shape(name=Text(), count=Whole())
STATE = Shape(is_all_enabled=Flag(), potential_rows=Whole())
SWITCH = Shape(enabled=Field(Flag(), always=True))


async def _check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    if values.get("type", OUTBOUND_IVR) != OUTBOUND_IVR:
        raise BadField("type", f"expected {OUTBOUND_IVR}, outbound IVR: the kind of queue that this service dials")


def _rule(row: Row) -> None:
    try:
        rules = decode_rules(row["payload"])
    except ValueError as error:
        field, _, expected = str(error).partition(": ")
        raise BadField(field, expected) from None
    for key, rule in NOT_NEGATIVE.items():
        if getattr(rules, rule) < 0:
            raise BadField(f"payload.{key}", "expected a whole number of at least 0")
    if rules.max_calls < -1:
        raise BadField("payload.max_calls", "expected a number of calls at a time, or -1 for no limit")


def _get(conn: Connection, domain_id: int, id: int) -> Row:
    """Clients expect task processing in every read answer."""
    return {**queues.get(conn, domain_id, id), "task_processing": {}}


def _search(conn: Connection, domain_id: int, query: ListQuery) -> Page:
    return queues.search(conn, domain_id, query if query.fields else replace(query, fields=LISTED))


TAGGED = wire.filter_shape()
RECORDS = RestorableVerbs(_search, _get, queues.create, queues.replace, queues.patch, queues.delete, queues.restore)
QUEUES = Noun("/call_center/queues", "queue", SHAPE, RECORDS, filters=FILTERS, check=_check, rule=_rule)


def install(doors: Doors) -> None:
    doors.add(
        "GET",
        "/call_center/queues/tags",
        _tags,
        Doc("Search the tags in use", Many(TAGS), searches=TAGGED, filtered=True),
    )
    doors.add(
        "GET",
        "/call_center/queues/state",
        _state,
        Doc("Whether all matching queues are on", STATE, searches=FILTERS, filtered=True),
    )
    doors.add(
        "PATCH",
        "/call_center/queues/state",
        _switch,
        Doc("Switch all matching queues on or off", Shape(count=Whole()), takes=SWITCH, filtered=True),
    )
    QUEUES.install(doors)


async def _tags(call: Call) -> Response:
    query = call.query(TAGGED)
    return await wire.answer_page(TAGS, await call.read(lambda conn: queues.tags(conn, call.domain_id, query)))


async def _state(call: Call) -> Response:
    query = call.query(FILTERS)
    every, rows = await call.read(lambda conn: queues.state(conn, call.domain_id, query))
    return wire.answer(STATE.write({"is_all_enabled": every, "potential_rows": rows}))


async def _switch(call: Call) -> Response:
    """Switches all queues that match on or off."""
    body = await call.body()
    enabled = SWITCH.read(body).get("enabled", False)
    query = wire.read_query({key: value for key, value in body.items() if key != "enabled"}, FILTERS)
    count = await call.write(lambda conn: queues.set_enabled(conn, call.domain_id, query, enabled))
    return wire.answer({"count": count} if count else {})
