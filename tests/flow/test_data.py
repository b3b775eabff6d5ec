"""Variables: setting, removing, exporting, and how values become text (flow-engine §2.1, §2.4, §2.5)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.flow.connection import MAX_SIZE, Connection, ServiceConnection, VoiceConnection
from outdial.flow.errors import AppFailed
from outdial.flow.values import as_text

from .world import after, call


def test_set_takes_an_object_or_a_list_of_objects() -> None:
    assert call([{"set": {"a": "1", "b": "2"}}]).variables == {"a": "1", "b": "2"}
    assert call([{"set": [{"a": "1"}, {"b": "2"}]}]).variables == {"a": "1", "b": "2"}


def test_all_values_are_expanded_before_any_is_set() -> None:
    done = call([{"set": {"a": "${b}", "b": "${a}"}}], {"a": "1", "b": "2"})
    assert done.variables == {"a": "2", "b": "1"}


def test_keys_are_expanded() -> None:
    assert call([{"set": {"q${n}": "yes"}}], {"n": "5"}).variables["q5"] == "yes"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (12, "12"),
        (1.5, "1.5"),
        (2.0, "2"),
        (1_000_000, "1000000"),  # ours: the released engine prints 1e+06
        (1e21, "1000000000000000000000"),
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),  # ours: the released engine prints map[…]
        ([], "[]"),
        (None, ""),
    ],
)
def test_ours_values_that_are_no_text(value: Any, text: str) -> None:
    assert call([{"set": {"a": value}}]).variables["a"] == text


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**18), 10**18))
def test_numbers_are_printed_plainly_and_exactly(number: float) -> None:
    text = as_text(number)
    assert type(number)(text) == number
    assert "e" not in text


def test_unset_in_a_call_removes_and_in_a_request_empties() -> None:
    assert "a" not in call([{"unSet": ["a", "missing"]}], {"a": "1"}).variables
    outcome = after([{"unSet": ["a"]}, {"export": ["a"]}], {"a": "1"})
    assert outcome.exports == {"a": ""}


def test_a_single_text_is_no_list() -> None:
    assert call([{"unSet": "a"}], {"a": "1"}).variables["a"] == "1"
    assert "a" not in call([{"unSet": "${names}"}], {"a": "1", "names": '["a"]'}).variables


@pytest.mark.parametrize("make", [VoiceConnection, ServiceConnection])
def test_variables_cannot_grow_without_end(make: type[Connection]) -> None:
    connection = make({"a": "x"})
    connection.set("b", "x" * (MAX_SIZE - 1))
    with pytest.raises(AppFailed):
        connection.set("c", "x")
    connection.unset("b")
    connection.set("c", "x" * 1000)


def test_doubling_a_text_for_ever_ends_without_harm() -> None:
    body = [{"set": {"a": "${a}${a}"}}]
    done = call([{"while": {"condition": "true", "do": body}}, {"log": "still here"}], {"a": "x"})
    assert len(done.variables["a"]) < MAX_SIZE
    assert any("longer than" in result for result in done.results)


def test_a_hundred_megabytes_of_names_take_no_time() -> None:
    done = call([{"set": {"a": "${" * 500_000}}, {"set": {"b": "${a}" * 300_000}}, {"log": "on"}], {"a": "x" * 900})
    assert done.lines == ["on"]
    assert done.variables["a"] == "${" * 500_000


def test_the_time_zone_of_the_flow_and_of_its_later_forks() -> None:
    schema = [
        {"function": {"name": "f", "actions": [{"if": {"expression": "&hour(14)", "then": [{"log": "in f"}]}}]}},
        {"if": {"expression": "&hour(12)", "then": [{"log": "UTC"}]}},
        {"timezone": {"name": "${zone}"}},
        {"if": {"expression": "&hour(14)", "then": [{"log": "Berlin"}]}},
        {"execute": {"name": "f"}},
        {"timezone": {"name": "Nowhere/Land"}},
        {"if": {"expression": "&hour(14)", "then": [{"log": "still"}]}},
    ]
    assert call(schema, {"zone": "Europe/Berlin"}).lines == ["UTC", "Berlin", "in f", "still"]


def test_dump_and_start() -> None:
    assert call([{"start": ""}, {"dump": ""}], {"b": "2", "a": "1"}).results == ["ok", "a=1, b=2"]


def test_a_text_of_100_mb_is_refused_and_the_flow_goes_on() -> None:
    long = "x" * 100_000_000
    done = call([{"set": {"a": long}}, {"log": long}, {"set": {"b": "on"}}])
    assert done.results[0].startswith("failed: the variables would hold more than")
    assert done.variables == {"b": "on"}
