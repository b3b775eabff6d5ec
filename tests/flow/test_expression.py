"""Expressions: preparation, meaning, and the small evaluator that must mean the same as JavaScript (flow-engine §3)."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outdial.flow import native
from outdial.flow.connection import VoiceConnection
from outdial.flow.errors import ExpressionError
from outdial.flow.expression import Evaluator, Expression, deleted_words, prepare
from outdial.flow.native import Call
from outdial.flow.script import Engine
from outdial.flow.text import Scope

NOW = 1_788_264_000_000  # Tuesday 2026-09-01 12:00:00 UTC


def truth(text: str, /, globals: dict[str, str] | None = None, zone: str = "UTC", **variables: Any) -> bool:
    connection = VoiceConnection(variables)
    scope = Scope(connection, globals or {}, lambda: NOW)
    return Evaluator(connection, scope, lambda: NOW).truth(prepare(text), zone)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("${a} == 1", 'sys.getVariable("a") == 1'),
        ("$${a} == 1", 'sys.getGlobalVariable("a") == 1'),
        ("'${a}' == 1", "'sys.getVariable(\"a\")' == 1"),
        ("&hour(9-18)", 'sys.hour("9-18")'),
        ("&hour()", 'sys.hour("")'),
        ("&minute_of_day(1)", 'sys.minute_of_day("1")'),
        ("&limit(1)", "&limit(1)"),
        ("&hour(${h})", 'sys.hour("sys.getVariable("h""))'),
        ("${x} == 'new'", "sys.getVariable(\"x\") == ''"),
        ("${case.name}", 'sys.getVariable(".name")'),
        ("if (this) return renew", " () renew".replace(" (", " (", 1)),
    ],
)
def test_preparation(text: str, code: str) -> None:
    assert prepare(text).code.replace("  ", " ") == code


def test_quirk_keywords_are_deleted_even_inside_quotes_and_names() -> None:
    assert truth("${x} == 'new'", x="")
    assert not truth("${x} == 'new'", x="new")
    assert truth("${x} == 'newer'", x="newer")
    assert deleted_words("${x} == 'new' && typeof y") == ["new", "typeof"]


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("${cc_result} && +${call_voice_sec} <= 10", {"cc_result": "abandoned"}, True),
        ("${cc_result} && +${call_voice_sec} <= 10", {"cc_result": "success", "call_voice_sec": "11"}, False),
        ("+${missing} <= 10", {}, True),
        ("${a} == 1", {"a": "1"}, True),
        ("${a} == true", {"a": "true"}, False),
        ("${a} == true", {"a": "1"}, True),
        ("${n} > 10", {"n": "9"}, False),
        ("${n} > 10", {"n": "11"}, True),
        ("${a} > ${b}", {"a": "9", "b": "10"}, True),  # two texts: compared as texts
        ("!${x}", {}, True),
        ("!${x}", {"x": "0"}, False),
        ("${destination}.indexOf('38') == 0", {"destination": "38099"}, True),
        ("/^07/.test(${destination})", {"destination": "0712"}, True),
        ("${o.a.b} == 5", {"o": '{"a": {"b": 5}}'}, True),
        ("${o.a}.indexOf('b') > 0", {"o": '{"a": {"b": 5}}'}, True),
        ("${list.#} == 2", {"list": "[1, 2]"}, True),
        ("sys.getVariable('a' + 'b') == 1", {"ab": "1"}, True),
        ("1, 0", {}, True),  # `_result = 1, 0` assigns 1
        ("0; 1", {}, False),
    ],
)
def test_meaning(text: str, variables: dict[str, Any], expected: bool) -> None:
    assert truth(text, **variables) is expected


def test_globals() -> None:
    assert truth("$${g} == 'x' && $${missing} == ''", {"g": "x"})
    assert truth("$${g}.length == 1", {"g": "x"})


def test_a_value_never_becomes_code() -> None:
    for value in ('" + (1) + "', "'; true; '", "\\", '")||true||("', "\u2028", "`${1}`", "\ud800", "a\0b"):
        assert not truth("${x} == 'y'", x=value)
        assert not truth("${x}.concat('') == 'y'", x=value)
        assert truth("${x}.concat('') == ${y}", x=value, y=value)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("&wday(2-6)", "UTC", True),
        ("&wday(3)", "UTC", True),
        ("&wday() == 3", "UTC", True),
        ("&hour(22-6)", "UTC", True),
        ("&hour(13-18)", "UTC", False),
        ("&hour(13-18)", "Europe/Kyiv", True),
        ("&time_of_day(09:00-18:00) && ${x} == ''", "UTC", True),
        ("&time_of_day() == '12:00'", "UTC", True),
        ("&date_time(2026-09-01 00:00~2026-09-01 23:59)", "UTC", True),
        ("&date_time(2020-01-01 00:00~2020-01-02 00:00)", "UTC", False),
        ("(&hour() + 1) == 13", "UTC", True),
        ("[&hour()].length == 1 && &year(2026)", "UTC", True),
    ],
)
def test_dates(text: str, zone: str, expected: bool) -> None:
    assert truth(text, zone=zone) is expected


@pytest.mark.parametrize("text", ["1 +", "x y", "nowhere", "null.x", "${a", "&hour(${h})", "throw 5", "\ud800"])
def test_errors(text: str) -> None:
    with pytest.raises(ExpressionError):
        truth(text)


def test_globals_of_one_expression_are_there_for_the_next() -> None:
    connection = VoiceConnection({})
    evaluator = Evaluator(connection, Scope(connection, {}, lambda: 0), lambda: 0)
    assert evaluator.truth(prepare("count = 41"), "UTC")
    assert evaluator.truth(prepare("count + 1 == 42"), "UTC")


def test_changed_variables_are_seen() -> None:
    connection = VoiceConnection({"a": "1"})
    evaluator = Evaluator(connection, Scope(connection, {}, lambda: 0), lambda: 0)
    question = prepare("sys.getVariable(['a'][0]) == '1'")
    assert evaluator.truth(question, "UTC")
    connection.set("a", "2")
    assert not evaluator.truth(question, "UTC")
    connection.unset("a")
    assert not evaluator.truth(question, "UTC")


def test_sys_cannot_be_replaced() -> None:
    connection = VoiceConnection({"a": "1"})
    evaluator = Evaluator(connection, Scope(connection, {}, lambda: 0), lambda: 0)
    evaluator.truth(prepare("sys.getVariable = (name) => 'x'"), "UTC")
    assert evaluator.truth(prepare("${a}.length == 1 && ${a} == 1"), "UTC")


@given(st.text(alphabet="${}&()'\"hour casenew=!|+-0123 \n\\", max_size=60) | st.text(max_size=60))
def test_no_text_breaks_the_preparation(text: str) -> None:
    assert isinstance(prepare(text), Expression)


# ── native is identical ──────────────────────────────────────────────────────────────────────────


def by_quickjs(code: str, calls: dict[Call, Any]) -> bool:
    answers: dict[str, dict[str, Any]] = {}
    for call, value in calls.items():
        if value is not None:
            answers.setdefault(call.function, {})[call.argument] = value
    return Engine().truth(code, answers, {})


# fmt: off
EDGES = [
    "", "0", "1", "-1", "10", "9", " 7 ", "1e3", ".5", "5.", "0x1F", "-0x1", "0b11", "0o7", "Infinity", "-Infinity",
    "NaN", "true", "false", "null", "undefined", "abc", "ABC", "\ufeff3", "\u00a0", "\u200b1", "1_000", "١", "+5",
    "--5", "1.7976931348623157e309", "5e-324", "é", "\U0001f600", "\uffff", "\ud83d", "a\0b", "0x", "1e", "e1",
]
NOT_NATIVE = [
    "${a}.length", "a", "1 + 1", "++1", "1\n2", "(1", "1)", "", "010", "'a\\n'", "1 <!-- 2", "(" * 50 + "1" + ")" * 50,
    "!" * 5000 + "1", "1e3", "'a", "${a} = 1", "1 1", "null", "a === undefined", "`a`", "1 /* c */",
]
# fmt: on
VALUES = st.one_of(
    st.sampled_from(EDGES),
    st.text(max_size=6),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(repr),
)
CALLS = {
    Call("getVariable", "a"): VALUES,
    Call("getVariable", "b"): VALUES,
    Call("getGlobalVariable", "g"): VALUES,
    Call("hour", ""): st.integers(0, 23),
    Call("wday", "2-6"): st.booleans(),
    Call("date_time", "x"): st.sampled_from([True, None]),
    Call("time_of_day", ""): st.sampled_from(["09:00", "23:59"]),
}
LITERALS = st.one_of(
    st.sampled_from(["0", "1", "10", "1.5", "007", "1.", ".5", "1e3", "0x10", "true", "false", "undefined", "null"]),
    st.sampled_from(
        ["''", '""', "'1'", "'a'", "'USER_BUSY'", '"10"', "' '", "'\U0001f600'", "'\\n'", "'a\\'b'", "'\\"]
    ),
    st.text(alphabet="ab1 é\u2028", max_size=4).map(lambda text: f"'{text}'"),
)
ATOMS = LITERALS | st.sampled_from([f'sys.{call.function}("{call.argument}")' for call in CALLS])
SIGNS = st.sampled_from(["==", "!=", "===", "!==", "<", "<=", ">", ">=", "&&", "||", "+", ",", ";", "&", "=", "\n"])
PREFIXES = st.sampled_from(["", "", "!", "+", "-", "!!", "+-", "++", "- -", "!+", "(", "typeof "])
CODE = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(PREFIXES, inner).map("".join),
        st.tuples(inner, st.sampled_from(["", " ", "\n"]), SIGNS, st.sampled_from(["", " "]), inner).map("".join),
        inner.map(lambda code: f"({code})"),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(CODE, st.fixed_dictionaries(CALLS))
@example('sys.getVariable("a") == \'x\' && +sys.getVariable("b") <= 10', dict.fromkeys(CALLS, ""))
@example("1\n(2)", dict.fromkeys(CALLS, ""))
@example("1 <!--2\n", dict.fromkeys(CALLS, ""))
@example("1 - -1", dict.fromkeys(CALLS, ""))
@example("true\n==\nfalse", dict.fromkeys(CALLS, ""))
def test_what_runs_natively_means_what_javascript_means(code: str, values: dict[Call, Any]) -> None:
    node = native.parse(code)
    if node is not None:
        assert native.truth(node, values.__getitem__) == by_quickjs(code, values), code


@settings(max_examples=400, deadline=None)
@given(VALUES, VALUES, st.sampled_from(["==", "!=", "===", "!==", "<", "<=", ">", ">="]), PREFIXES, PREFIXES)
def test_comparisons_of_any_two_values(a: str, b: str, sign: str, left: str, right: str) -> None:
    values = {Call("getVariable", "a"): a, Call("getVariable", "b"): b}
    code = f'{left}sys.getVariable("a") {sign} {right}sys.getVariable("b")'
    node = native.parse(code)
    if node is not None:
        assert native.truth(node, values.__getitem__) == by_quickjs(code, values), code


@pytest.mark.parametrize(
    "text",
    [
        "${call_cause} == 'USER_BUSY' || ${call_cause} == 'CALL_REJECTED'",
        "${cc_result} && +${call_voice_sec} <= 10",
        "!${d}",
        "${a} !== '' && (&hour(9-18) || $${open} == true)",
        "-${n} > -5.5",
    ],
)
def test_the_common_expressions_are_native(text: str) -> None:
    assert prepare(text).native is not None


@pytest.mark.parametrize("text", NOT_NATIVE)
def test_everything_else_is_not(text: str) -> None:
    assert prepare(text).native is None


def test_numbers_of_text() -> None:
    assert math.isnan(native.to_number("1_0"))
    assert native.to_number("0x" + "f" * 400) == math.inf
