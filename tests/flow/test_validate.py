"""What authors are told (flow-engine §8, point 7)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.flow.program import Problem
from outdial.flow.validate import validate


def messages(step: dict[str, Any], kind: str = "voice") -> list[str]:
    return [problem.message for problem in validate([step], kind)]


def test_an_error_forbids_saving() -> None:
    assert validate([{"log": "a"}, 5], "voice") == [Problem("[1]", "error", "expected an application object")]


def test_a_sound_schema_has_no_problems() -> None:
    schema = [
        {"tag": "menu", "limit": {"max": 3, "failover": "bye"}, "playback": {"files": [{"id": 1}], "getDigits": {}}},
        {"switch": {"variable": "${MyVar}", "case": {"1": [{"log": "one"}], "default": [{"goto": "menu"}]}}},
        {"if": {"expression": "${a}.length > 1", "then": [{"goto": "${where}"}]}},
        {"tag": "bye", "hangup": ""},
    ]
    assert validate(schema, "voice") == []


@pytest.mark.parametrize(
    ("step", "kind", "message"),
    [
        ({"playbak": {}}, "voice", "unknown application 'playbak'; did you mean playback?"),
        ({"joinQueue": {}}, "voice", "not supported here"),
        ({"playback": {}}, "service", "playback does nothing in a service flow"),
        ({"success": {}}, "voice", "success does nothing in a voice flow"),
        ({"goto": "x"}, "voice", "there is no tag 'x' in this schema"),
        (
            {"limit": {"max": 1, "failover": "x"}, "log": ""},
            "voice",
            "the failover 'x' is no tag of this schema; the flow would end there",
        ),
        ({"if": {"expression": ""}}, "voice", "expression must be a text of 1 to 10000 characters"),
        ({"while": {"condition": "1" * 10_001}}, "voice", "condition must be a text of 1 to 10000 characters"),
        (
            {"if": {"expression": "${x} == 'new'"}},
            "voice",
            "the expression loses the words new, even inside quotes",
        ),
        (
            {"switch": {"variable": "x", "case": {"_": [], "default": []}}},
            "voice",
            "the case `_` is never reached: there is a `default`",
        ),
    ],
)
def test_each_warning(step: dict[str, Any], kind: str, message: str) -> None:
    assert messages(step, kind) == [message]


def test_an_expression_that_does_not_compile() -> None:
    (message,) = messages({"while": {"condition": "1 +", "do": [{"log": "a"}]}})
    assert message.startswith("the condition does not compile: SyntaxError")


def test_other_types_run_anywhere() -> None:
    assert messages({"playback": {"files": []}}, "default") == messages({"success": {}}, "default") == []


def test_problems_inside_functions_and_triggers_have_their_path() -> None:
    schema = [
        {"function": {"name": "f", "actions": [{"log": ""}, {"goto": "x"}]}},
        {"trigger": {"disconnected": [{"playbak": ""}]}},
        {"tag": 1, "log": ""},
    ]
    assert [problem.path for problem in validate(schema, "voice")] == [
        "[2]",
        "[0].function.actions[1]",
        "[1].trigger.disconnected[0]",
    ]
