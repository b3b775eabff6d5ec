"""Reports on queues (webitel-api §9.1)."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Free, Ids, Link, Long, Span, Whole
from outdial.domain.errors import BadField
from outdial.store import reports
from outdial.store.listing import Range

OBJECT = "cc_queue"
SHAPE = Shape(
    queue=Link(),
    count=Long(),
    waiting=Whole(),
    attempts=Field(Whole(), always=True),
    bridged=Whole(),
    abandoned=Whole(),
    processed=Whole(),
    sum_bill_sec=Whole(),
    avg_awt_sec=Free(object),
    avg_aht_sec=Free(object),
)
FILTERS = wire.filter_shape(joined_at=Span(), queue_id=Ids(), team_id=Ids(), type=Ids())


def install(doors: Doors) -> None:
    doc = Doc("What queues did in a span of time", Many(SHAPE), searches=FILTERS)
    doors.add("GET", "/call_center/queues/reports/general", _general, doc)


async def _general(call: Call) -> Response:
    """``attempts`` that began in the span, ``processed`` with success, ``bridged`` answered, ``waiting`` now."""
    query = call.query(FILTERS)
    span = query.filters.get("joined_at", Range())
    if not span.since:
        raise BadField("joined_at.from", "expected epoch milliseconds")
    ids = tuple(query.filters.get("queue_id", ())) or query.ids
    wanted = replace(wire.with_filters(query, "joined_at", "queue_id", "team_id"), ids=ids)
    page = await call.read(lambda conn: reports.general(conn, call.domain_id, wanted, span))
    return await wire.answer_page(SHAPE, page)
