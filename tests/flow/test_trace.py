"""The trace of a run."""

from __future__ import annotations

from outdial.flow.trace import MAX_CHARS, MAX_STEPS, Trace

from .world import START_MS, call


def test_each_step_with_what_it_was_given_and_what_it_changed() -> None:
    schema = [{"tag": "t", "set": {"a": "${b}"}}, {"softSleep": "250"}, {"playback": {"files": [{"id": "1"}]}}]
    assert call(schema, {"b": "1"}).ended.trace == (
        {
            "path": "[0]",
            "app": "set",
            "tag": "t",
            "at": START_MS,
            "ms": 0,
            "result": "ok",
            "args": {"values": {"a": "1"}},
            "set": {"a": "1"},
        },
        {"path": "[1]", "app": "softSleep", "at": START_MS, "ms": 250, "result": "ok", "args": {"ms": 250}},
        {
            "path": "[2]",
            "app": "playback",
            "at": START_MS + 250,
            "ms": 1000,
            "result": "ok",
            "args": {"files": [{"id": 1}]},
        },
    )


def test_the_authors_name_of_a_step() -> None:
    (row,) = call([{"trace": {"name": "greeting"}, "log": "hi"}]).ended.trace
    assert row["name"] == "greeting"


def test_a_composite_shows_its_question_and_the_answer() -> None:
    rows = call([{"if": {"expression": "1 > 2"}}, {"switch": {"variable": "${x}", "case": {}}}]).ended.trace
    assert [(row["args"], row["result"]) for row in rows] == [("1 > 2", "false"), ("${x}", "no case")]


def test_it_is_bounded_in_steps_and_in_characters() -> None:
    trace = Trace()
    for number in range(MAX_STEPS + 7):
        trace.add({"path": f"[{number}]", "result": "x" * 10_000})
    rows = trace.rows()
    assert len(rows) == MAX_STEPS + 1
    assert rows[-1]["result"] == "7 more steps are left out"
    assert rows[0]["result"].startswith("x" * MAX_CHARS + "…")


def test_deep_and_long_values_are_cut() -> None:
    trace = Trace()
    trace.add({"args": list(range(1000)), "set": {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}})
    assert trace.rows()[0]["args"] == list(range(50))
    assert trace.rows()[0]["set"] == {"a": {"b": {"c": {"d": {"e": {"f": "…"}}}}}}
