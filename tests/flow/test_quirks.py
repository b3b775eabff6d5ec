"""Surprises of the released engine, each by name: kept as they are, or mended where that can harm nobody.

A test named ``quirk`` shows what stays surprising; one named ``ours`` what is done instead.
"""

from __future__ import annotations

from typing import Any

import pytest

from outdial.domain.zones import zone_id

from .world import call


def test_quirk_async_beside_an_application_does_nothing() -> None:
    done = call([{"async": True, "softSleep": 1000}, {"log": "after"}])
    assert (done.ms, done.lines) == (1000, ["after"])


def test_quirk_a_flag_given_for_a_text_is_1_or_0() -> None:
    assert call([{"log": True}, {"log": False}]).lines == ["1", "0"]


def test_quirk_a_flag_put_into_a_variable_is_a_word() -> None:
    assert call([{"set": {"a": True, "b": False}}]).variables == {"a": "true", "b": "false"}


def test_quirk_the_ends_of_a_range_are_swapped_and_do_not_wrap() -> None:
    """The clock of these tests stands at noon: 22-6 holds from 6 to 22, not at night."""
    schema = [{"if": {"expression": "&hour(22-6)", "then": [{"log": "day"}]}}]
    assert call(schema).lines == ["day"]


def test_quirk_time_of_day_does_not_wrap_over_midnight() -> None:
    schema = [{"if": {"expression": "&time_of_day(22:00-13:00)", "then": [{"log": "in"}], "else": [{"log": "out"}]}}]
    assert call(schema).lines == ["out"]


def test_quirk_a_deleted_word_is_deleted_in_names_too() -> None:
    schema = [{"if": {"expression": "${new.x} == ''", "then": [{"log": "empty"}]}}]
    assert call(schema, {"new": '{"x":"1"}'}).lines == ["empty"]


def test_quirk_a_do_while_runs_before_it_asks() -> None:
    assert call([{"while": {"condition": "false", "do": [{"log": "once"}]}}]).lines == ["once"]


@pytest.mark.parametrize("most", [2, "2"])
def test_ours_max_steps_may_be_a_number(most: Any) -> None:
    done = call([{"while": {"condition": "true", "maxSteps": most, "do": [{"log": "x"}]}}])
    assert done.lines == ["x", "x"]


def test_ours_leading_zeros_are_decimal() -> None:
    assert call([{"softSleep": "010"}]).ms == 10
    assert call([{"softSleep": "08"}]).ms == 8


def test_ours_the_blocks_name_of_flush_dtmf_is_known_too() -> None:
    for name in ("flushDtmf", "flushDTMF"):
        assert call([{name: ""}]).results == ["ok"]


def test_ours_triggers_is_another_name_of_trigger() -> None:
    for name in ("trigger", "triggers"):
        done = call([{name: {"disconnected": [{"log": "late"}]}}, {"log": "now"}])
        assert done.ended.disconnected is not None
        assert done.lines == ["now"]


def test_ours_an_index_may_stand_in_brackets() -> None:
    assert call([{"log": "${list[1].a} ${list.1.a}"}], {"list": '[0,{"a":"x"}]'}).lines == ["x x"]


def test_ours_epoch_seconds_are_expanded_here() -> None:
    assert call([{"log": "${strepoch()}"}]).lines == ["1788264000"]


def test_ours_a_time_zone_by_its_id() -> None:
    schema = [
        {"timezone": {"id": str(zone_id("Europe/Kyiv"))}},
        {"if": {"expression": "&hour(15)", "then": [{"log": "Kyiv"}]}},
        {"timezone": {"id": 1}},
        {"if": {"expression": "&hour(15)", "then": [{"log": "still"}]}},
    ]
    done = call(schema)
    assert done.lines == ["Kyiv", "still"]
    assert "failed: no time zone 1" in done.results
