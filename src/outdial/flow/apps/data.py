"""Variables and scripts (flow-engine §2.5, §3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from outdial.domain.calendar import local
from outdial.flow import native
from outdial.flow.declare import application, arg
from outdial.flow.machine import Run
from outdial.flow.script import Script
from outdial.flow.text import substitute
from outdial.flow.values import as_text


@dataclass(frozen=True, slots=True)
class Set:
    values: dict[str, Any] = arg(
        whole=True,
        required=True,
        sets=True,
        example={"status": "Busy"},
        help="Names and values, or a list of such objects.",
    )


@application("set", args=Set, group="data", help="Sets variables; all values are expanded before any is set.")
async def set_(run: Run, args: Set) -> None:
    for name, value in args.values.items():
        run.connection.set(name, as_text(value))


@dataclass(frozen=True, slots=True)
class Names:
    names: list[str] = arg(whole=True, required=True, help="Names of variables.")


@application("unSet", args=Names, group="data", help="Removes variables.")
async def unset(run: Run, args: Names) -> None:
    for name in args.names:
        run.connection.unset(name)


@application("export", args=Names, group="data", help="Hands variables on: to history, the after-flow, the member.")
async def export(run: Run, args: Names) -> None:
    for name in args.names:
        run.connection.export(name)


@dataclass(frozen=True, slots=True)
class Js:
    data: str = arg("", required=True, raw=True, help="Body of a function; `return` gives the result.")
    set_var: str = arg("", wire="setVar", required=True, sets=True, help="Variable for the result.")


_CALL = re.compile(r'_get(Channel|Global)Var\("((?:[^"\\\n\r]|\\[^\n\r])*)"\)')


@application("js", args=Js, group="script", help="Runs JavaScript for at most a second.")
async def js(run: Run, args: Js) -> None:
    code = substitute(args.data, "$${", '_getGlobalVar("{}")'.format)
    code = substitute(code, "${", '_getChannelVar("{}")'.format)
    async with run.shared.turn:
        result = await run.env.scripts(_script(run, code))
    if args.set_var:
        run.connection.set(args.set_var, result)


def _script(run: Run, code: str) -> Script:
    answers: dict[str, dict[str, str]] = {"getVariable": {}, "getGlobalVariable": {}}
    for scope, literal in _CALL.findall(code):
        name = native.unescape(literal)
        if scope == "Channel":
            answers["getVariable"][name] = run.scope.value(name)
        else:
            answers["getGlobalVariable"][name] = run.scope.global_value(name)
    at = local(run.env.clock(), run.zone)
    date = (at.year, at.month - 1, at.day, at.hour, at.minute, at.second, at.microsecond // 1000)
    return Script(code, answers, dict(run.connection.variables), date)
