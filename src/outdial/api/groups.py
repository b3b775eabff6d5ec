"""Resource groups: which trunks dial a kind of number, and at what time of the day (webitel-api §7)."""

from __future__ import annotations

from outdial.api import wire
from outdial.api.doors import Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Link, Long, Text, Whole
from outdial.api.nouns import VERBS, Noun
from outdial.api.shapes import AUDIT, DESCRIPTION, ID, name
from outdial.domain.errors import BadField
from outdial.store import groups
from outdial.store.listing import Row

OBJECT = "cc_resource_group"
TIME = Shape(
    start_time_of_day=Field(Whole(0, 1439), always=True),
    end_time_of_day=Field(Whole(0, 1440), always=True),
)
SHAPE = Shape(
    id=ID,
    name=name(50),
    communication=Field(Link(), required=True),
    time=Field(Parts(TIME), always=True),
    strategy=Text(10),
    description=DESCRIPTION,
    **AUDIT,
)
MEMBER = Shape(
    id=ID,
    group_id=Field(Long(), read_only=True),
    resource=Field(Link(), required=True),
    reserve_resource=Link(),
    priority=Whole(0),
)


def _ranges(row: Row) -> None:
    """Within the day, forwards, without overlap."""
    taken: list[tuple[int, int]] = []
    for place, entry in enumerate(row["time"] or ()):
        start, end = entry["start_time_of_day"], entry["end_time_of_day"]
        if start >= end:
            raise BadField(f"time[{place}].end_time_of_day", "expected a minute of the day after the start")
        if any(start < until and since < end for since, until in taken):
            raise BadField(f"time[{place}]", "expected ranges that do not overlap")
        taken.append((start, end))


def _not_itself(row: Row) -> None:
    reserve = row["reserve_resource"]
    if reserve and reserve["id"] == row["resource"]["id"]:
        raise BadField("reserve_resource", "expected another resource than the one it stands in for")


GROUPS = Noun(
    "/call_center/resource_group",
    "resource group",
    SHAPE,
    groups,
    filters=wire.filter_shape(name=Text()),
    verbs=VERBS - {"patch"},
    rule=_ranges,
)
MEMBERS = Noun(
    "/call_center/resource_group/{parent:id}/resource",
    "resource of a group",
    MEMBER,
    groups.RESOURCES,
    verbs=VERBS - {"patch"},
    rule=_not_itself,
)


def install(doors: Doors) -> None:
    GROUPS.install(doors)
    MEMBERS.install(doors)
