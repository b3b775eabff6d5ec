"""Branches, loops, jumps, and lines for the trace (flow-engine §1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.program import If, Step, Switch, While


@dataclass(frozen=True, slots=True)
class IfArgs:
    expression: str = arg(required=True, help="JavaScript; its truth decides.")
    then: list[Any] = arg(list, port="Then", help="Applications to run when it is true.")
    otherwise: list[Any] = arg(list, wire="else", port="Else", help="Applications to run when it is not.")


@application("if", args=IfArgs, group="control", help="Runs one of two branches; on a wrong expression neither.")
async def if_(run: Run, step: Step) -> str:
    branch = step.branch
    assert isinstance(branch, If)
    true = run.truth(branch.expression)
    run.cursor.enter(branch.then if true else branch.otherwise)
    return "true" if true else "false"


@dataclass(frozen=True, slots=True)
class SwitchArgs:
    variable: str = arg(required=True, help="Text to compare, usually ${name}.")
    case: dict[str, Any] = arg(
        dict, required=True, port="Case", help="Applications per value; `default` for all others."
    )


@application("switch", args=SwitchArgs, group="control", help="Runs the branch whose key equals the text exactly.")
async def switch(run: Run, step: Step) -> str:
    branch = step.branch
    assert isinstance(branch, Switch)
    text = run.scope.expand_variables(branch.variable)
    for key in (text, "default", "_"):
        if key in branch.cases:
            run.cursor.enter(branch.cases[key])
            return key
    return "no case"


@dataclass(frozen=True, slots=True)
class WhileArgs:
    condition: str = arg(required=True, help="JavaScript; tested before each pass but the first.")
    do: list[Any] = arg(list, port="Do", help="Applications of one pass.")
    max_steps: int = arg(1000, wire="maxSteps", help="Evaluations of this loop in the whole flow.")


@application("while", args=WhileArgs, group="control", help="Repeats; the first pass runs without a test.")
async def while_(run: Run, step: Step) -> str:
    branch = step.branch
    assert isinstance(branch, While)
    count = run.counters.get(step.index, 0)
    if count >= branch.max_steps:
        return f"left after {count} steps"
    run.counters[step.index] = count + 1
    if branch.again and not run.truth(branch.condition):
        return "false"
    run.cursor.enter(branch.do)
    return "true"


@dataclass(frozen=True, slots=True)
class Goto:
    tag: str = arg(whole=True, required=True, help="Tag of the application to continue with.")


@application("goto", args=Goto, group="control", ends=True, help="Continues at a tag; an unknown tag changes nothing.")
async def goto(run: Run, args: Goto) -> None:
    if not run.cursor.jump(args.tag):
        raise AppFailed(f"no jump to {args.tag!r}: no such tag, or too many jumps")


@dataclass(frozen=True, slots=True)
class Nothing:
    ignored: Any = arg(None, whole=True, help="Not used.")


@application("break", args=Nothing, group="control", ends=True, help="Ends the flow. The call stays up.")
async def break_(run: Run, args: Nothing) -> None:
    run.cancelled = True


@application("start", args=Nothing, group="control", help="Marks where a diagram starts; does nothing.")
async def start(run: Run, args: Nothing) -> None:
    return


@dataclass(frozen=True, slots=True)
class Log:
    text: str = arg(whole=True, help="What to write.")


@application("log", args=Log, group="control", help="Writes a line into the trace.")
async def log(run: Run, args: Log) -> str:
    return args.text


@application("dump", args=Nothing, group="control", help="Writes all variables into the trace.")
async def dump(run: Run, args: Nothing) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(run.connection.variables.items()))
