"""What the author of a schema should know before it runs."""

from __future__ import annotations

from collections.abc import Iterator

from outdial.flow.declare import REGISTRY
from outdial.flow.errors import SchemaError
from outdial.flow.expression import Expression, deleted_words
from outdial.flow.names import refusal
from outdial.flow.parse import parse
from outdial.flow.program import If, Problem, Program, Step, Switch, While
from outdial.flow.script import syntax_error


def validate(schema: object, kind: str) -> list[Problem]:
    """Errors forbid saving, warnings do not. ``kind`` is the schema's type on the wire.

    Types other than ``voice`` and ``service`` run anywhere, so applications are not checked against a kind.
    """
    try:
        program = parse(schema)
    except SchemaError as error:
        return [Problem(error.path, "error", error.message)]
    return [*program.warnings, *_program(program, kind)]


def _program(program: Program, kind: str) -> Iterator[Problem]:
    for block in program.blocks:
        for step in block.steps:
            if not (isinstance(step.branch, While) and step.branch.again):
                for message in _step(step, program, kind):
                    yield Problem(step.path, "warning", message)
    for inner in (*program.functions.values(), *program.triggers.values()):
        yield from _program(inner, kind)


def _step(step: Step, program: Program, kind: str) -> Iterator[str]:
    if step.app not in REGISTRY:
        yield refusal(step.app)
    elif kind in ("voice", "service") and kind not in REGISTRY[step.app].kinds:
        yield f"{step.app} does nothing in a {kind} flow"
    if step.limit is not None and _nowhere(step.limit.failover, program):
        yield f"the failover {step.limit.failover!r} is no tag of this schema; the flow would end there"
    if step.app == "goto" and isinstance(step.args, str) and _nowhere(step.args, program):
        yield f"there is no tag {step.args!r} in this schema"
    if isinstance(step.branch, If):
        yield from _expression(step.branch.expression, "expression")
    if isinstance(step.branch, While):
        yield from _expression(step.branch.condition, "condition")
    if isinstance(step.branch, Switch) and {"default", "_"} <= step.branch.cases.keys():
        yield "the case `_` is never reached: there is a `default`"


def _nowhere(tag: str, program: Program) -> bool:
    return "${" not in tag and tag not in program.tags


def _expression(expression: Expression | None, name: str) -> Iterator[str]:
    if expression is None:
        yield f"{name} must be a text that is not empty"
        return
    words = deleted_words(expression.source)
    if words:
        yield f"the {name} loses the words {', '.join(dict.fromkeys(words))}, even inside quotes"
    if expression.native is None:
        error = syntax_error(expression.code)
        if error:
            yield f"the {name} does not compile: {error}"
