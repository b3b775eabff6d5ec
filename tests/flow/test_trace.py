"""The trace of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from outdial.flow.declare import arg
from outdial.flow.trace import HIDDEN, MAX_ALL_CHARS, MAX_CHARS, MAX_STEPS, Trace

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
            "set": {"playback_ms": "1000", "playback_seconds": "1"},
        },
    )


def test_the_authors_name_of_a_step() -> None:
    (row,) = call([{"trace": {"name": "greeting"}, "log": "hi"}]).ended.trace
    assert row["name"] == "greeting"


def test_a_composite_shows_its_question_and_the_answer() -> None:
    rows = call([{"if": {"expression": "1 > 2"}}, {"switch": {"variable": "${x}", "case": {}}}]).ended.trace
    assert [(row["args"], row["result"]) for row in rows] == [("1 > 2", "false"), ("${x}", "no case")]


def test_a_step_with_steps_inside_shows_only_its_own_changes() -> None:
    schema = [{"function": {"name": "f", "actions": [{"set": {"a": "1"}}]}}, {"execute": {"name": "f"}}]
    inner, outer = call(schema).ended.trace
    assert inner["set"] == {"a": "1"} and "set" not in outer


def test_steps_of_another_schema_name_it() -> None:
    rows = call([{"schema": {"id": 7}}, {"log": "b"}], schemas={7: [{"log": "a"}]}).ended.trace
    assert [(row["app"], row.get("schema_id")) for row in rows] == [("log", "7"), ("schema", None), ("log", None)]


def test_it_is_bounded_in_steps() -> None:
    trace = Trace()
    for number in range(MAX_STEPS + 7):
        trace.add({"path": f"[{number}]"})
    rows = trace.rows()
    assert len(rows) == MAX_STEPS + 1
    assert rows[-1]["result"] == "7 more steps are left out"


def test_it_is_bounded_in_characters() -> None:
    trace = Trace()
    for number in range(MAX_STEPS):
        trace.add({"path": f"[{number}]", "args": ["x" * 10_000] * 1000})
    rows = trace.rows()
    assert rows[0]["args"][0].startswith("x" * MAX_CHARS + "…")
    assert len(str(rows)) < MAX_ALL_CHARS * 1.5
    assert rows[-1]["result"].endswith("more steps are left out")


def test_deep_and_long_values_are_cut() -> None:
    trace = Trace()
    trace.add({"args": list(range(1000)), "set": {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}})
    assert trace.rows()[0]["args"] == list(range(50))
    assert trace.rows()[0]["set"] == {"a": {"b": {"c": {"d": {"e": {"f": "…"}}}}}}


# ── what it does not show ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Auth:
    user: str = arg("", help="User.")
    word: str = arg("", secret=True, help="Password.")


@dataclass(frozen=True)
class Args:
    url: str = arg("", help="Address.")
    pin: str = arg("", wire="thePin", secret=True, help="Pin.")
    headers: dict[str, Any] = arg(dict, secret=True, help="Headers.")
    auth: Auth | None = arg(None, help="Who asks.")
    more: list[Auth] = field(default_factory=list, metadata=arg(help="").metadata)


def shown(args: object) -> Any:
    trace = Trace()
    trace.add({"args": args}, Args)
    return trace.rows()[0]["args"]


def test_a_field_declared_secret() -> None:
    assert shown(Args("u", "1234", {"X-Key": "k"}, Auth("me", "open"), [Auth("you", "sesame")])) == {
        "url": "u",
        "thePin": HIDDEN,
        "headers": {"X-Key": HIDDEN},
        "auth": {"user": "me", "word": HIDDEN},
        "more": [{"user": "you", "word": HIDDEN}],
    }


def test_nor_when_the_arguments_could_not_be_decoded() -> None:
    assert shown({"URL": 5, "THEPIN": "1234", "auth": {"Word": "open"}, "more": [{"word": "sesame"}]}) == {
        "URL": 5,
        "THEPIN": HIDDEN,
        "auth": {"Word": HIDDEN},
        "more": [{"word": HIDDEN}],
    }


@pytest.mark.parametrize("name", ["password", "smtpPassword", "token", "access_token", "Authorization", "X-Api-Key"])
def test_what_stands_under_a_name_that_speaks_of_secrets(name: str) -> None:
    (row,) = call([{"set": {name: "hush", "age": "5"}}]).ended.trace
    assert row["set"] == row["args"]["values"] == {name: HIDDEN, "age": "5"}


def test_arguments_of_an_application_that_is_not_built() -> None:
    (row,) = call([{"joinQueue": {"password": "hush"}}]).ended.trace
    assert row["args"] == {"password": HIDDEN}


def test_a_value_to_hide_wherever_it_appears() -> None:
    schema = [
        {"set": {"a": "Bearer $${key}", "u": "$${key.uri()}", "${a}": "name"}},
        {"log": '{"k":"$${key}"}'},
        {"if": {"expression": "1", "then": [{"goto": "$${key}"}]}},
        {"dump": ""},
        {"softSleep": "$${pin}"},
    ]
    rows = call(schema, globals={"key": 'a b"c', "pin": "731"}, secrets=['a b"c', "731"]).ended.trace
    text = str(rows)
    assert HIDDEN in text and "731" not in text
    assert 'a b"c' not in text and 'a b\\"c' not in text and "a%20b%22c" not in text


def test_a_value_to_hide_is_hidden_before_the_text_is_cut() -> None:
    trace = Trace(secrets=["sesame"])
    trace.add({"result": "x" * (MAX_CHARS - 3) + "sesame" + "y" * 100})
    assert "ses" not in trace.rows()[0]["result"]


def test_the_password_in_an_address() -> None:
    schema = [{"log": "see https://ann:sesame@crm.example/a?b=c@d and redis://:hush@cache:6379 and https://x:80/y@z"}]
    (row,) = call(schema).ended.trace
    shown = "see https://ann:••••@crm.example/a?b=c@d and redis://:••••@cache:6379 and https://x:80/y@z"
    assert row["args"]["text"] == shown
