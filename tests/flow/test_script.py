"""The engine's limits, and the ``js`` application (flow-engine §3)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from outdial.flow import script
from outdial.flow.errors import ExpressionError
from outdial.flow.script import Compiler, Engine, Script, evaluate, in_thread

from .world import call

HOSTILE = [
    "while(1);",
    "for(;;){}",
    "(function f(){ return f() + 1 })()",
    "'a'.repeat(1e9).length",
    "Array(1e9).join('x').length",
    "(() => { let a = []; for (;;) a.push('xxxxxxxxxxxxxxxxxxx' + a.length) })()",
    "/(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')",
    "Array(4e9).join('')",
    "Array(4e9).sort().length",
    "Array(4e9).reverse()",
    "Array(4e9).slice(1)",
    "[].concat(Array(4e9))",
    "Array(4e9).toLocaleString()",
    "Array.prototype.shift.call({length: 2**53 - 1})",
    "Array.prototype.indexOf.call({length: 2**53 - 1}, 1)",
    "'a'.repeat(2e6).indexOf('a'.repeat(1e6) + 'b')",
    "'a'.repeat(2e6).replace('a'.repeat(1e6) + 'b', '')",
    "'a'.repeat(2e6).split('a'.repeat(1e6) + 'b')",
    "eval('('.repeat(50000))",
    "JSON.parse('['.repeat(100000))",
    "(7n ** 200000n) ** 7n > 1n",
    "Array.from({length: 4e9})",
    "String.raw({raw: {length: 4e9}})",
]


@pytest.mark.parametrize("code", HOSTILE)
def test_a_hostile_expression_ends_and_does_no_harm(code: str) -> None:
    engine = Engine()
    started = time.process_time()
    with pytest.raises(ExpressionError):
        engine.truth(code, {}, {})
    assert time.process_time() - started < 5  # a generous bound: some of these ran for minutes unguarded
    if not engine.spent:
        assert engine.truth("1 + 1 == 2", {}, {})


def test_after_a_limit_the_next_expression_has_a_fresh_engine() -> None:
    schema = [
        {"if": {"expression": "(() => { for (;;); })()", "then": [{"log": "never"}]}},
        {"if": {"expression": "${a}.length == 1", "then": [{"log": "fine"}]}},
    ]
    done = call(schema, {"a": "1"})
    assert done.lines == ["fine"]


def test_results_of_any_kind_have_a_truth() -> None:
    engine = Engine()
    for code, true in {"10n": True, "({})": True, "Symbol('a')": True, "NaN": False, "'\\ud800'": True}.items():
        assert engine.truth(code, {}, {}) is true


def test_a_very_long_expression_is_refused() -> None:
    with pytest.raises(ExpressionError):
        Engine().truth("1+" * script.MAX_CODE + "1", {}, {})


def test_syntax_is_told_without_running() -> None:
    assert Compiler().error("nowhere.at.all()") is None
    assert "SyntaxError" in str(Compiler().error("1 +"))


# ── js ───────────────────────────────────────────────────────────────────────────────────────────


def js(data: Any, **variables: str) -> str | None:
    done = call([{"js": {"data": data, "setVar": "r"}}], variables, globals={"g": "global"}, zone="Europe/Kyiv")
    return done.variables.get("r")


@pytest.mark.parametrize(
    ("data", "result"),
    [
        ("return 1 + 1", "2"),
        ("return ${a} + '!'", "x!"),
        ("return ${o.k}", "v"),
        ("return _getChannelVar('a' + '')", "x"),
        ("return $${g}", "global"),
        ("return [1, 2]", "1,2"),
        ("return ({})", "[object Object]"),
        ("return null", "null"),
        ("1 + 1", "undefined"),
        ("var f = function (n) { if (n) return 'case'; }; return f(true)", "case"),
        ("return LocalDate().getHours()", "15"),
        ("return LocalDate().getMonth()", "8"),
        ("return ${missing} === ''", "true"),
        ("return '\\ud83d\\ude00'", "\U0001f600"),
        ("return '\\ud800'", "\ufffd"),
    ],
)
def test_js_is_a_function_body(data: str, result: str) -> None:
    assert js(data, a="x", o='{"k": "v"}') == result


@pytest.mark.parametrize("data", ["return nowhere", "return (", "for(;;);", "return 'a'.repeat(5e6)", "} {", 5])
def test_a_failing_script_sets_nothing(data: object) -> None:
    if data == "for(;;);":
        data = "return (function f() { return f() })()"
    assert js(data, r="old") in ("old", "undefined")


def test_a_script_has_a_second_away_from_the_loop() -> None:
    async def work() -> None:
        endless = asyncio.create_task(in_thread(Script("for(;;);", {}, {}, ())))
        quick = await in_thread(Script("return 2", {}, {}, ()))
        assert quick == "2"
        with pytest.raises(ExpressionError, match="interrupted"):
            await endless

    asyncio.run(work())


def test_scripts_know_nothing_of_each_other() -> None:
    assert evaluate(Script("x = 1; return x", {}, {}, ())) == "1"
    assert evaluate(Script("return typeof x", {}, {}, ())) == "undefined"
