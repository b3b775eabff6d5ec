"""Calls: history, and those in progress (webitel-api §13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.call_filters import (
    FILTERS,
    NEEDED,
    NOT_KEPT,
    OF_THE_PAST,
    SORTS,
    not_while_up,
    of_others,
    within_both,
)
from outdial.api.derived import Derived, View, lookup, seconds
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Part, Parts, Shape
from outdial.api.kinds import Free, Instant, Link, Long, Text, Texts, Whole
from outdial.api.shapes import AUDIT, ID
from outdial.domain.causes import by_text
from outdial.domain.errors import NotFound, UserMistake
from outdial.store import calls, commands, history
from outdial.store.listing import ListQuery, Page, Range, Row

OBJECT = "calls"
ANNOTATION = Shape(
    id=ID,
    call_id=Field(Text(), read_only=True),
    note=Text(2000),
    start_sec=Whole(0),
    end_sec=Whole(0),
    file_id=Long(),
    **AUDIT,
)
END = Shape(type=Text(), number=Text(), id=Text(), name=Text())
FILE = Shape(
    id=Long(),
    name=Text(),
    size=Long(),
    mime_type=Text(),
    start_at=Instant(),
    stop_at=Instant(),
    channel=Text(),
    type=Text(),
)
SHAPE = Shape(
    id=Text(),
    type=Text(),
    direction=Text(),
    state=Text(),
    destination=Text(),
    display=Text(),
    from_=Part(END),
    to=Part(END),
    from_number=Text(),
    to_number=Text(),
    created_at=Field(Instant(), always=True),
    ringing_at=Instant(),
    answered_at=Instant(),
    bridged_at=Instant(),
    hangup_at=Instant(),
    stored_at=Instant(),
    joined_at=Instant(),
    leaving_at=Instant(),
    queue_bridged_at=Instant(),
    duration=Whole(),
    wait_sec=Whole(),
    bill_sec=Whole(),
    talk_sec=Whole(),
    queue_wait_sec=Whole(),
    queue_duration_sec=Whole(),
    cause=Text(),
    sip_code=Whole(),
    q850=Whole(),
    hangup_by=Text(),
    hangup_phrase=Text(),
    hangup_disposition=Text(),
    bridge_to=Text(),
    bridge_cause=Text(),
    disposition=Text(),
    result=Text(),
    amd_result=Text(),
    tags=Texts(),
    queue=Link(),
    member=Link(),
    gateway=Link(),
    member_id=Long(),
    attempt_id=Long(),
    variables=Free(dict),
    schemas=Parts(Shape(id=Long(), name=Text())),
    files=Parts(FILE),
    annotations=Parts(ANNOTATION),
    flow_trace=Free(list),
    sip_trace=Text(),
)
STATES = {"offering": "ringing", "bridged": "active"}
"""Of an attempt with a call up → as calls have it."""
LIVE = tuple(STATES)
HANGUP = Shape(cause=Text(50))
SEARCH = wire.search_shape(FILTERS)


def _files(row: Row) -> list[Row]:
    return [{**file, "type": "file_type_audio"} for file in row["files"]]


def _tags(variables: dict[str, Any]) -> list[str]:
    """What flows tagged the call with: ``vm`` is a voice mail."""
    tags = variables.get("wbt_tags")
    return tags if isinstance(tags, list) else []


def _end(kind: str, number: str, link: Row | None) -> Row:
    return {"type": kind, "number": number, "id": (link or {}).get("id", ""), "name": (link or {}).get("name", "")}


def _billed(row: Row) -> int:
    """From where another leg was connected, on calls that were."""
    return int(seconds(row["bridge_at"], row["hangup_at"]) if row["bridge_at"] else row["talk_sec"])


HISTORY = View(
    SHAPE,
    {
        "type": Derived((), lambda _: "call"),
        "direction": Derived((), lambda _: "outbound"),
        "tags": Derived(("variables",), lambda r: _tags(r["variables"])),
        "from": Derived(("from_number", "gateway"), lambda r: _end("gateway", r["from_number"], r["gateway"])),
        "to": Derived(("destination", "member"), lambda r: _end("member", r["destination"], r["member"])),
        "display": Derived(("from_number",), lambda r: r["from_number"]),
        "to_number": Derived(("destination",), lambda r: r["destination"]),
        "bridged_at": Derived(("bridge_at", "answered_at"), lambda r: r["bridge_at"] or r["answered_at"]),
        "queue_bridged_at": Derived(("answered_at",), lambda r: r["answered_at"]),
        "bill_sec": Derived(("talk_sec", "bridge_at", "hangup_at"), _billed),
        "wait_sec": Derived(("created_at", "answered_at"), lambda r: seconds(r["created_at"], r["answered_at"])),
        "queue_wait_sec": Derived(("joined_at", "answered_at"), lambda r: seconds(r["joined_at"], r["answered_at"])),
        "queue_duration_sec": Derived(("joined_at", "leaving_at"), lambda r: seconds(r["joined_at"], r["leaving_at"])),
        "hangup_disposition": Derived(("hangup_by",), lambda r: _who_hung_up(r["hangup_by"])),
        "member_id": Derived(("member",), lambda r: (r["member"] or {}).get("id")),
        "files": Derived(("files",), _files),
    },
)
ACTIVE = View(
    SHAPE,
    {
        "id": Derived(("call_id",), lambda r: r["call_id"]),
        "attempt_id": Derived(("id",), lambda r: r["id"]),
        "type": Derived((), lambda _: "call"),
        "direction": Derived((), lambda _: "outbound"),
        "state": Derived(("state",), lambda r: STATES[r["state"]]),
        "from": Derived(("display",), lambda r: _end("gateway", r["display"], None)),
        "to": Derived(("destination", "member"), lambda r: _end("member", r["destination"], r["member"])),
        "queue": Derived(("queue_id", "queue_name"), lambda r: lookup(r["queue_id"], r["queue_name"])),
        "member_id": Derived(("member",), lambda r: (r["member"] or {}).get("id")),
        "created_at": Derived(("offering_at",), lambda r: r["offering_at"]),
        "answered_at": Derived(("bridged_at",), lambda r: r["bridged_at"]),
        "queue_bridged_at": Derived(("bridged_at",), lambda r: r["bridged_at"]),
    },
)


def _who_hung_up(by: str) -> str:
    return {"A": "recv_bye", "B": "send_cancel", "F": "send_bye"}.get(by, "")


def install(doors: Doors) -> None:
    doors.add("GET", "/calls/history", _search, Doc("Search calls that are over", Many(SHAPE), searches=FILTERS))
    doors.add(
        "POST",
        "/calls/history",
        _search,
        Doc("Search calls that are over, with a long filter", Many(SHAPE), takes=SEARCH),
    )
    doors.add("GET", "/calls/history/{id}", _get, Doc("Read a call that is over, with its flow and SIP traces", SHAPE))
    doors.add("GET", "/calls/{id}/files", _files_of, Doc("List the recordings of a call", Many(FILE)))
    doors.add("GET", "/calls/active", _active, Doc("Search calls in progress", Many(SHAPE), searches=FILTERS))
    doors.add("GET", "/calls/active/{id}", _active_one, Doc("Read a call in progress", SHAPE))
    doors.add("DELETE", "/calls/active/{id}", _hang_up, Doc("Hang up a call", takes=HANGUP))


async def _search(call: Call) -> Response:
    by_post = call.request.method == "POST"
    query = wire.read_query(await call.body(), FILTERS) if by_post else call.query(FILTERS)
    needs_a_key(query)
    if of_others(query.filters):
        return await wire.answer_page(SHAPE, Page([], next=False))
    sign, field = ("-", query.sort[1:]) if query.sort.startswith("-") else ("+", query.sort.lstrip("+ "))
    sorted_ = replace(query, sort=sign + SORTS.get(field, field)) if field else query
    wanted = HISTORY.to_store(wire.with_filters(sorted_, *NOT_KEPT))
    page = await call.read(lambda conn: calls.search(conn, call.domain_id, wanted))
    return await wire.answer_page(SHAPE, HISTORY.rows(page, query))


def needs_a_key(query: ListQuery) -> ListQuery:
    """Raises UserMistake for a search that would walk the whole history."""
    if not query.q and not any(query.filters.get(name) not in (None, Range()) for name in NEEDED):
        text = "created_at: expected it, or one of stored_at, number, q, dependency_id and id."
        raise UserMistake(text, id="grpc.call.search_history")
    return query


async def _get(call: Call) -> Response:
    """One call with its traces."""
    call_id = call.request.path_params["id"]
    row = await call.read(lambda conn: calls.get(conn, call.domain_id, call_id))
    return wire.answer(SHAPE.write(HISTORY.row(row)))


async def _files_of(call: Call) -> Response:
    call_id = call.request.path_params["id"]
    row = await call.read(lambda conn: calls.get(conn, call.domain_id, call_id))
    return await wire.answer_page(FILE, Page(_files(row), next=False))


async def _active(call: Call) -> Response:
    query = call.query(FILTERS)
    if of_others(query.filters) or not_while_up(query.filters):
        return await wire.answer_page(SHAPE, Page([], next=False))
    wanted = _live(query, call.deps.now())
    page = await call.read(lambda conn: history.search_open(conn, call.domain_id, wanted))
    return await wire.answer_page(SHAPE, ACTIVE.rows(page, query))


def _live(query: ListQuery, now: int) -> ListQuery:
    """Attempts with a call up; the store knows a call's beginning as the attempt's offering."""
    names = {"id": "call_id", "created_at": "offering_at", "answered_at": "bridged_at"}
    kept = {name: value for name, value in query.filters.items() if name not in (*NOT_KEPT, *OF_THE_PAST)}
    filters = {names.get(name, name): value for name, value in kept.items()}
    lasted = filters.pop("duration", Range())
    if lasted != Range():
        filters["offering_at"] = within_both(filters.get("offering_at", Range()), now, lasted)
    sort = query.sort.replace("created_at", "offering_at") or "-offering_at"
    return ACTIVE.to_store(replace(query, sort=sort, filters={**filters, "state": _states(query)}))


def _states(query: ListQuery) -> tuple[str, ...]:
    """``state`` of a call up is active or ringing; all of them unless one is asked for."""
    asked = query.filters.get("state")
    return tuple(state for state, shown in STATES.items() if not asked or shown in asked)


def find(conn: Connection, domain_id: int, call_id: str) -> Row:
    rows = history.search_open(conn, domain_id, ListQuery(filters={"call_id": call_id, "state": LIVE})).items
    if not rows:
        raise NotFound(f"There is no call {call_id} in progress.", id="store.sql_call.get.app_error")
    return rows[0]


def hang_up(conn: Connection, domain_id: int, call_id: str, cause: str, *, by: int) -> None:
    """Orders the end of a call in progress; the cause is a code or a name, and the manager's wish unless given. Raises
    NotFound."""
    payload = {"cause": by_text(cause) if cause else "MANAGER_REQUEST"}
    commands.add(conn, domain_id, "hangup", attempt_id=find(conn, domain_id, call_id)["id"], payload=payload, by=by)


async def _active_one(call: Call) -> Response:
    call_id = call.request.path_params["id"]
    row = await call.read(lambda conn: find(conn, call.domain_id, call_id))
    return wire.answer(SHAPE.write(ACTIVE.row(row)))


async def _hang_up(call: Call) -> Response:
    """A command to the dialer; the answer does not wait until the line is free."""
    call_id, body = call.request.path_params["id"], await call.body()
    cause = HANGUP.read(body).get("cause", "")
    await call.write(lambda conn: hang_up(conn, call.domain_id, call_id, cause, by=call.user_id))
    return wire.answer({})
