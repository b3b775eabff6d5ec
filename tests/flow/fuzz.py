"""Hostile input for the flow language: one function a target, driven by a fuzzer and by the corpus kept here.

``make fuzz`` lets atheris look for input that breaks a promise; what it found is put into ``corpus/`` and replayed
by the tests. The promises: nothing but the errors of a flow comes out, what is native means what JavaScript means,
every run ends within its limit.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from outdial.flow import dates
from outdial.flow.attempt import Ask, run_after
from outdial.flow.connection import VoiceConnection
from outdial.flow.errors import AppFailed, ExpressionError, SchemaError
from outdial.flow.expression import MAX_SOURCE, Evaluator, prepare
from outdial.flow.native import Call
from outdial.flow.parse import parse
from outdial.flow.script import Engine, inline
from outdial.flow.text import MAX_TEXT, Scope
from outdial.flow.validate import validate

from .world import clock, on_virtual_time

NOW = 1_788_264_000_000
CORPUS = Path(__file__).parent / "corpus"
FOUND = {"a": "1", "b": "x", "o": '{"a":{"b":[1,2]}}', "empty": ""}
SECONDS = 1
"""Virtual ones: some twenty thousand steps."""


def expression(data: bytes) -> None:
    """Prepared, and true or false: natively and by the engine alike."""
    source = data.decode("utf-8", "surrogateescape")[:MAX_SOURCE]
    if not source:
        return
    prepared = prepare(source)
    scope = Scope(FOUND, {"g": "global"}, lambda: NOW)
    evaluator = Evaluator(VoiceConnection(FOUND), scope, lambda: NOW)
    try:
        truth = evaluator.truth(prepared, "UTC")
    except ExpressionError:
        assert prepared.native is None
        return
    if prepared.native is not None:
        assert truth == _by_engine(prepared.code, prepared.calls, scope), source


def _by_engine(code: str, calls: tuple[Call, ...], scope: Scope) -> bool:
    answers: dict[str, dict[str, object]] = {}
    for call in calls:
        value: object
        if call.function == "getVariable":
            value = scope.value(call.argument)
        elif call.function == "getGlobalVariable":
            value = scope.global_value(call.argument)
        else:
            value = dates.answer(call.function, call.argument, NOW, "UTC")
        if value is not None:
            answers.setdefault(call.function, {})[call.argument] = value
    return Engine().truth(code, answers, {})


def expansion(data: bytes) -> None:
    """Expanded, and no longer than it may become."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        grown = Scope({**FOUND, "t": text[:1000]}, {"g": text[:100]}, lambda: NOW).expand(text)
    except AppFailed:
        return
    assert len(grown) <= max(MAX_TEXT, len(text))


def schema(data: bytes) -> None:
    """Read, checked, and run to its end."""
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return
    problems = validate(given, "service")
    try:
        program = parse(given)
    except SchemaError as error:
        assert [(problem.path, problem.level) for problem in problems][:1] == [(error.path, "error")]
        return

    async def run() -> str:
        return (await run_after(program, Ask(FOUND, clock, scripts=inline, limit_s=SECONDS))).how

    assert on_virtual_time(run()) in ("verdict", "none", "timeout")


TARGETS: dict[str, Callable[[bytes], None]] = {"expression": expression, "expansion": expansion, "schema": schema}
