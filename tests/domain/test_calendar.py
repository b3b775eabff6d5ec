from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.calendar import Calendar, Exceptional, Window, in_range, next_change, why_closed

OFFICE = Calendar(1, "office", "Europe/Kyiv", tuple(Window(d, 540, 1200) for d in range(5)))
ZONES = st.sampled_from(["Europe/Kyiv", "America/New_York", "Asia/Tokyo", "UTC", "Australia/Lord_Howe"])


def at(text: str, zone: str = "Europe/Kyiv") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-23T08:59:59", False),
        ("2026-11-23T09:00:00", True),
        ("2026-11-23T19:59:59", True),
        ("2026-11-23T20:00:00", False),
        ("2026-11-22T12:00:00", False),
    ],
)
def test_windows_are_half_open(when: str, is_open: bool) -> None:
    assert (why_closed(OFFICE, at(when), "Europe/Kyiv") is None) == is_open


def test_windows_are_tested_in_the_members_zone() -> None:
    nine_in_kyiv = at("2026-11-23T09:30:00")
    assert why_closed(OFFICE, nine_in_kyiv, "Europe/Kyiv") is None
    assert "closed now in America/New_York" in str(why_closed(OFFICE, nine_in_kyiv, "America/New_York"))


def test_exceptional_days_are_tested_in_the_calendars_zone() -> None:
    feast = Calendar(
        1, "c", "Europe/Kyiv", tuple(Window(d, 0, 1440) for d in range(7)), (Exceptional("Feast", date(2026, 12, 25)),)
    )
    late_in_new_york = at("2026-12-24T20:00:00", "America/New_York")
    assert why_closed(feast, late_in_new_york, "America/New_York") == "Feast in calendar c"


def test_a_working_exception_only_narrows() -> None:
    short = Calendar(
        1,
        "c",
        "UTC",
        (Window(0, 540, 1200),),
        (Exceptional("Short", date(2026, 11, 23), working=True, start=600, end=720),),
    )
    assert why_closed(short, at("2026-11-23T10:30:00", "UTC"), "UTC") is None
    assert why_closed(short, at("2026-11-23T13:00:00", "UTC"), "UTC") is not None
    outside_the_week_day = Calendar(1, "c", "UTC", (Window(1, 540, 1200),), short.excepts)
    assert why_closed(outside_the_week_day, at("2026-11-23T10:30:00", "UTC"), "UTC") is not None


def test_a_yearly_exception_returns() -> None:
    new_year = Calendar(
        1, "c", "UTC", tuple(Window(d, 0, 1440) for d in range(7)), (Exceptional("NY", date(2020, 1, 1), yearly=True),)
    )
    assert why_closed(new_year, at("2027-01-01T10:00:00", "UTC"), "UTC") is not None


def test_validity_is_honoured() -> None:
    always = tuple(Window(d, 0, 1440) for d in range(7))
    bounded = Calendar(1, "c", "UTC", always, start_at=1000, end_at=2000)
    assert [why_closed(bounded, t, "UTC") is None for t in (999, 1000, 1999, 2000)] == [False, True, True, False]


@pytest.mark.parametrize("end", [1439, 1440])
def test_1439_and_1440_both_mean_midnight(end: int) -> None:
    assert in_range(1439, 0, end)


@given(ZONES, ZONES, st.integers(1_700_000_000_000, 1_900_000_000_000))
def test_the_state_holds_until_the_next_change_and_turns_there(zone: str, home: str, now: int) -> None:
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    calendar = Calendar(1, "c", home, OFFICE.accepts, (Exceptional("x", today),))
    change = next_change(calendar, now, zone)
    assert change is not None and change > now
    state = why_closed(calendar, now, zone) is None
    for part in range(8):
        assert (why_closed(calendar, now + (change - now) * part // 8, zone) is None) == state
    assert (why_closed(calendar, change, zone) is None) != state


def test_a_calendar_that_never_opens_has_no_next_change() -> None:
    assert next_change(Calendar(1, "empty", "UTC"), 1_700_000_000_000, "UTC") is None
