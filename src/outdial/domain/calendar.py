"""When a queue may ring: weekly windows, exceptional days, validity (dialer-core §1.1).

Weekly windows are tested in the member's zone, exceptional days in the calendar's own. All ranges are
half-open; 1439 and 1440 both mean midnight. Times of day are minutes, days count from 0 = Monday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MIDNIGHT = 1440


@dataclass(frozen=True, slots=True)
class Window:
    """One weekly window of a day."""

    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A day that breaks the weekly plan: closed, or shortened to ``start``..``end`` if ``working``."""

    name: str
    on: date
    yearly: bool = False
    working: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    id: int
    name: str
    timezone: str
    accepts: tuple[Window, ...] = ()
    excepts: tuple[Exceptional, ...] = ()
    start_at: int = 0
    """Epoch ms; 0 = always was."""
    end_at: int = 0
    """Epoch ms, exclusive; 0 = never ends."""


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def in_range(minute: int, start: int, end: int) -> bool:
    """Whether a minute of the day lies in a half-open range, 1439 and 1440 both meaning midnight."""
    return start <= minute < (MIDNIGHT if end >= MIDNIGHT - 1 else end)


def local(now_ms: int, zone_name: str) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone(zone_name))


def local_minute(now_ms: int, zone_name: str) -> datetime:
    """The same, cut to its minute, which is all that hours need: worked out once for all calls of a minute."""
    return _local_minute(now_ms // 60_000, zone_name)


@lru_cache(maxsize=2048)
def _local_minute(minute: int, zone_name: str) -> datetime:
    return local(minute * 60_000, zone_name)


def minute_of(at: datetime) -> int:
    return at.hour * 60 + at.minute


def why_closed(calendar: Calendar, now_ms: int, member_zone: str) -> str | None:
    """None while ringing is allowed, else a sentence that says which rule forbids it."""
    if calendar.start_at and now_ms < calendar.start_at:
        return f"calendar {calendar.name} is not valid yet"
    if calendar.end_at and now_ms >= calendar.end_at:
        return f"calendar {calendar.name} has ended"
    special = exception_now(calendar, now_ms)
    if special is not None:
        return f"{special.name or 'an exceptional day'} in calendar {calendar.name}"
    here = local_minute(now_ms, member_zone)
    minute = minute_of(here)
    if any(w.day == here.weekday() and in_range(minute, w.start, w.end) for w in calendar.accepts):
        return None
    return f"calendar {calendar.name} is closed now in {member_zone}"


def in_force(calendar: Calendar, now_ms: int) -> bool:
    """Whether the calendar has begun and not ended."""
    return calendar.start_at <= now_ms and not (calendar.end_at and now_ms >= calendar.end_at)


def exception_now(calendar: Calendar, now_ms: int) -> Exceptional | None:
    """The exceptional day that forbids ringing at this time, if any."""
    here = local_minute(now_ms, calendar.timezone)
    today = here.date()
    for item in calendar.excepts:
        same = (item.on.month, item.on.day) == (today.month, today.day) if item.yearly else item.on == today
        if same and not (item.working and in_range(minute_of(here), item.start, item.end)):
            return item
    return None


def next_change(calendar: Calendar, now_ms: int, member_zone: str) -> int | None:
    """Epoch ms at which the member's zone opens (if closed now) or closes, within 8 days; else None."""
    was_open = why_closed(calendar, now_ms, member_zone) is None
    for mark in sorted(m for m in _marks(calendar, now_ms, member_zone) if m > now_ms):
        if (why_closed(calendar, mark, member_zone) is None) != was_open:
            return mark
    return None


def _marks(calendar: Calendar, now_ms: int, member_zone: str) -> set[int]:
    """Every moment of the next 8 days at which a window, a day or the validity begins or ends."""
    marks = {calendar.start_at, calendar.end_at} - {0}
    for zone_name, minutes in (
        (member_zone, {m for w in calendar.accepts for m in (w.start, w.end)}),
        (calendar.timezone, {0} | {m for e in calendar.excepts for m in (e.start, e.end)}),
    ):
        midnight = local(now_ms, zone_name).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        for day in range(9):
            for minute in minutes:
                wall = midnight + timedelta(days=day, minutes=MIDNIGHT if minute >= MIDNIGHT - 1 else minute)
                marks.add(int(wall.replace(tzinfo=zone(zone_name)).timestamp() * 1000))
    return marks
