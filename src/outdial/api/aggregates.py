"""Sums over calls that are over, for dashboards (webitel-api §13)."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from outdial.api import wire
from outdial.api.call_filters import FILTERS, NOT_KEPT, of_others
from outdial.api.calls import SEARCH, needs_a_key
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Flag, Text, Texts, Whole
from outdial.store import aggregates
from outdial.store.aggregates import FUNCTIONS, Group, Wanted

OBJECT = "calls"
GROUP = Shape(id=Text(), field=Text(), interval=Text(), aggregate=Text(), desc=Flag(), top=Whole(0))
AGGREGATE = Shape(
    name=Text(100),
    group=Parts(GROUP, most=5),
    count=Texts(),
    avg=Texts(),
    sum=Texts(),
    min=Texts(),
    max=Texts(),
    sort=Texts(),
    limit=Whole(0),
)
ASKED = Shape(aggs=Field(Parts(AGGREGATE, most=20), required=True))
TAKES = Shape(**SEARCH.fields, **ASKED.fields)
GIVES = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "items": {"type": "object", "properties": {"name": {"type": "string"}, "data": {"type": "array"}}},
        }
    },
}
EXAMPLE = {
    "created_at": {"from": "1764000000000", "to": "1764086400000"},
    "aggs": [{"name": "by cause", "group": [{"id": "cause"}], "avg": ["duration"], "sort": ["-count"]}],
}


def install(doors: Doors) -> None:
    doc = Doc("Sums over calls, grouped", GIVES, takes=TAKES, partial=True, example=EXAMPLE, letter="r")
    doors.add("POST", "/calls/history/aggregate", _aggregate, doc)


async def _aggregate(call: Call) -> Response:
    """Filters as in the search. A group is by a field, of an instant by ``interval`` (minute, hour, day …)."""
    body = await call.body()
    asked = ASKED.read(body)["aggs"]
    query = needs_a_key(wire.read_query({k: v for k, v in body.items() if k != "aggs"}, FILTERS))
    kept = wire.with_filters(query, *NOT_KEPT)
    wanted = [_wanted(one) for one in asked]
    found: list[list[dict[str, Any]]] = [[] for _ in wanted]
    if not of_others(query.filters):
        found = await call.read(lambda conn: [aggregates.rows(conn, call.domain_id, kept, one) for one in wanted])
    items = [{"name": one["name"], "data": rows} for one, rows in zip(asked, found, strict=True)]
    return wire.answer({"items": items})


def _wanted(given: dict[str, Any]) -> Wanted:
    groups = [Group(wire.snake(one["field"] or one["id"]), one["interval"]) for one in given["group"]]
    top = [one["top"] for one in given["group"] if one["top"]]
    downwards = [f"-{group.field}" for group, one in zip(groups, given["group"], strict=True) if one["desc"]]
    values = {name: given[name] for name in FUNCTIONS}
    return Wanted(groups, values, given["sort"] or downwards, min([given["limit"] or aggregates.MOST_ROWS, *top]))
