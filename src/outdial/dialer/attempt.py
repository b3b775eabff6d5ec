"""One attempt, from its reservation to its record (DESIGN, "An attempt, from claim to history")."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import structlog

from outdial.dialer.brake import Brake
from outdial.dialer.caller import Caller
from outdial.dialer.ending import Hurry, Told, finish_call, finish_uncalled, over, persist, provisional_result
from outdial.dialer.flows import Flows, Steps, VoiceEnd
from outdial.dialer.hooks import fire
from outdial.dialer.onward import House, Operator
from outdial.dialer.order import No, confirmed, last_check, order_of
from outdial.dialer.recordings import Recordings, Reel
from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.errors import Bug, CallRefused, StoreUnavailable
from outdial.domain.happening import Moved, Stage, Tell, nobody
from outdial.domain.plan import Plan
from outdial.domain.queue import Queue
from outdial.domain.resource import Resource
from outdial.flow import known
from outdial.flow.connection import VoiceConnection
from outdial.store.base import Store
from outdial.store.steps import Bridged, Ended, Finish, Offering, Redialog
from outdial.switch.port import Answered, Call, Challenged, Digit, HangupBy, HungUp, Now, Order, Ringing, Switch

log = structlog.get_logger(__name__)

STEP_PATIENCE_S = 5.0
"""The answer is not acknowledged, and keys are not heard, before it is on disk; but no longer than this."""
REFUSED_WAIT_S = 5
"""A call that the switch could not start is tried again after this time, uncounted."""
PREFLOW_FAILED_WAIT_S = 60
STOPPING = No("stopping", "The service was stopped before the call left.")
HUNG_UP = No("hung_up", "Hung up before the call left.", wait_s=60)
GONE = No("", "")


@dataclass(frozen=True, slots=True)
class Tools:
    """What an attempt works with."""

    store: Store
    switch: Switch
    flows: Flows
    recordings: Recordings
    now: Now
    hurry: Hurry
    media_timeout_s: int
    idle_after_flow_s: int
    tell: Tell = nobody
    """Hears of every stage of every attempt, after it is on disk."""


class Planner(Protocol):
    """Who knows the configuration in force."""

    house: House

    @property
    def plan(self) -> Plan: ...

    async def reload(self) -> Plan: ...

    def next_moment(self, resource: Resource) -> int:
        """Takes the resource's next free moment for an INVITE, however far; epoch ms."""
        ...

    def aside(self, work: Coroutine[Any, Any, None]) -> object:
        """Runs it beside the attempt."""
        ...


async def told_after(tools: Tools, queue: Queue, attempt: Attempt, facts: CallFacts, told: Told) -> Told:
    """Asks the after-flow what the call was; ``told.call_variables`` is the call's payload at hang-up."""
    if queue.after_schema_id is None:
        return told
    result = provisional_result(facts, queue.rules)
    given = known.of_attempt(queue, attempt, tools.now()) | known.of_end(facts, result, told.call_variables)
    given["member_channel_id"] = attempt.call_id
    outcome = await tools.flows.after(queue.domain_id, queue.after_schema_id, given)
    return replace(
        told,
        verdict=outcome.verdict,
        call_variables=told.call_variables | outcome.exports,
        schema_ids=(*told.schema_ids, queue.after_schema_id),
        trace=told.trace + outcome.trace,
    )


class Line:
    """The life of one attempt. ``run`` returns when it is on record."""

    def __init__(self, attempt: Attempt, queue: Queue, tools: Tools, planner: Planner) -> None:
        self.attempt = attempt
        self._tools = tools
        self._planner = planner
        self._queue = queue
        self._order: Order | None = None
        self._resource: Resource | None = None
        self._call: Call | None = None
        self._caller: Caller | None = None
        self._connection = VoiceConnection({})
        self._facts: CallFacts | None = None
        self._voice: asyncio.Task[VoiceEnd] | None = None
        self._brake = Brake()
        self._recording: Path | None = None
        self._steps_before: Steps = ()
        """Of the pre-flow."""
        self._reel: Reel | None = None

    async def run(self) -> None:
        self._tell("waiting")
        finish = await self._live()
        if finish:
            await self.put_on_record(finish)
        if self._caller:
            await self._caller.onward.over()

    async def put_on_record(self, finish: Finish) -> None:
        if await persist(self._tools.store, finish):
            self._moved(over(finish, self.attempt, self._tools.now(), self._queue.name, self._resource_name))

    def _tell(self, stage: Stage) -> None:
        self._moved(Moved(self._tools.now(), stage, self.attempt, self._queue.name, self._resource_name, self._facts))

    def _moved(self, moved: Moved) -> None:
        self._tools.tell(moved)
        fire(self._tools.flows, self._planner.aside, self._queue, moved)

    @property
    def _resource_name(self) -> str:
        resource = self._resource or self._planner.plan.resources.get(self.attempt.resource_id)
        return resource.name if resource else ""

    def give_up(self) -> Finish:
        """The record of an attempt that a fault of ours broke off."""
        now = self._tools.now()
        self.end("NORMAL_TEMPORARY_FAILURE", "service")
        self._connection.close()
        if self._facts is None:
            no = No("system_error", "A fault of the service; see its log.", "failed", PREFLOW_FAILED_WAIT_S)
            return finish_uncalled(self._queue, self.attempt, no, now, self._steps_before)
        facts = self._facts
        if not facts.hangup_at:
            facts = replace(facts, hangup_at=now, cause="NORMAL_TEMPORARY_FAILURE", sip_code=503, hangup_by="service")
        return finish_call(self._queue, self.attempt, facts, Told(), self._tools.hurry)

    def do_not_ring(self) -> None:
        """The service is stopping: an attempt that has not rung yet must not."""
        self._brake.pull(STOPPING)

    def end(self, cause: str, by: HangupBy) -> None:
        self._brake.pull(HUNG_UP)
        if self._call:
            self._call.hang_up(cause, by)

    # ── before the INVITE ────────────────────────────────────────────────────────────────────────

    async def _live(self) -> Finish | None:
        try:
            no = await self._before() or await self._offer()
        except StoreUnavailable as error:
            no = self._drop(No("store_unavailable", error.detail, wait_s=REFUSED_WAIT_S))
        if no is not None:
            return self._uncalled(no) if no.reason else None
        assert self._call is not None
        return await self._attend(self._call)

    def _uncalled(self, no: No) -> Finish:
        return finish_uncalled(self._queue, self.attempt, no, self._tools.now(), self._steps_before)

    async def _before(self) -> No | None:
        """The pre-flow; no verdict means call, a failure means do not (DESIGN, attempt table)."""
        queue = self._queue
        if queue.do_schema_id is None:
            return None
        given = known.of_attempt(queue, self.attempt, self._tools.now())
        outcome = await self._brake.unless_pulled(self._tools.flows.before(queue.domain_id, queue.do_schema_id, given))
        if outcome is None:
            return self._brake.no
        self._steps_before = outcome.trace
        if outcome.how == "failed":
            return No(
                "preflow_failed", "The pre-executive schema gave no answer in time.", wait_s=PREFLOW_FAILED_WAIT_S
            )
        if outcome.how == "cancel":
            return No("preflow_cancel", outcome.description, "cancel", outcome.wait_between_retries_s, outcome.stop)
        if outcome.how == "confirm":
            self.attempt = confirmed(self.attempt, outcome)
        return None

    async def _await_moment(self) -> None:
        """Until the moment that calls per second leave for it, or the service stops.

        A pre-flow may have overslept its moment; without a new one, late calls would leave all at once.
        """
        at, resource = self.attempt.ring_at, self._planner.plan.resources.get(self.attempt.resource_id)
        if self._queue.do_schema_id is not None and resource and self._tools.now() > at:
            at = self._planner.next_moment(resource)
        await self._brake.wait((at - self._tools.now()) / 1000)

    async def _offer(self) -> No | None:
        """At its moment: checks once more, writes ``offering``, sends the INVITE. None: it rings."""
        await self._await_moment()
        while True:
            plan = self._planner.plan
            no = self._refusal(plan) or self._prepare(plan)
            if no:
                return self._drop(no)
            go = await self._tools.store.step(self._offering(plan))
            if go == "go":
                return self._ring(plan)
            if go == "gone":
                return self._drop(GONE)
            if go == "stopped":
                return self._drop(No("member_stopped", "The member was stopped before the call left."))
            if go == "barred":
                return self._drop(No("barred", "The number is on the queue's stop list.", "barred"))
            await self._planner.reload()

    def _ring(self, plan: Plan) -> No | None:
        """The commit may have taken its time: the clock is asked again, and whether to stop."""
        assert self._call is not None
        no = self._refusal(plan)
        if no:
            return self._drop(no)
        self._call.ring()
        return None

    def _refusal(self, plan: Plan) -> No | None:
        return self._brake.no or last_check(plan, self.attempt, self._tools.now())

    def _prepare(self, plan: Plan) -> No | None:
        """Leases the call; when the configuration changes after that, it must come to the same call."""
        resource = plan.resources[self.attempt.resource_id]
        if self._recording is None and self._queue.rules.recordings:
            self._recording = self._tools.recordings.path(self.attempt)
        order = order_of(self.attempt, plan, resource, self._recording, self._tools.media_timeout_s)
        if self._call is not None:
            return None if order == self._order else No("replanned", "The trunk was changed before the call left.")
        self._order, self._resource = order, resource
        try:
            self._call = self._tools.switch.prepare(order)
        except CallRefused as error:
            return No("refused", f"{error.cause}: {error.detail}", "failed", REFUSED_WAIT_S)
        return None

    def _offering(self, plan: Plan) -> Offering:
        assert self._call is not None
        return Offering(
            attempt_id=self.attempt.id,
            at=self._tools.now(),
            revision=plan.revision,
            dnc_list_id=plan.queues[self.attempt.queue_id].dnc_list_id,
            destination=self.attempt.communication.destination,
            display=self.attempt.display,
            dialog=self._call.dialog,
        )

    def _drop(self, no: No) -> No:
        """Gives the prepared call back; nothing was sent."""
        if self._call:
            self._call.hang_up("NORMAL_CLEARING", "B")
        return no

    # ── from the INVITE to the hang-up ───────────────────────────────────────────────────────────

    async def _attend(self, call: Call) -> Finish:
        assert self._resource is not None
        self._facts = facts = CallFacts(created_at=self._tools.now())
        self._tell("offering")
        given = known.of_voice(self._queue, self.attempt, self._resource, facts.created_at)
        self._connection = VoiceConnection(given)
        reel = self._reel = self._tools.recordings.reel(self.attempt, call, self._tools.now)
        onward = Operator(self.attempt, call, self._planner.house)
        self._caller = Caller(call, self._tools.flows.prompts, lambda cause: call.hang_up(cause, "F"), reel, onward)
        end: HungUp | None = None
        async for event in call.events():  # to its end: a generator that is left early takes a task to be closed
            if isinstance(event, HungUp):
                end = event
                continue
            before, self._facts = facts, self._note(event, facts)
            facts = self._facts
            await self._write(event)
            if facts is not before:
                self._tell("bridged" if facts.answered_at else "ringing")
        if end is None:
            raise Bug("a call's events end with HungUp")
        return await self._conclude(end, facts)

    def _note(self, event: Ringing | Answered | Challenged | Digit, facts: CallFacts) -> CallFacts:
        assert self._caller is not None
        match event:
            case Ringing():
                if event.early_media:
                    self._start_voice()
                return facts if facts.ringing_at else replace(facts, ringing_at=event.at)
            case Answered():
                self._connection.variables |= known.at_answer(event.at)
                self._caller.onward.answered()
                self._start_voice()
                return replace(facts, answered_at=event.at)
            case Digit():
                self._caller.pressed(event.digit)
        return facts

    async def _write(self, event: Ringing | Answered | Challenged | Digit) -> None:
        """A lost or late step only costs knowledge after a crash; the call goes on without the store."""
        if isinstance(event, Answered):
            step: Bridged | Redialog = Bridged(self.attempt.id, event.at, event.dialog)
        elif isinstance(event, Challenged):
            step = Redialog(self.attempt.id, event.dialog)
        else:
            return
        try:
            async with asyncio.timeout(STEP_PATIENCE_S):
                await self._tools.store.step(step)
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("attempt.step_lost", attempt=self.attempt.id, detail=str(error))

    def _start_voice(self) -> None:
        if self._voice is None:
            self._voice = asyncio.create_task(self._talk())

    async def _talk(self) -> VoiceEnd:
        """The voice flow; when it runs out without hangup, the call is ended after a while (flow-engine §7.3)."""
        assert self._caller is not None
        domain_id, schema_id = self._queue.domain_id, self._queue.schema_id or 0
        try:
            await self._caller.onward.own_keys_sent()
            ended = await self._tools.flows.voice(domain_id, schema_id, self._connection, self._caller)
        except Exception:
            self.end("NORMAL_TEMPORARY_FAILURE", "service")  # nobody shall be left on the line in silence
            raise
        if ended.fault:
            self.end(ended.fault, "F")
        elif self._tools.idle_after_flow_s:
            asyncio.get_running_loop().call_later(self._tools.idle_after_flow_s, self.end, "NORMAL_CLEARING", "F")
        return ended

    # ── after the hang-up ────────────────────────────────────────────────────────────────────────

    async def _conclude(self, event: HungUp, facts: CallFacts) -> Finish:
        assert self._caller is not None
        self._connection.close()
        self._caller.gone()
        self._facts = facts = replace(
            facts,
            hangup_at=event.at,
            cause=event.cause,
            sip_code=event.sip_code,
            q850=event.q850,
            hangup_by=event.by,
            phrase=event.phrase,
            **self._caller.onward.facts(),
        )
        self._connection.variables |= known.at_hangup(facts)
        ended = await self._voice if self._voice else VoiceEnd()
        exported = known.filled(self._connection.payload)
        await self._free_line(facts, exported)
        self._tell("leaving")
        recordings = self._tools.recordings.of(self.attempt, self._recording, facts)
        recordings += await self._reel.rows() if self._reel else ()
        told = Told(
            call_variables=exported,
            schema_ids=self._ran(),
            trace=self._steps_before + ended.trace,
            sip_trace="" if facts.answered_at else event.trace,
            recordings=recordings,
            shown=self._connection.shown,
        )
        queue = self._planner.plan.queues.get(self._queue.id, self._queue)
        told = await told_after(self._tools, queue, self.attempt, facts, told)
        if ended.disconnected:
            self._connection.variables["hangup_cause"] = facts.cause
            late, steps = await self._tools.flows.disconnected(
                queue.domain_id, self._queue.schema_id or 0, ended.disconnected, self._connection
            )
            told = replace(told, call_variables=told.call_variables | late, trace=told.trace + steps)
        return finish_call(self._queue, self.attempt, facts, told, self._tools.hurry)

    def _ran(self) -> tuple[int, ...]:
        """The flows of this attempt so far."""
        before = (self._queue.do_schema_id,) if self._steps_before else ()
        voice = (self._queue.schema_id,) if self._voice else ()
        return tuple(id_ for id_ in (*before, *voice) if id_)

    async def _free_line(self, facts: CallFacts, exported: dict[str, Any]) -> None:
        try:
            await self._tools.store.step(Ended(self.attempt.id, facts, exported))
        except StoreUnavailable as error:
            log.warning("attempt.step_lost", attempt=self.attempt.id, detail=error.detail)
