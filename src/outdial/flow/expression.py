"""Expressions of ``if`` and ``while``: from the schema's text to JavaScript, and to a truth value (flow-engine §3).

The preparation follows the specification to the letter, its deletion of keywords included. A name becomes the call
``sys.getVariable("name")``, whose value is handed over as data: it never becomes code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from outdial.flow import dates, native
from outdial.flow.connection import Connection
from outdial.flow.native import Call, Node
from outdial.flow.script import Engine
from outdial.flow.text import Scope, substitute

MAX_SOURCE = 10_000
"""Characters of an expression in a schema."""

_HELPER = re.compile(rf"&({'|'.join(dates.HELPERS)})\(([\s\S]*?)\)")
KEYWORDS = re.compile(
    r"\b(?:function|case|if|return|new|switch|var|this|typeof|for|while|break|do|continue)\b", re.ASCII
)
_CALL = re.compile(native.CALL)


@dataclass(frozen=True, slots=True)
class Expression:
    source: str
    """As the schema has it."""
    code: str
    """As it runs."""
    calls: tuple[Call, ...]
    """The calls of ``sys`` that can be read off the text; Python answers them beforehand."""
    native: Node | None
    """None when only a JavaScript engine can tell."""


@lru_cache(maxsize=4096)
def prepare(source: str) -> Expression:
    """Never fails: text that is no expression fails when it is evaluated. At most MAX_SOURCE characters."""
    code = substitute(source, "$${", 'sys.getGlobalVariable("{}")'.format)
    code = substitute(code, "${", 'sys.getVariable("{}")'.format)
    code = _HELPER.sub(lambda found: f'sys.{found[1]}("{found[2]}")', code)
    code = KEYWORDS.sub("", code)
    calls = dict.fromkeys(Call(found[1], native.unescape(found[2])) for found in _CALL.finditer(code))
    return Expression(source, code, tuple(calls), native.parse(code))


def deleted_words(source: str) -> list[str]:
    """Words that the preparation takes out of a text, for a warning."""
    return KEYWORDS.findall(source)


class Evaluator:
    """Evaluates the expressions of one run. The JavaScript context is made when first needed."""

    __slots__ = ("_clock", "_connection", "_engine", "_handed", "_scope")

    def __init__(self, connection: Connection, scope: Scope, clock: Callable[[], int]) -> None:
        self._connection = connection
        self._scope = scope
        self._clock = clock
        self._engine: Engine | None = None
        self._handed = -1
        """Revision of the variables that the engine has."""

    def truth(self, expression: Expression, zone: str) -> bool:
        """Whether the expression is truthy; dates are of ``zone``. Raises ExpressionError."""

        def answer(call: Call) -> dates.Answer:
            if call.function == "getVariable":
                return self._scope.value(call.argument)
            if call.function == "getGlobalVariable":
                return self._scope.global_value(call.argument)
            return dates.answer(call.function, call.argument, self._clock(), zone)

        if expression.native is not None:
            return native.truth(expression.native, answer)
        return self._by_engine(expression, answer)

    def _by_engine(self, expression: Expression, answer: Callable[[Call], dates.Answer]) -> bool:
        if self._engine is None or self._engine.spent:
            self._engine, self._handed = Engine(), -1
        answers: dict[str, dict[str, dates.Answer]] = {}
        for call in expression.calls:
            found = answer(call)
            if found is not None:
                answers.setdefault(call.function, {})[call.argument] = found
        changed = self._connection.revision != self._handed
        self._handed = self._connection.revision
        return self._engine.truth(expression.code, answers, self._connection.variables if changed else None)
