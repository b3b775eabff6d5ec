"""Functions, triggers and other schemas, run as forks (flow-engine §1.5, §1.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.domain.errors import Bug
from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.program import Program


@dataclass(frozen=True, slots=True)
class Execute:
    name: str = arg("", required=True, unless=("fn",), help="Name of the function.")
    fn: str = arg("", help="Another spelling of `name`.")
    aside: bool = arg(False, wire="async", help="Do not wait for it.")


@application("execute", args=Execute, group="control", help="Runs a function that `function` declares.")
async def execute(run: Run, args: Execute) -> None:
    name = args.name or args.fn
    program = run.shared.functions.get(name)
    if program is None:
        raise AppFailed(f"no function {name!r}")
    await _fork(run, program, aside=args.aside)


@dataclass(frozen=True, slots=True)
class Function:
    name: str = arg("", required=True, help="What `execute` calls it by.")
    actions: list[Any] = arg(list, required=True, port="Body", help="Applications to run.")


@application("function", args=Function, group="control", help="Declares a function, wherever it stands.")
async def function(run: Run, args: Function) -> None:
    raise Bug("the parser takes functions out of a flow")


@dataclass(frozen=True, slots=True)
class Trigger:
    disconnected: list[Any] = arg(list, port="Disconnected", help="Runs after the call, for 60 seconds at most.")
    commands: dict[str, Any] = arg(dict, help="For chats; does nothing here.")


@application(
    "trigger",
    args=Trigger,
    group="control",
    aliases=("triggers",),
    help="Declares what runs at an event, wherever it stands. What it exports goes to the call's history.",
)
async def trigger(run: Run, args: Trigger) -> None:
    raise Bug("the parser takes triggers out of a flow")


@dataclass(frozen=True, slots=True)
class Schema:
    id: int = arg(0, required=True, lookup="schema", help="Id of the schema.")
    aside: bool = arg(False, wire="async", help="Do not wait for it.")


@application("schema", args=Schema, group="control", help="Runs another schema on the same call or request.")
async def schema(run: Run, args: Schema) -> None:
    program = await run.env.schemas.load(args.id)
    if program is None:
        raise AppFailed(f"no schema {args.id}")
    await _fork(run, program, args.id, aside=args.aside)


async def _fork(run: Run, program: Program, schema_id: int = 0, *, aside: bool) -> None:
    if aside:
        run.fork_aside(program, schema_id)
    else:
        await run.fork(program, schema_id)
