"""Instead of the world: an application that reaches out says what it would do, and gets the script's answer."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from outdial.flow.dry.scenario import Reply
from outdial.flow.dry.timeline import Timeline
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.parse import parse
from outdial.flow.ports.net import HttpRequest, HttpResponse, Nowhere
from outdial.flow.program import Step

DEEDS = {
    "httpRequest": "send {method} {url}",
    "sendEmail": "send a mail to {to}",
    "listAdd": "add {destination} to a list",
    "callbackQueue": "add a member to a queue",
    "mq": "publish to {topic}",
    "sql": "ask a database",
    "list": "look {destination} up in a list",
    "patchMembers": "change members",
    "memberInfo": "look for a member",
    "cache": "{action} in the cache",
    "global": "set global variables",
    "bridge": "connect the call to another leg",
    "sipRedirect": "hand the call on",
}


class StandIn:
    """``Env.stand_in``: keeps the script's replies, each step's own count of them, and what would have been done."""

    def __init__(self, replies: Mapping[str, tuple[Reply, ...]], timeline: Timeline) -> None:
        self.net = _ScriptedNet()
        self._replies = replies
        self._timeline = timeline
        self._times: dict[str, int] = {}

    async def __call__(self, run: Run, step: Step, args: Any) -> str:
        would = f"would {_deed(step.app, run, args)}"
        self._timeline.tell("would", app=step.app, text=would)
        reply = self._next(step)
        if reply is None:
            return would
        if reply.fails:
            raise AppFailed(f"{would}; the script: {reply.fails}")
        if reply.body is not None and step.application is not None:
            self.net.answer = reply
            said = await step.application.run(run, args)
            would = f"{would}; the script answers {said}"
        for name, value in reply.set.items():
            run.connection.set(name, value)
        if reply.runs:
            await run.fork(_inside(step, reply.runs))
        return would

    def _next(self, step: Step) -> Reply | None:
        """The reply by path, by tag, or by application; after the last one, that one again."""
        key = next((key for key in (step.path, step.tag, step.app) if key and key in self._replies), None)
        if key is None:
            return None
        count = self._times.get(key, 0)
        self._times[key] = count + 1
        answers = self._replies[key]
        return answers[min(count, len(answers) - 1)]


class _ScriptedNet(Nowhere):
    def __init__(self) -> None:
        self.answer = Reply()

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        body = self.answer.body
        kind = "text/plain" if isinstance(body, str) else "application/json"
        headers = {"content-type": kind} | {name.lower(): value for name, value in self.answer.headers.items()}
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        return HttpResponse(self.answer.status, tuple(headers.items()), text.encode(), request.url)


def _deed(app: str, run: Run, args: Any) -> str:
    fields: dict[str, Any] = {}
    if dataclasses.is_dataclass(args):
        fields = {field.name: _word(getattr(args, field.name), run) for field in dataclasses.fields(args)}
    return DEEDS.get(app, f"run {app}").format_map(_Missing(fields))


def _word(value: Any, run: Run) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return run.scope.expand(value) if isinstance(value, str) else str(value)


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def _inside(step: Step, name: str) -> Any:
    """The list of applications in a step's arguments, as a program."""
    given = {key.lower(): value for key, value in step.args.items()} if isinstance(step.args, Mapping) else {}
    actions = given.get(name.lower())
    if not isinstance(actions, list):
        raise AppFailed(f"the script runs {name!r}, and this step has no such list of applications")
    return parse(actions, f"{step.path}.{step.app}.{name}")
