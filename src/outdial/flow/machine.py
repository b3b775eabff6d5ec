"""The run loop: one step after the other until the program, the call or the time is over (flow-engine §1.4).

Errors never end a flow: an application that fails is noted in the trace and the next one runs.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

from outdial.domain.errors import OutdialError
from outdial.flow.connection import VoiceConnection
from outdial.flow.cursor import Cursor
from outdial.flow.decode import decode
from outdial.flow.errors import AppFailed
from outdial.flow.expression import Evaluator, Expression
from outdial.flow.names import refusal
from outdial.flow.ports import Caller, Env
from outdial.flow.program import Branch, If, Program, Step, Switch
from outdial.flow.text import Scope

PACE_STEPS = 200
PACE_S = 0.01
"""So many steps without any waiting, then a pause: an endless loop cannot hold the event loop."""

MAX_FORKS_DEEP = 20
MAX_FORKS_ASIDE = 100
"""At a time."""

ResultKind = Literal["success", "abandoned", "retry", "confirm", "cancel"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a result application said; the fields are those of its argument class."""

    kind: ResultKind
    args: Any
    exports: dict[str, str]


@dataclass(slots=True)
class Shared:
    """What a run and its forks have in common."""

    env: Env
    functions: dict[str, Program] = field(default_factory=dict)
    triggers: dict[str, Program] = field(default_factory=dict)
    background: set[asyncio.Task[None]] = field(default_factory=set)
    answer: Answer | None = None
    hung_up: bool = False
    """The flow itself ended the call."""
    steps: int = 0
    """Since the last pause."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """A flow and its forks do one thing at a time that is done in the sandbox: others get their turn."""


class Run:
    """One run of one program: the root flow, or a fork of it with tags, limits and counters of its own."""

    def __init__(self, program: Program, shared: Shared, zone: str, depth: int = 0, schema_id: int = 0) -> None:
        self.shared = shared
        self.schema_id = schema_id
        """Of another schema that runs inside the flow's own; for the trace."""
        self._depth = depth
        self.env = shared.env
        self.connection = shared.env.connection
        self.zone = zone
        self.cursor = Cursor(program)
        self.counters: dict[int, int] = {}
        """Evaluations of each ``while``, by the step's index."""
        self.cancelled = False
        self._step: Step | None = None
        """The one that runs."""
        self.scope = Scope(self.connection, shared.env.globals, shared.env.clock)
        self._evaluator: Evaluator | None = None
        self._arrivals: dict[int, int] = {}
        shared.functions.update(program.functions)
        shared.triggers.update(program.triggers)

    @property
    def over(self) -> bool:
        return self.cancelled or self.connection.closed

    async def go(self) -> None:
        """Runs to the end, or until cancelled or closed."""
        while not self.over:
            step = self.cursor.next()
            if step is None:
                return
            await self._pace()
            if step.limit is None or self._within_limit(step):
                await self._perform(step)

    async def fork(self, program: Program, schema_id: int = 0) -> None:
        """Runs another program on the same connection; when it was cancelled, so is this one.

        ``schema_id`` tells of which schema it is where that is another one. Raises AppFailed when forks lie too deep
        inside each other, as does ``fork_aside``.
        """
        run = self._forked(program, schema_id)
        await run.go()
        self.cancelled = self.cancelled or run.cancelled

    async def fork_of(self, argument: str) -> None:
        """Runs the applications that stand in an argument of the step, as ``fork`` does; none is nothing to do."""
        program = self._step.forks.get(argument) if self._step is not None else None
        if program is not None:
            await self.fork(program)

    def fork_aside(self, program: Program, schema_id: int = 0) -> None:
        """Runs another program beside this one; nobody waits for it but the end of the whole flow."""
        background = self.shared.background
        if len(background) >= MAX_FORKS_ASIDE:
            raise AppFailed(f"{MAX_FORKS_ASIDE} functions run beside this flow already")
        task = asyncio.ensure_future(self._forked(program, schema_id).go())
        background.add(task)
        task.add_done_callback(background.discard)

    def _forked(self, program: Program, schema_id: int) -> Run:
        if self._depth >= MAX_FORKS_DEEP:
            raise AppFailed(f"more than {MAX_FORKS_DEEP} functions or schemas inside each other")
        return Run(program, self.shared, self.zone, self._depth + 1, schema_id or self.schema_id)

    def truth(self, expression: Expression | None) -> bool:
        """Raises ExpressionError, or AppFailed when there is no expression."""
        if expression is None:
            raise AppFailed("no expression")
        if self._evaluator is None:
            self._evaluator = Evaluator(self.connection, self.scope, self.env.clock)
        return self._evaluator.truth(expression, self.zone)

    def answer(self, kind: ResultKind, args: Any, export: list[str]) -> None:
        """Gives the flow's answer: the first one counts, and nothing runs after it."""
        if self.shared.answer is None:
            values = {name: self.connection.get(name) or "" for name in export}
            self.shared.answer = Answer(kind, args, values)
        self.cancelled = True
        self.connection.stop()

    def caller(self) -> Caller:
        """Raises AppFailed where nobody is on the line."""
        if self.env.caller is None or self.connection.closed:
            raise AppFailed("not allowed without a call")
        return self.env.caller

    def voice(self) -> VoiceConnection:
        """Raises AppFailed where there is no call and never was one."""
        if not isinstance(self.connection, VoiceConnection):
            raise AppFailed("not allowed without a call")
        return self.connection

    async def _pace(self) -> None:
        self.shared.steps += 1
        if self.shared.steps >= PACE_STEPS:
            self.shared.steps = 0
            await asyncio.sleep(PACE_S)

    def _within_limit(self, step: Step) -> bool:
        """Counts the arrival; one too many goes to the failover, and ends the flow when there is none."""
        limit = step.limit
        arrivals = self._arrivals.get(step.index, 0)
        if limit is None or arrivals < limit.max:
            self._arrivals[step.index] = arrivals + 1
            return True
        jumped = self.cursor.jump(limit.failover)
        self.cancelled = self.cancelled or not jumped
        result = f"limit reached, {'to' if jumped else 'no'} {limit.failover}"
        self._note(step, self.env.clock(), result, None, {})
        return False

    async def _perform(self, step: Step) -> None:
        started = self.env.clock()
        self._step = step
        changes: dict[str, str] = {}
        self.connection.changes = changes
        args: Any = step.args
        self.env.trace.begin(step.path, step.app)
        try:
            args = self._arguments(step)
            result = await self._apply(step, args) or "ok"
        except OutdialError as error:
            result = f"failed: {error.detail}"
        except asyncio.CancelledError:
            self._note(step, started, "interrupted", args, changes)
            raise
        self._note(step, started, result, args, changes)
        if step.breaks:
            self.cancelled = True

    def _arguments(self, step: Step) -> Any:
        app = step.application
        if app is None or self.connection.kind not in app.kinds or step.branch is not None:
            return step.args
        return decode(app.args, step.args, self.scope.expand)

    async def _apply(self, step: Step, args: Any) -> str | None:
        app = step.application
        if app is None:
            return refusal(step.app)
        if self.connection.kind not in app.kinds:
            return f"{step.app} is not for {self.connection.kind} flows"
        if step.branch is not None:
            return await app.run(self, step)
        if app.outside and self.env.stand_in is not None:
            return await self.env.stand_in(self, step, args)
        return await app.run(self, args)

    def _note(self, step: Step, started: int, result: str, args: object, changes: dict[str, str]) -> None:
        shown = args if step.branch is None else _question(step.branch)
        self.env.trace.add(
            {
                "schema_id": str(self.schema_id) if self.schema_id else "",
                "path": step.path,
                "app": step.app,
                "tag": step.tag,
                "name": step.trace_name,
                "at": started,
                "ms": self.env.clock() - started,
                "result": result,
                "args": shown,
                "set": changes,
            },
            step.application.args if step.application is not None else None,
        )


def _question(branch: Branch) -> str:
    """What a composite decides by."""
    if isinstance(branch, Switch):
        return branch.variable
    expression = branch.expression if isinstance(branch, If) else branch.condition
    return expression.source if expression is not None else ""
