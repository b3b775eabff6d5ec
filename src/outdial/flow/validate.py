"""What the author of a schema should know before it runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from outdial.flow.declare import REGISTRY
from outdial.flow.errors import SchemaError
from outdial.flow.expression import MAX_SOURCE, Expression, deleted_words
from outdial.flow.names import refusal
from outdial.flow.parse import parse
from outdial.flow.program import If, Problem, Program, Step, Switch, While
from outdial.flow.script import Compiler


def validate(schema: object, kind: str) -> list[Problem]:
    """Errors forbid saving, warnings do not. ``kind`` is the schema's type on the wire.

    Types other than ``voice`` and ``service`` run anywhere, so applications are not checked against a kind.
    """
    try:
        program = parse(schema)
    except SchemaError as error:
        return [Problem(error.path, "error", error.message)]
    return [*program.warnings, *_Checks(kind).program(program)]


class _Checks:
    def __init__(self, kind: str) -> None:
        self._kind = kind

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler()

    def program(self, program: Program) -> Iterator[Problem]:
        for block in program.blocks:
            for step in block.steps:
                if not (isinstance(step.branch, While) and step.branch.again):
                    for message in self._step(step, program):
                        yield Problem(step.path, "warning", message)
        for inner in (*program.functions.values(), *program.triggers.values()):
            yield from self.program(inner)

    def _step(self, step: Step, program: Program) -> Iterator[str]:
        if step.app not in REGISTRY:
            yield refusal(step.app)
        elif self._kind in ("voice", "service") and self._kind not in REGISTRY[step.app].kinds:
            yield f"{step.app} does nothing in a {self._kind} flow"
        if step.limit is not None and _nowhere(step.limit.failover, program):
            yield f"the failover {step.limit.failover!r} is no tag of this schema; the flow would end there"
        if step.app == "goto" and isinstance(step.args, str) and _nowhere(step.args, program):
            yield f"there is no tag {step.args!r} in this schema"
        yield from self._branch(step)

    def _branch(self, step: Step) -> Iterator[str]:
        match step.branch:
            case If(expression=expression):
                yield from self._expression(expression, "expression")
            case While(condition=condition):
                yield from self._expression(condition, "condition")
            case Switch(cases=cases) if "default" in cases and "_" in cases:
                yield "the case `_` is never reached: there is a `default`"

    def _expression(self, expression: Expression | None, name: str) -> Iterator[str]:
        if expression is None:
            yield f"{name} must be a text of 1 to {MAX_SOURCE} characters"
            return
        words = deleted_words(expression.source)
        if words:
            yield f"the {name} loses the words {', '.join(dict.fromkeys(words))}, even inside quotes"
        error = self._compiler.error(expression.code) if expression.native is None else None
        if error:
            yield f"the {name} does not compile: {error}"


def _nowhere(tag: str, program: Program) -> bool:
    return "${" not in tag and tag not in program.tags
