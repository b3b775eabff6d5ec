"""Pre-flows and after-flows: asked once, answered once, within 30 seconds (flow-engine §5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from outdial.domain.attempt import Verdict
from outdial.flow.apps.results import Abandoned, Cancel, Confirm
from outdial.flow.connection import ServiceConnection
from outdial.flow.machine import Answer, Shared
from outdial.flow.ports import NOTHING, Clock, Env, Schemas, StandIn
from outdial.flow.ports.net import NOWHERE, Net
from outdial.flow.ports.records import NO_RECORDS, Records
from outdial.flow.program import Program
from outdial.flow.run import run_for
from outdial.flow.script import Script, in_thread
from outdial.flow.trace import Trace

LIMIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Ask:
    """What a pre-flow or after-flow is given beside its program."""

    variables: Mapping[str, str]
    """Queue, attempt and call variables, merged in this order (§5.1)."""
    clock: Clock
    zone: str = "UTC"
    """The domain's."""
    globals: Mapping[str, str] = field(default_factory=dict)
    schemas: Schemas = NOTHING
    records: Records = NO_RECORDS
    scripts: Callable[[Script], Awaitable[str]] = in_thread
    net: Net = NOWHERE
    trace: Trace = field(default_factory=Trace)
    stand_in: StandIn | None = None
    connection: ServiceConnection | None = None
    """One made of the variables, for those who look into it afterwards."""
    limit_s: float = LIMIT_S


@dataclass(frozen=True, slots=True)
class AfterOutcome:
    """What the after-flow decided. Without a verdict the queue's own rule holds."""

    how: Literal["verdict", "none", "timeout"]
    verdict: Verdict | None
    exports: dict[str, str]
    """For the member's variables and the call's history alike; the verdict carries the same."""
    trace: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class PreOutcome:
    """What the pre-flow decided; confirm and none mean: call."""

    how: Literal["confirm", "cancel", "none", "failed"]
    """failed: no end within the time; nobody is called."""
    exports: dict[str, str]
    """confirm: added to this attempt's variables, not stored."""
    trace: tuple[dict[str, Any], ...]
    destination: str = ""
    """confirm: the number to dial instead; empty keeps it."""
    display: str = ""
    """confirm: the caller id to show instead; empty keeps it."""
    description: str = ""
    wait_between_retries_s: int = 0
    stop: bool = False
    """cancel: the member is not called again."""


async def run_after(program: Program, ask: Ask) -> AfterOutcome:
    shared, connection = _prepared(ask)
    in_time = await run_for(ask.limit_s, program, shared)
    answer = shared.answer
    trace = shared.env.trace.rows()
    if answer is None or answer.kind in ("confirm", "cancel"):  # the wrong kind of answer is none
        return AfterOutcome("none" if in_time else "timeout", None, connection.exports, trace)
    exports = connection.exports | answer.exports
    return AfterOutcome("verdict", _verdict(answer, exports), exports, trace)


async def run_before(program: Program, ask: Ask) -> PreOutcome:
    shared, _ = _prepared(ask)
    in_time = await run_for(ask.limit_s, program, shared)
    answer = shared.answer
    trace = shared.env.trace.rows()
    if not in_time:
        return PreOutcome("failed", {}, trace)
    if answer is not None and isinstance(answer.args, Confirm):
        confirmed = answer.args
        return PreOutcome("confirm", answer.exports, trace, confirmed.destination, confirmed.display)
    if answer is not None and isinstance(answer.args, Cancel):
        no = answer.args
        wait = max(0, no.wait_between_retries)
        return PreOutcome(
            "cancel", answer.exports, trace, description=no.description, wait_between_retries_s=wait, stop=no.stop
        )
    return PreOutcome("none", {}, trace)


def _prepared(ask: Ask) -> tuple[Shared, ServiceConnection]:
    connection = ask.connection or ServiceConnection(ask.variables)
    env = Env(
        connection=connection,
        clock=ask.clock,
        zone=ask.zone,
        globals=ask.globals,
        schemas=ask.schemas,
        records=ask.records,
        scripts=ask.scripts,
        net=ask.net,
        trace=ask.trace,
        stand_in=ask.stand_in,
    )
    return Shared(env), connection


def _verdict(answer: Answer, exports: dict[str, str]) -> Verdict:
    """``retry`` is honoured by predictive queues only: here it is ``abandoned`` by the queue's own rule."""
    said = answer.args
    if not isinstance(said, Abandoned):
        return Verdict(success=answer.kind == "success", exports=exports)
    return Verdict(
        success=said.status == "success",
        wait_between_retries_s=max(0, said.wait_between_retries),
        max_attempts=max(0, said.max_attempts),
        exclude_current=said.exclude_current,
        redial=said.redial,
        agent_id=said.agent_id or None,
        description=said.description,
        exports=exports,
    )
