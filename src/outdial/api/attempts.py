"""Attempts: those in progress and those that are over (webitel-api §11)."""

from __future__ import annotations

from starlette.responses import Response

from outdial.api import wire
from outdial.api.derived import Derived, View, lookup, seconds
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Part, Shape
from outdial.api.kinds import Free, Ids, Instant, Link, Long, Span, Text, TextMap, Texts, Whole
from outdial.domain.attempt import WIRE_STATE
from outdial.domain.errors import UserMistake
from outdial.store import history
from outdial.store.listing import Range, Row

OBJECT = "cc_queue"
DESTINATION = Shape(
    id=Long(),
    destination=Text(),
    type=Link(),
    priority=Whole(),
    display=Text(),
    resource=Link(),
    description=Text(),
    dtmf=Text(),
    attempts=Whole(),
)
SHAPE = Shape(
    id=Long(),
    channel=Text(),
    queue=Link(),
    member=Link(),
    agent=Link(),
    resource=Link(),
    bucket=Link(),
    list=Link(),
    destination=Part(DESTINATION),
    display=Text(),
    variables=TextMap(),
    attempts=Whole(),
    joined_at=Field(Instant(), always=True),
    offering_at=Instant(),
    bridged_at=Instant(),
    leaving_at=Instant(),
    last_state_change=Instant(),
    state=Text(),
    result=Text(),
    member_call_id=Text(),
    call_id=Text(),
    cause=Text(),
    sip_code=Whole(),
    disposition=Text(),
    reason=Text(),
    description=Text(),
    duration=Whole(),
    flow_trace=Free(list),
)
FILTERS = wire.filter_shape(
    queue_id=Ids(),
    member_id=Ids(),
    resource_id=Ids(),
    agent_id=Ids(),
    offered_agent_id=Ids(),
    bucket_id=Ids(),
    result=Texts(),
    cause=Texts(),
    disposition=Texts(),
    state=Texts(),
    joined_at=Span(),
    offering_at=Span(),
    leaving_at=Span(),
    duration=Span(),
)


def _destination(row: Row) -> Row:
    """The number as it was dialed, with the member's communication around it."""
    known = row["communication"]
    type_id = known.get("type_id")
    return {
        **{name: known.get(name) for name in ("id", "priority", "display", "description", "dtmf", "attempts")},
        "destination": row["destination"],
        "type": lookup(type_id, row.get("type_name")),
        "resource": lookup(known.get("resource_id"), ""),
    }


_BOTH = {
    "channel": Derived((), lambda _: "call"),
    "attempts": Derived(("seq",), lambda row: row["seq"]),
    "member_call_id": Derived(("call_id",), lambda row: row["call_id"]),
}
OVER = View(
    SHAPE,
    {
        **_BOTH,
        "destination": Derived(("destination", "communication", "type_name"), _destination),
        "list": Derived(("list_id",), lambda row: lookup(row["list_id"], "")),
        "agent": Derived(("agent_id",), lambda row: lookup(row["agent_id"], "")),
        "duration": Derived(("joined_at", "leaving_at"), lambda row: seconds(row["joined_at"], row["leaving_at"])),
    },
)
OPEN = View(
    SHAPE,
    {
        **_BOTH,
        "destination": Derived(("destination", "communication"), _destination),
        "queue": Derived(("queue_id", "queue_name"), lambda row: lookup(row["queue_id"], row["queue_name"])),
        "resource": Derived(
            ("resource_id", "resource_name"), lambda row: lookup(row["resource_id"], row["resource_name"])
        ),
        "bucket": Derived(("bucket_id", "bucket_name"), lambda row: lookup(row["bucket_id"], row["bucket_name"])),
        "state": Derived(("state",), lambda row: WIRE_STATE[row["state"]]),
        "last_state_change": Derived(
            ("joined_at", "offering_at", "bridged_at", "hangup_at"),
            lambda row: max(row[at] or 0 for at in ("joined_at", "offering_at", "bridged_at", "hangup_at")),
        ),
    },
)


def install(doors: Doors) -> None:
    doors.add(
        "GET",
        "/call_center/queues/attempts/history",
        _over,
        Doc("Search attempts that are over", Many(SHAPE), searches=FILTERS, filtered=True),
    )
    doors.add(
        "GET",
        "/call_center/queues/attempts/active",
        _open,
        Doc("Search attempts in progress", Many(SHAPE), searches=FILTERS, filtered=True),
    )
    doors.add(
        "GET",
        "/call_center/queues/attempts/history/{id:id}",
        _one,
        Doc("Read an attempt that is over, with what its flows did", SHAPE, filtered=True),
    )
    doors.add(
        "GET",
        "/call_center/queues/{parent:id}/members/{member:id}/attempts",
        _of_member,
        Doc("Search the attempts of a member", Many(SHAPE), searches=FILTERS),
    )


async def _over(call: Call) -> Response:
    query = call.query(FILTERS)
    if not query.filters.get("member_id") and query.filters.get("joined_at", Range()) == Range():
        raise UserMistake("joined_at: expected a range, or a member_id.", id="grpc.member.search_attempt")
    page = await call.read(lambda conn: history.search(conn, call.domain_id, OVER.to_store(query)))
    return await wire.answer_page(SHAPE, OVER.rows(page, query))


async def _one(call: Call) -> Response:
    """``flow_trace`` has the steps of pre-flow, voice flow, after-flow and ``trigger.disconnected``."""
    id_ = call.path_id()
    row = await call.read(lambda conn: history.get(conn, call.domain_id, id_))
    return wire.answer(SHAPE.write(OVER.row(row)))


async def _open(call: Call) -> Response:
    query = call.query(FILTERS)
    ours: dict[str, str] = {wire_name: name for name, wire_name in WIRE_STATE.items()}
    if "state" in query.filters:
        query = wire.with_filters(query, state=[ours.get(name, name) for name in query.filters["state"]])
    page = await call.read(lambda conn: history.search_open(conn, call.domain_id, OPEN.to_store(query)))
    return await wire.answer_page(SHAPE, OPEN.rows(page, query))


async def _of_member(call: Call) -> Response:
    """The attempts of one member, newest first."""
    query = wire.with_filters(
        call.query(FILTERS), member_id=[call.path_id("member")], queue_id=[call.path_id("parent")]
    )
    page = await call.read(lambda conn: history.search(conn, call.domain_id, OVER.to_store(query)))
    return await wire.answer_page(SHAPE, OVER.rows(page, query))
