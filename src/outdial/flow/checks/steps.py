"""Mistakes that one step shows by itself."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property

from outdial.flow.checks.arguments import wrong_arguments
from outdial.flow.checks.walk import Part, broken_branches
from outdial.flow.declare import Application
from outdial.flow.expression import MAX_SOURCE, Expression, deleted_words
from outdial.flow.names import refusal
from outdial.flow.program import If, Problem, Step, Switch, While
from outdial.flow.script import Compiler


class StepChecks:
    """For one schema of a type on the wire."""

    def __init__(self, kind: str, found: list[Part]) -> None:
        self._kind = kind
        self._parts = found
        self._functions = {part.name for part in found if part.role == "function"}

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler()

    def problems(self) -> Iterator[Problem]:
        for error in broken_branches(self._parts[0].program):
            yield Problem(error.path, "warning", f"{error.message}; nothing of this list runs")
        for part in self._parts:
            yield from self._duplicate_tags(part)
            for step in part.steps():
                for message in self._step(step, part):
                    yield Problem(step.path, "warning", message)
        yield from self._idle_functions()

    def _step(self, step: Step, part: Part) -> Iterator[str]:
        application = step.application
        if application is None:
            yield refusal(step.app)
        elif not application.shown_to(self._kind):
            yield _out_of_place(application)
        elif part.role == "disconnected" and application.kinds == {"voice"}:
            yield f"{application.name} needs a call, and trigger.disconnected runs after it; the step is skipped"
        tags = part.program.tags
        if step.limit is not None and _nowhere(step.limit.failover, tags):
            yield f"the failover {step.limit.failover!r} is no tag of this schema; the flow would end there"
        if step.app == "goto" and isinstance(step.args, str) and step.args and _nowhere(step.args, tags):
            yield f"there is no tag {step.args!r} {_here(part)}; the flow would go on with the next step"
        if step.app == "execute":
            yield from self._execute(step)
        yield from self._branch(step)
        yield from wrong_arguments(step)

    def _execute(self, step: Step) -> Iterator[str]:
        given = step.args if isinstance(step.args, dict) else {}
        name = given.get("name") or given.get("fn")
        if isinstance(name, str) and "${" not in name and name not in self._functions:
            yield f"there is no function {name!r} in this schema"

    def _branch(self, step: Step) -> Iterator[str]:
        match step.branch:
            case If(expression=expression):
                yield from self._expression(expression, "expression")
            case While(condition=condition):
                yield from self._expression(condition, "condition")
            case Switch(variable=variable, cases=cases):
                if "default" in cases and "_" in cases:
                    yield "the case `_` is never reached: there is a `default`"
                if "${" not in variable:
                    yield f"it compares the fixed text {variable!r}, so the same case runs every time; write ${{name}}"

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

    def _duplicate_tags(self, part: Part) -> Iterator[Problem]:
        seen: dict[str, str] = {}
        for step in part.steps():
            if step.tag and step.tag in seen:
                message = f"the tag {step.tag!r} stands at {seen[step.tag]}, too; jumps go to the last of them"
                yield Problem(step.path, "warning", message)
            seen.setdefault(step.tag, step.path)

    def _idle_functions(self) -> Iterator[Problem]:
        """Functions that nothing executes, in a schema that runs no other which might."""
        apps = [step for part in self._parts for step in part.steps()]
        if any(step.app == "schema" or (step.app == "execute" and "${" in str(step.args)) for step in apps):
            return
        called = {str(step.args.get("name") or step.args.get("fn")) for step in apps if _calls(step)}
        for part in self._parts:
            if part.role == "function" and part.name not in called:
                yield Problem(_declared_at(part), "warning", f"the function {part.name!r} is never executed")


def _declared_at(function: Part) -> str:
    """The path of the step that declares a function; "" for one without steps."""
    first = next(function.steps(), None)
    return first.path.rpartition(".function.actions")[0] if first else ""


def _calls(step: Step) -> bool:
    return step.app == "execute" and isinstance(step.args, dict)


def _out_of_place(application: Application) -> str:
    if application.kinds == {"voice"}:
        return f"{application.name} does nothing in a service flow: there is no call before and after a call"
    return f"{application.name} does nothing in a voice flow: it answers in pre-flows and after-flows only"


def _here(part: Part) -> str:
    return "in this schema" if part.role == "root" else f"inside this {part.role}, which has tags of its own"


def _nowhere(tag: str, tags: Container[str]) -> bool:
    return "${" not in tag and tag not in tags
