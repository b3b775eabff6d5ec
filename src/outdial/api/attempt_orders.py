"""What is done to attempts in progress (webitel-api §11)."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Flag, Ids, Instant, Long, Text, TextMap, Texts, Whole
from outdial.domain.errors import NotFound, UserMistake
from outdial.store import commands, history, members
from outdial.store.listing import ListQuery, Range

OBJECT = "cc_queue"
RESET = Shape(idle_for_minutes=Long(), result=Text(), attempt_type=Texts(), queue_id=Ids())
REPORT = Shape(
    status=Text(),
    description=Text(),
    min_offering_at=Instant(),
    expire_at=Instant(),
    variables=TextMap(),
    display=Flag(),
    agent_id=Whole(),
    exclude_current_communication=Flag(),
    only_current_communication=Flag(),
    wait_between_retries=Whole(),
)
STATUS = Shape(status=Text())
MEMBER = "/call_center/queues/{parent:id}/members/{member:id}/attempts"
MOST = 20_000
MINUTE = 60_000


class NobodyReports(UserMistake):
    """The attempts of an outbound IVR are judged by the queue's after-flow (success, abandoned); nobody reports."""

    id = "app.attempt.report"


class NoManualAttempt(UserMistake):
    """The dialer makes attempts; to have a member rung again, PATCH it with an empty stop_cause."""

    id = "app.attempt.manual"


def install(doors: Doors) -> None:
    doors.add(
        "PUT",
        "/call_center/queues/attempts/active/reset",
        _reset,
        Doc("Hang up attempts in which nothing moved for so long", Shape(count=Long()), takes=RESET, partial=True),
    )
    told = Doc("Report a result: refused, the after-flow judges", STATUS, takes=REPORT, partial=True)
    doors.add("PATCH", "/call_center/attempts/{id:id}", _report, told)
    doors.add("PATCH", MEMBER + "/{id:id}", _report, told)
    doors.add("POST", MEMBER, _attempt, Doc("Make an attempt: refused, the dialer makes them"))


async def _reset(call: Call) -> Response:
    """``idle_for_minutes`` 0 is all of them. Each is a command to the dialer, and ends on record as every attempt."""
    given = RESET.read(await call.body())
    before = call.deps.now() - max(0, given.get("idle_for_minutes", 0)) * MINUTE
    filters = {"joined_at": Range(until=before)} | ({"queue_id": given["queue_id"]} if given.get("queue_id") else {})
    stages = ("joined_at", "offering_at", "bridged_at", "hangup_at")

    def order(conn: Connection) -> int:
        query = ListQuery(size=MOST, fields=("id", *stages), filters=filters)
        found = history.search_open(conn, call.domain_id, query).items
        idle = [row for row in found if max(row[stage] or 0 for stage in stages) <= before]
        for row in idle:
            commands.add(conn, call.domain_id, "hangup", attempt_id=row["id"], by=call.user_id)
        return len(idle)

    count = await call.write(order)
    return wire.answer({"count": str(count)} if count else {})


async def _report(call: Call) -> Response:
    REPORT.read(await call.body())
    await _exists(call)
    raise NobodyReports


async def _exists(call: Call) -> None:
    id_ = call.path_id()
    query = ListQuery(ids=(id_,), fields=("id",))

    def found(conn: Connection) -> bool:
        return bool(
            history.search_open(conn, call.domain_id, query).items or history.search(conn, call.domain_id, query).items
        )

    if not await call.read(found):
        raise NotFound(f"There is no attempt {id_}.", id="store.sql_attempt.get.app_error")


async def _attempt(call: Call) -> Response:
    member, queue = call.path_id("member"), call.path_id("parent")
    await call.read(lambda conn: members.get(conn, call.domain_id, member, queue_id=queue))
    raise NoManualAttempt
