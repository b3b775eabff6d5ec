"""Fields are written for people and compare with what a service answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from outdial.api import calendars, groups, queues
from outdial.cli.files.document import ConfigMistake, read
from outdial.cli.files.values import written


def value(folder: Path, shape: Any, field: str, text: str) -> Any:
    path = folder / "file.yaml"
    path.write_text(f"{field}: {text}\n")
    return written(shape.fields[field].kind, read(path).mapping()[field])


def hours(day: int, start: int, end: int) -> dict[str, int]:
    """As compared: a zero is left out."""
    found = {"day": day, "start_time_of_day": start, "end_time_of_day": end}
    return {name: number for name, number in found.items() if number}


def test_a_week_is_written_in_lines(tmp_path: Path) -> None:
    found = value(tmp_path, calendars.SHAPE, "accepts", '["mon-wed 09:00-20:00", "sat, sun 10:00-14:30"]')
    assert found == [
        hours(0, 540, 1200),
        hours(1, 540, 1200),
        hours(2, 540, 1200),
        hours(5, 600, 870),
        hours(6, 600, 870),
    ]


def test_days_may_go_over_the_end_of_the_week(tmp_path: Path) -> None:
    assert [entry.get("day", 0) for entry in value(tmp_path, calendars.SHAPE, "accepts", "fri-mon 0:00-24:00")] == [
        4,
        5,
        6,
        0,
    ]


def test_ranges_of_a_group_have_no_day(tmp_path: Path) -> None:
    assert value(tmp_path, groups.SHAPE, "time", "[09:00-12:00]") == [
        {"start_time_of_day": 540, "end_time_of_day": 720}
    ]


def test_a_date_is_its_noon(tmp_path: Path) -> None:
    found = value(tmp_path, calendars.SHAPE, "excepts", "[{name: Christmas, date: 2026-12-25}]")
    assert found == [{"name": "Christmas", "date": 1_798_200_000_000}]


@pytest.mark.parametrize(("text", "seconds"), [("1h 30m", 5400), ("45s", 45), ("90", 90), ("2m", 120)])
def test_waits_of_a_queue_are_written_as_times(tmp_path: Path, text: str, seconds: int) -> None:
    found = value(tmp_path, queues.SHAPE, "payload", f"{{wait_between_retries: {text}, max_calls: 5}}")
    assert found == {"wait_between_retries": seconds, "max_calls": 5}


@pytest.mark.parametrize(
    ("shape", "field", "text", "said"),
    [
        (calendars.SHAPE, "accepts", "[monday 9-20]", "expected hours such as"),
        (calendars.SHAPE, "excepts", "[{name: x, date: soon}]", "expected a date"),
        (queues.SHAPE, "payload", "{originate_timeout: soon}", "expected seconds"),
        (queues.SHAPE, "priority", "high", "expected a whole number"),
        (queues.SHAPE, "enabled", "perhaps", "expected true or false"),
        (groups.SHAPE, "time", "[{start_time: 1}]", "no such field; did you mean start_time_of_day?"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(tmp_path: Path, shape: Any, field: str, text: str, said: str) -> None:
    with pytest.raises(ConfigMistake) as refused:
        value(tmp_path, shape, field, text)
    assert said in refused.value.detail and "file.yaml:1:" in refused.value.detail
