"""Branches, loops, functions and other schemas (flow-engine §1.5, §1.7)."""

from __future__ import annotations

from typing import Any

import pytest

from .world import Schema, call


def test_if_takes_one_branch_and_goes_on() -> None:
    schema = [
        {"if": {"expression": "${a} == 1", "then": [{"log": "then"}], "else": [{"log": "else"}]}},
        {"log": "after"},
    ]
    assert call(schema, {"a": "1"}).lines == ["then", "after"]
    assert call(schema, {"a": "2"}).lines == ["else", "after"]


@pytest.mark.parametrize("expression", ["1 +", "nowhere.at.all", "", None, 5, "while(1);x", "throw 1"])
def test_on_a_wrong_expression_neither_branch_runs(expression: object) -> None:
    done = call(
        [{"if": {"expression": expression, "then": [{"log": "then"}], "else": [{"log": "else"}]}}, {"log": "x"}]
    )
    assert done.lines == ["x"]
    assert done.results[0].startswith("failed: ")


def switch(variable: str, **case: Schema) -> dict[str, Any]:
    return {"switch": {"variable": variable, "case": case}}


def test_switch_compares_texts_exactly() -> None:
    schema = [{"switch": {"variable": "${d}", "case": {"1": [{"log": "one"}], "default": [{"log": "other"}]}}}]
    assert call(schema, {"d": "1"}).lines == ["one"]
    assert call(schema, {"d": "1.0"}).lines == ["other"]
    assert call(schema, {"d": " 1"}).lines == ["other"]
    assert call(schema).lines == ["other"]


def test_switch_without_a_matching_case_does_nothing() -> None:
    assert call([switch("${d}", a=[{"log": "a"}]), {"log": "x"}]).lines == ["x"]


def test_ours_switch_knows_the_underscore_after_default() -> None:
    assert call([switch("z", _=[{"log": "_"}])]).lines == ["_"]
    assert call([switch("z", _=[{"log": "_"}], default=[{"log": "default"}])]).lines == ["default"]


def test_switch_does_not_expand_globals() -> None:
    done = call(
        [{"switch": {"variable": "$${g}", "case": {"$v": [{"log": "variable g"}]}}}], {"g": "v"}, globals={"g": "w"}
    )
    assert done.lines == ["variable g"]


# ── while ────────────────────────────────────────────────────────────────────────────────────────


def test_while_runs_once_before_it_asks() -> None:
    assert call([{"while": {"condition": "false", "do": [{"log": "a"}]}}, {"log": "b"}]).lines == ["a", "b"]


def test_while_asks_before_each_further_pass() -> None:
    schema = [
        {"while": {"condition": "${n}.length < 3", "do": [{"set": {"n": "${n}x"}}, {"log": "${n}"}]}},
        {"log": "end"},
    ]
    assert call(schema).lines == ["x", "xx", "xxx", "end"]


@pytest.mark.parametrize("most", ["3", 3])
def test_max_steps_as_text_and_ours_as_a_number(most: object) -> None:
    schema = [{"while": {"condition": "true", "maxSteps": most, "do": [{"log": "a"}]}}, {"log": "b"}]
    assert call(schema).lines == ["a", "a", "a", "b"]


def test_a_thousand_evaluations_unless_said_otherwise() -> None:
    schema = [{"while": {"condition": "true", "do": [{"set": {"n": "${n}x"}}]}}]
    assert len(call(schema).variables["n"]) == 1000


def test_the_count_of_a_while_is_not_reset_on_re_entry() -> None:
    loop = {"tag": "loop", "while": {"condition": "true", "maxSteps": "3", "do": [{"log": "a"}]}}
    schema = [loop, {"log": "b"}, {"if": {"expression": "!${m}", "then": [{"set": {"m": "1"}}, {"goto": "loop"}]}}]
    assert call(schema).lines == ["a", "a", "a", "b", "b"]


def test_an_empty_body_is_nothing() -> None:
    assert call([{"while": {"condition": "true", "do": []}}, {"log": "b"}]).lines == ["b"]


def test_a_wrong_condition_ends_the_loop() -> None:
    assert call([{"while": {"condition": "1 +", "do": [{"log": "a"}]}}, {"log": "b"}]).lines == ["a", "b"]


def test_a_jump_out_of_a_loop_and_back_starts_it_without_a_test() -> None:
    body = [{"log": "a"}, {"if": {"expression": "!${m}", "then": [{"set": {"m": "1"}}, {"goto": "loop"}]}}]
    schema = [{"tag": "loop", "while": {"condition": "false", "do": body}}, {"log": "b"}]
    assert call(schema).lines == ["a", "a", "b"]


def test_loops_inside_loops() -> None:
    inner = {"while": {"condition": "${i}.length < 2", "do": [{"set": {"i": "${i}x"}}, {"log": "i"}]}}
    outer = {"while": {"condition": "${o}.length < 2", "do": [{"set": {"o": "${o}x", "i": ""}}, {"log": "o"}, inner]}}
    assert call([outer]).lines == ["o", "i", "i", "o", "i", "i"]


# ── break ────────────────────────────────────────────────────────────────────────────────────────


def test_break_ends_the_flow_and_the_call_stays_up() -> None:
    done = call([{"log": "a"}, {"break": True}, {"log": "b"}])
    assert done.lines == ["a"]
    assert done.ended.how == "finished"
    assert done.person.cause == ""


def test_break_on_an_application_counts_even_when_it_failed() -> None:
    assert call([{"break": True, "log": "a"}, {"log": "b"}]).lines == ["a"]
    assert call([{"break": True, "goto": "nowhere"}, {"log": "b"}]).lines == []


@pytest.mark.parametrize("value", ["", {}, "true", 1, False])
def test_break_with_anything_but_true_does_nothing(value: object) -> None:
    assert call([{"break": value}, {"log": "b"}]).lines == ["b"]


# ── forks ────────────────────────────────────────────────────────────────────────────────────────


def function(name: str, *actions: dict[str, Any]) -> dict[str, Any]:
    return {"function": {"name": name, "actions": list(actions)}}


def test_a_function_sees_and_changes_the_variables() -> None:
    schema = [{"set": {"a": "1"}}, {"execute": {"name": "f"}}, {"log": "${a}"}, function("f", {"set": {"a": "${a}2"}})]
    assert call(schema).lines == ["12"]


def test_the_other_spelling_of_a_function_name() -> None:
    assert call([function("f", {"log": "f"}), {"execute": {"fn": "f"}}]).lines == ["f"]


def test_a_function_declared_in_a_branch_is_known_everywhere() -> None:
    schema = [{"execute": {"name": "f"}}, {"if": {"expression": "false", "then": [function("f", {"log": "f"})]}}]
    assert call(schema).lines == ["f"]


def test_break_inside_a_function_cancels_its_caller() -> None:
    assert call([function("f", {"log": "f"}, {"break": True}), {"execute": {"name": "f"}}, {"log": "x"}]).lines == ["f"]


@pytest.mark.parametrize("args", [{"name": "nobody"}, {}, "f"])
def test_an_unknown_function_is_an_error_and_the_flow_goes_on(args: object) -> None:
    done = call([{"execute": args}, {"log": "x"}])
    assert done.results[0].startswith("failed: ")
    assert done.lines == ["x"]


def test_execute_async_does_not_block_and_its_break_is_its_own() -> None:
    schema = [
        function("f", {"softSleep": 100}, {"log": "f"}, {"break": True}),
        {"execute": {"name": "f", "async": True}},
        {"log": "at once"},
        {"softSleep": 500},
        {"log": "later"},
    ]
    assert call(schema).lines == ["at once", "f", "later"]


def test_a_flow_waits_for_what_runs_beside_it_and_the_end_of_the_call_ends_both() -> None:
    schema = [function("f", {"softSleep": 1000}, {"log": "f"}), {"execute": {"name": "f", "async": "true"}}]
    assert call(schema).lines == ["f"]
    assert call(schema, hangs_up_at=500).lines == []


def test_a_schema_runs_as_a_fork() -> None:
    schemas = {5: [{"log": "inner ${a}"}, {"goto": "t"}]}
    schema = [{"schema": {"id": "5", "name": "ignored"}}, {"log": "x"}, {"tag": "t", "log": "t"}]
    assert call(schema, {"a": "1"}, schemas=schemas).lines == ["inner 1", "x", "t"]
    assert call([{"schema": {"id": 6}}, {"log": "x"}], schemas=schemas).lines == ["x"]


def test_a_schema_that_calls_itself_ends() -> None:
    done = call([{"schema": {"id": 5}}, {"log": "x"}], schemas={5: [{"schema": {"id": 5}}]})
    assert done.lines == ["x"]


# ── the loop ─────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_application_is_logged_with_the_nearest_name() -> None:
    done = call([{"playbak": {}}, {"log": "x"}])
    assert done.results[0] == "unknown application 'playbak'; did you mean playback?"
    assert done.lines == ["x"]


@pytest.mark.parametrize("name", ["conference", "joinQueue", "joinAgent", "generateForm"])
def test_a_known_application_that_is_not_built_says_so_and_sets_nothing(name: str) -> None:
    done = call([{name: {"setVar": "a"}}, {"log": "x"}], {"a": "old"})
    assert done.results[0] == "not supported here"
    assert done.variables["a"] == "old"


def test_a_failed_application_keeps_the_old_value() -> None:
    done = call([{"js": {"data": "return nowhere.x", "setVar": "a"}}, {"log": "${a}"}], {"a": "old"})
    assert done.results[0].startswith("failed: ReferenceError")
    assert done.lines == ["old"]


def test_ours_of_two_applications_in_one_object_the_first_runs() -> None:
    assert call([{"log": "first", "set": {"a": "1"}}, {"log": "${a}."}]).lines == ["first", "."]


def test_an_endless_loop_pauses_so_that_others_can_run() -> None:
    done = call([{"while": {"condition": "true", "maxSteps": "5000", "do": [{"set": {"a": "1"}}]}}])
    assert done.ms >= 400  # 10,000 steps, 10 ms pause every 200


def test_functions_that_multiply_beside_the_flow_are_stopped() -> None:
    twice: Schema = [
        {"execute": {"name": "f", "async": True}},
        {"execute": {"name": "f", "async": True}},
        {"softSleep": 10},
    ]
    done = call([function("f", *twice), {"execute": {"name": "f", "async": True}}, {"log": "x"}])
    assert done.ended.how == "finished"
    assert "x" in done.lines
