"""The date helpers of expressions: ``&hour(9-18)``, ``&wday(2-6)`` … (flow-engine §3).

Without an argument a helper gives its present value, with one whether that value lies in the ranges.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from outdial.domain.calendar import local

Answer = str | int | bool | None
"""None is JavaScript's undefined."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?-(\d{1,2}):(\d{2})(?::(\d{2}))?")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")

NUMBERS: dict[str, Callable[[datetime], int]] = {
    "year": lambda at: at.year,
    "yday": lambda at: at.timetuple().tm_yday,
    "mon": lambda at: at.month,
    "mday": lambda at: at.day,
    "week": lambda at: at.isocalendar().week,
    "mweek": lambda at: 1 + at.isocalendar().week - at.replace(day=1).isocalendar().week,
    "wday": lambda at: at.isoweekday() % 7 + 1,
    "hour": lambda at: at.hour,
    "minute": lambda at: at.minute,
    "minute_of_day": lambda at: at.hour * 60 + at.minute,
}
"""``wday`` counts 1 = Sunday … 7 = Saturday."""

HELPERS = (*NUMBERS, "time_of_day", "date_time")


def answer(helper: str, argument: str, now_ms: int, zone: str) -> Answer:
    """The helper's value at ``now_ms`` in an IANA zone. An unknown zone is UTC."""
    at = _local(now_ms, zone)
    if helper == "time_of_day":
        return _in_day(argument, at) if argument else at.strftime("%H:%M")
    if helper == "date_time":
        return _in_stamps(argument, at) if argument else at.strftime("%Y-%m-%d %H:%M:%S")
    value = NUMBERS[helper](at)
    return _in_ranges(argument, value) if argument else value


def _local(now_ms: int, zone: str) -> datetime:
    try:
        return local(now_ms, zone or "UTC")
    except (ValueError, OSError, KeyError):  # zoneinfo's ways of not knowing a zone
        return local(now_ms, "UTC")


def _in_ranges(argument: str, value: int) -> bool:
    """A comma list of ``n`` and ``a-b``, ends included; ``b-a`` means the same as ``a-b``."""
    for part in re.sub(r"\s", "", argument).split(","):
        low, dash, high = part.partition("-")
        if not _digits(low) or (dash and not _digits(high)):
            continue
        first, last = int(low), int(high or low)
        if min(first, last) <= value <= max(first, last):
            return True
    return False


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _in_day(argument: str, at: datetime) -> bool:
    """``HH:MM[:SS]-HH:MM[:SS]``, ends included, never over midnight."""
    second = at.hour * 3600 + at.minute * 60 + at.second
    for part in re.sub(r"\s", "", argument).split(","):
        found = _CLOCK.fullmatch(part)
        if found is None:
            continue
        h1, m1, s1, h2, m2, s2 = (int(group or 0) for group in found.groups())
        if h1 * 3600 + m1 * 60 + s1 <= second <= h2 * 3600 + m2 * 60 + s2:
            return True
    return False


def _in_stamps(argument: str, at: datetime) -> bool | None:
    """``from~to`` with stamps of 16 or 19 characters, ends included; no match is undefined, not false."""
    for part in argument.split(","):
        start, _, end = (side.strip() for side in part.partition("~"))
        if not (_STAMP.fullmatch(start) and _STAMP.fullmatch(end)):
            continue
        now = at.strftime("%Y-%m-%d %H:%M:%S")
        if start <= now[: len(start)] and now[: len(end)] <= end:
            return True
    return None
