"""The JavaScript engine behind one small face: QuickJS with limits on time, memory and stack.

A context lives as long as its run, so globals that one expression sets are there for the next (flow-engine §3).
After it ran into a limit it is not used again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import quickjs

from outdial.flow.errors import ExpressionError

EXPRESSION_S = 0.005
"""CPU time of one expression; it runs on the event loop."""
SCRIPT_S = 1.0
"""CPU time of the ``js`` application (flow-engine §1.8)."""
MEMORY = 16 << 20
STACK = 192 << 10
MAX_CODE = 100_000
"""Characters of one expression or script."""

PRELUDE = resources.files("outdial.flow").joinpath("prelude.js").read_text("utf-8")

Answers = Mapping[str, Mapping[str, Any]]
"""Function → argument → answer: the calls that Python has answered beforehand."""


class Engine:
    """The context of one run. Not for use in two threads."""

    __slots__ = ("_evaluate", "spent")

    def __init__(self) -> None:
        self._evaluate = _context(EXPRESSION_S).get("_truth")
        self.spent = False
        """True once a limit was hit: make a new one."""

    def truth(self, code: str, answers: Answers, variables: Mapping[str, str] | None) -> bool:
        """Whether the expression is truthy. ``variables`` None leaves the ones handed over before.

        Raises ExpressionError.
        """
        try:
            return bool(_call(self._evaluate, {"code": code, "answers": answers, "variables": variables}))
        except ExpressionError as error:
            self.spent = "InternalError" in error.detail or "stack size" in error.detail
            raise


@dataclass(frozen=True, slots=True)
class Script:
    """The ``js`` application's text, ready to run anywhere: plain values that a process can be handed."""

    code: str
    answers: Answers
    variables: Mapping[str, str]
    date: tuple[int, ...]
    """Year, month from 0, day, hour, minute, second, ms in the flow's time zone."""


def evaluate(script: Script) -> str:
    """The script's result as JavaScript prints it. Raises ExpressionError."""
    given = {"code": script.code, "answers": script.answers, "variables": script.variables, "date": script.date}
    text = str(json.loads(_call(_context(SCRIPT_S).get("_script"), given)))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


async def in_thread(script: Script) -> str:
    """``evaluate`` off the event loop."""
    return await asyncio.to_thread(evaluate, script)


async def inline(script: Script) -> str:
    """``evaluate`` on the event loop: for dry runs on virtual time."""
    return evaluate(script)


class Compiler:
    """Tells whether expressions compile, without running them."""

    def __init__(self) -> None:
        self._compile = _context(EXPRESSION_S).get("_compile")

    def error(self, code: str) -> str | None:
        """What is wrong with an expression's text; None when it compiles."""
        try:
            _call(self._compile, {"code": code})
        except ExpressionError as error:
            return error.detail
        return None


def _call(function: Any, given: Mapping[str, Any]) -> Any:
    if len(given["code"]) > MAX_CODE:
        raise ExpressionError(f"longer than {MAX_CODE} characters")
    try:
        return function(json.dumps(given))
    except quickjs.JSException as error:
        raise ExpressionError(str(error).split("\n", 1)[0][:300]) from None


def _context(seconds: float) -> Any:
    context = quickjs.Context()
    context.set_memory_limit(MEMORY)
    context.set_max_stack_size(STACK)
    context.eval(PRELUDE)
    context.set_time_limit(seconds)
    return context
