"""Calendars and time zones (webitel-api §8.2)."""

from __future__ import annotations

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Flag, Instant, Long, Text, Whole, Zone
from outdial.api.nouns import VERBS, Noun
from outdial.api.shapes import AUDIT, DESCRIPTION, ID
from outdial.domain.calendar import local
from outdial.domain.errors import BadField
from outdial.store import calendars
from outdial.store.listing import Page, Row

OBJECT = "calendars"
WINDOW = Shape(
    day=Field(Whole(0, 6), always=True),
    disabled=Flag(),
    start_time_of_day=Field(Whole(0, 1440), always=True),
    end_time_of_day=Field(Whole(0, 1440), always=True),
)
EXCEPT = Shape(
    name=Text(100),
    date=Field(Long(), required=True),
    repeat=Flag(),
    disabled=Flag(),
    working=Flag(),
    work_start=Whole(0, 1440),
    work_stop=Whole(0, 1440),
)
SHAPE = Shape(
    id=ID,
    name=Field(Text(100, 4), required=True, error_id="model.calendar.is_valid.name.app_error"),
    description=DESCRIPTION,
    timezone=Field(Zone(), required=True),
    start_at=Instant(),
    end_at=Instant(),
    accepts=Field(Parts(WINDOW), required=True, always=True),
    excepts=Parts(EXCEPT),
    specials=Parts(WINDOW),
    **AUDIT,
)
ZONE = Shape(id=Long(), name=Text(), offset=Text())
ZONES = wire.filter_shape()


def _rule(row: Row) -> None:
    if row["start_at"] and row["end_at"] and row["end_at"] <= row["start_at"]:
        raise BadField("end_at", "expected an instant after start_at")
    _windows(row, "accepts")
    _windows(row, "specials")
    _excepts(row)


def _windows(row: Row, field: str) -> None:
    """Forwards and, on one day, without overlap; rows that are switched off do not count."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for place, entry in enumerate(row[field] or ()):
        if entry["disabled"]:
            continue
        start, end = entry["start_time_of_day"], entry["end_time_of_day"]
        if start >= end:
            raise BadField(f"{field}[{place}].end_time_of_day", "expected a minute of the day after the start")
        day = taken.setdefault(entry["day"], [])
        if any(start < until and since < end for since, until in day):
            raise BadField(f"{field}[{place}]", "expected windows of one day that do not overlap")
        day.append((start, end))


def _excepts(row: Row) -> None:
    dates = set()
    for place, entry in enumerate(row["excepts"] or ()):
        if entry["working"] and entry["work_start"] >= entry["work_stop"]:
            raise BadField(f"excepts[{place}].work_stop", "expected a minute of the day after work_start")
        if entry["disabled"]:
            continue
        day = local(entry["date"], row["timezone"]["name"]).date()
        if day in dates:
            text = "expected one exception a day"
            raise BadField(f"excepts[{place}].date", text, id="model.calendar.is_valid.excepts.date")
        dates.add(day)


CALENDARS = Noun(
    "/calendars",
    "calendar",
    SHAPE,
    calendars,
    filters=wire.filter_shape(name=Text()),
    verbs=VERBS - {"patch"},
    rule=_rule,
)


def install(doors: Doors) -> None:
    doors.add("GET", "/calendars/timezones", _timezones, Doc("Search time zones", Many(ZONE), searches=ZONES))
    CALENDARS.install(doors)


async def _timezones(call: Call) -> Response:
    """With the offset in force now, as interval text: ``02:00:00``."""
    page = calendars.timezones(call.query(ZONES), call.deps.now())
    rows = [{**row, "offset": _interval(row["offset_s"])} for row in page.items]
    return await wire.answer_page(ZONE, Page(rows, page.next))


def _interval(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours:02}:{rest // 60:02}:{rest % 60:02}"
