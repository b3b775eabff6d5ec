"""Whatever comes in, the answer is a refusal that says why, never a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outdial.api import (
    calendars,
    call_filters,
    communications,
    gateways,
    groups,
    lists,
    members,
    queues,
    resources,
    schemas,
)
from outdial.api.fields import Part, Parts, Shape
from outdial.api.kinds import Choice, Flag, Instant, Kind, Link, Long, Span, Text, TextMap, Whole
from tests.api.campaign import a_queue
from tests.api.door import Door

SHAPES = {
    "/sip/gateways": gateways.SHAPE,
    "/call_center/resources": resources.SHAPE,
    "/call_center/resource_group": groups.SHAPE,
    "/call_center/communication_type": communications.SHAPE,
    "/calendars": calendars.SHAPE,
    "/call_center/list": lists.SHAPE,
    "/call_center/queues": queues.SHAPE,
    "/call_center/queues/1/members": members.SHAPE,
    "/call_center/queues/1/members/bulk": members.BULK,
    "/routing/schema": schemas.SHAPE,
    "/calls/history": call_filters.FILTERS,
}
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6) | st.sampled_from(["1", "0", "-1", "", "\0", "true", "x" * 300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
dicts = st.dictionaries(st.text(max_size=4), anything, max_size=2)


def plausible(kind: Kind) -> st.SearchStrategy[Any]:
    """Values of the right type more often than not."""
    match kind:
        case Part(shape):
            return bodies(shape)
        case Parts(shape):
            return st.lists(bodies(shape), max_size=2)
        case Choice(options):
            return st.sampled_from(options)
        case Link():
            return st.sampled_from([{"id": "1"}, {"id": 1}, {"id": "2"}, {}, {"name": "UTC"}])
        case Text():
            return st.sampled_from(["abcd", "10.0.0.1", "a@b.c", "380441", ""])
        case Flag():
            return st.booleans()
        case Whole() | Long() | Instant():
            return st.sampled_from([0, 1, "5", 1440, 2**31, 1_764_000_000_000, 2**63 - 1])
        case TextMap():
            return st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2)
        case Span():
            return st.fixed_dictionaries({"from": st.integers(0, 2**62)})
        case _:
            return dicts | st.lists(dicts, max_size=2)


def bodies(shape: Shape) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: plausible(spec.kind) | anything for name, spec in shape.fields.items() if not spec.read_only}
    return st.fixed_dictionaries({}, optional=fields)


@pytest.mark.parametrize("path", SHAPES)
def test_no_body_is_a_fault_of_ours(door: Door, path: str) -> None:
    a_queue(door)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(bodies(SHAPES[path]) | anything)
    def send(body: Any) -> None:
        answers = [door("POST", path, content=encoded(body)), door("PATCH", f"{path}/1", content=encoded(body))]
        assert [answer.status for answer in answers if answer.status >= 500] == []

    send()


def encoded(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "path",
    [*SHAPES, "/routing/schema/tags", "/calendars/timezones", "/call_center/queues/state", "/storage/media",
     "/storage/file", "/calls/active", "/call_center/queues/attempts/history", "/call_center/queues/attempts/active"],
)  # fmt: skip
def test_no_query_is_a_fault_of_ours(door: Door, path: str) -> None:
    names = [
        "page",
        "size",
        "q",
        "sort",
        "fields",
        "id",
        "created_at.from",
        "variables[a]",
        "name",
        "type",
        "joined_at.to",
    ]
    values = ["", "0", "1", "-5", "a*", "%", "%00", "+id", "-name", "99999999999999999999", "2**", "'", "é", "[]"]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(values)), max_size=5))
    def send(pairs: list[tuple[str, str]]) -> None:
        query = "&".join(f"{name}={value}" for name, value in pairs)
        assert door.get(f"{path}?{query}").status < 500

    send()
