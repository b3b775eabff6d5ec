"""The board of a queue: its figures and charts, and stopping it."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.figures import CHARTED, PERIOD_MS, WHOLE, Json, an_object, shown
from outdial.api.kinds import Instant
from outdial.store import board, queues
from outdial.store.listing import Row
from outdial.store.tallies import HOUR_MS

OBJECT = "cc_queue"
PERIOD = Shape(from_=Instant(), to=Instant())


def install(doors: Doors) -> None:
    doors.add(
        "GET",
        "/call_center/queues/{id:id}/figures",
        _figures,
        Doc("The figures of a queue's board, with charts by hour and by attempt number", CHARTED, asks=PERIOD),
    )
    doors.add(
        "POST",
        "/call_center/queues/{id:id}/stop",
        _stop,
        Doc("Stop a queue now: switch it off and hang up its calls", an_object(active=WHOLE), letter="w"),
    )


async def _figures(call: Call) -> Response:
    """Of what ended ``from`` … ``to``, by whole hours: the last 24 hours unless said. ``count``: members in all;
    ``waiting``: those not done; ``active``: attempts in progress; ``done``: those whose dialing is over; ``lines``: of
    the resource for this queue, ``lines_all`` for all queues. Calls per second are the mean of the last five seconds;
    a limit of 0 is none."""
    id_, now = call.path_id(), call.deps.now()
    asked = PERIOD.read(wire.nested(call.request.url.query), partial=True)
    until = asked.get("to") or now + 1
    since = asked.get("from") or until - PERIOD_MS
    row = await call.read(lambda conn: _read(conn, call.domain_id, id_, since, until))
    return wire.answer({**shown(row, call.deps.feed.rates.of(now), since, until), "at": str(now), **_charts(row)})


async def _stop(call: Call) -> Response:
    """Calls in progress end with MANAGER_REQUEST and are recorded, counted and followed by their after-flows like any
    other; what was reserved and has not rung is given back uncounted. Answers how many were in progress. To let calls
    in progress go on to their end, PATCH ``enabled: false`` instead."""
    id_ = call.path_id()
    active = await call.write(lambda conn: queues.stop(conn, call.domain_id, id_, by=call.user_id))
    return wire.answer({"active": active})


def _read(conn: Connection, domain_id: int, id: int, since: int, until: int) -> Row:
    """Raises NotFound."""
    queues.NOUN.get(conn, domain_id, id)
    (row,) = board.figures(conn, domain_id, since=since, until=until, queue_ids=(id,))
    for name, key in (("by_hour", "hour"), ("by_attempt", "seq")):
        row[name] = board.series(conn, domain_id, id, key, since=since, until=until)
    return row


def _charts(row: Row) -> Json:
    hours = [{"hour": str(point.pop("key") * HOUR_MS), **point} for point in row["by_hour"]]
    return {"by_hour": hours, "by_attempt": [{"attempt": point.pop("key"), **point} for point in row["by_attempt"]]}
