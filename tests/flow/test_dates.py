"""Date helpers at their bounds (flow-engine §3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.flow.dates import HELPERS, answer


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOON = at("2026-09-01 12:00:00")


@pytest.mark.parametrize(
    ("helper", "value"),
    [
        ("year", 2026),
        ("yday", 244),
        ("mon", 9),
        ("mday", 1),
        ("week", 36),
        ("mweek", 1),
        ("wday", 3),
        ("hour", 12),
        ("minute", 0),
        ("minute_of_day", 720),
        ("time_of_day", "12:00"),
        ("date_time", "2026-09-01 12:00:00"),
    ],
)
def test_present_values(helper: str, value: object) -> None:
    assert answer(helper, "", NOON, "UTC") == value


@pytest.mark.parametrize(
    ("day", "number"), [("2026-09-06", 1), ("2026-09-07", 2), ("2026-09-11", 6), ("2026-09-12", 7)]
)
def test_sunday_is_1_and_saturday_is_7(day: str, number: int) -> None:
    assert answer("wday", "", at(f"{day} 00:00:00"), "UTC") == number
    assert answer("wday", "2-6", at(f"{day} 00:00:00"), "UTC") is (2 <= number <= 6)


def test_weeks_are_iso_weeks() -> None:
    assert answer("week", "", at("2027-01-01 12:00:00"), "UTC") == 53
    assert answer("mweek", "", at("2026-09-30 12:00:00"), "UTC") == 5


@pytest.mark.parametrize(
    ("pattern", "hours"),
    [
        ("9-18", set(range(9, 19))),
        ("22-6", set(range(6, 23))),  # swapped, not wrapped
        ("1, 3 ,5-6", {1, 3, 5, 6}),
        ("7", {7}),
        ("x,8,9-,-,", {8}),
        ("", None),
    ],
)
def test_ranges(pattern: str, hours: set[int] | None) -> None:
    for hour in range(24):
        expected = hour if hours is None else hour in hours
        assert answer("hour", pattern, at(f"2026-09-01 {hour:02}:59:59"), "UTC") == expected


@pytest.mark.parametrize(
    ("pattern", "time", "inside"),
    [
        ("09:00-18:00", "08:59:59", False),
        ("09:00-18:00", "09:00:00", True),
        ("09:00-18:00", "18:00:00", True),
        ("09:00-18:00", "18:00:01", False),
        ("09:00:30-18:00:15", "09:00:29", False),
        ("09:00:30-18:00:15", "18:00:15", True),
        ("1:00-2:00, 3:00-4:00", "03:30:00", True),
        ("22:00-06:00", "23:00:00", False),  # no wrap over midnight
        ("nonsense", "12:00:00", False),
    ],
)
def test_time_of_day(pattern: str, time: str, inside: bool) -> None:
    assert answer("time_of_day", pattern, at(f"2026-09-01 {time}"), "UTC") is inside


@pytest.mark.parametrize(
    ("pattern", "inside"),
    [
        ("2026-09-01 12:00~2026-09-01 12:00", True),
        ("2026-09-01 12:00:01~2026-09-02 00:00:00", None),
        ("2026-08-01 00:00:00~2026-09-01 12:00:00", True),
        ("2020-01-01 00:00~2020-01-02 00:00, 2026-01-01 00:00~2027-01-01 00:00", True),
        ("nonsense", None),
    ],
)
def test_date_time_is_true_or_undefined(pattern: str, inside: bool | None) -> None:
    assert answer("date_time", pattern, NOON, "UTC") is inside


def test_zones() -> None:
    assert answer("hour", "", NOON, "Asia/Kolkata") == 17
    assert answer("minute", "", NOON, "Asia/Kolkata") == 30
    for unknown in ("Nowhere/Land", "", "../etc/passwd", "a" * 300, "\0"):
        assert answer("hour", "", NOON, unknown) == 12


@given(st.sampled_from(HELPERS), st.text(max_size=30) | st.text(alphabet="0123456789-:,~ ", max_size=40))
def test_no_argument_fails(helper: str, argument: str) -> None:
    assert isinstance(answer(helper, argument, NOON, "UTC"), int | str | bool | None)
