"""Test calls: a number that somebody types is rung with a flow, and every step is told while it runs.

They belong to no queue and leave no history. Like second legs they are on disk before their INVITE leaves, so that a
service that starts after a crash ends them.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection

from outdial.dialer.attempt import Tools
from outdial.dialer.caller import Caller
from outdial.dialer.onward import House, Operator
from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.errors import CallRefused, StoreUnavailable
from outdial.domain.happening import Moved, Stage, Stepped
from outdial.domain.member import Communication
from outdial.domain.queue import Queue
from outdial.domain.resource import Resource
from outdial.flow import known
from outdial.flow.connection import VoiceConnection
from outdial.flow.errors import SchemaError
from outdial.flow.parse import parse
from outdial.flow.program import Program
from outdial.store import drafts, legs, schemas
from outdial.store.commands import Command
from outdial.switch.port import Answered, Call, Challenged, Digit, HangupBy, HungUp, Order, Ringing

log = structlog.get_logger(__name__)

FRESH_MS = 30_000
"""An order that waited longer, because the service was away, is not obeyed: nobody waits for it any more."""
MOST = 10
"""At a time."""
RING_MS = 60_000


class Trials:
    """The test calls that are up."""

    def __init__(self, tools: Tools, house: House) -> None:
        self._tools = tools
        self._house = house
        self._up: dict[str, Trial] = {}

    async def run(self, order: Command) -> None:
        """From the order to the end of the call."""
        trial = Trial(order, self._tools, self._house)
        if order.created_at + FRESH_MS < self._tools.now():
            trial.refused("too_late", "The service did not come to it in time.")
        elif len(self._up) >= MOST:
            trial.refused("too_many", f"{MOST} test calls are up already.")
        else:
            self._up[trial.call_id] = trial
            try:
                await trial.run()
            finally:
                del self._up[trial.call_id]

    def hang_up(self, order: Command) -> None:
        trial = self._up.get(str(order.payload.get("call_id")))
        if trial and trial.domain_id == order.domain_id:
            trial.end("MANAGER_REQUEST", "B")

    def end_all(self) -> None:
        """The service stops."""
        for trial in self._up.values():
            trial.end("SYSTEM_SHUTDOWN", "service")


class Trial:
    """One test call."""

    def __init__(self, order: Command, tools: Tools, house: House) -> None:
        wanted = order.payload
        self.domain_id = order.domain_id
        self.call_id = str(wanted["call_id"])
        self._wanted = wanted
        self._tools = tools
        self._house = house
        self._facts = CallFacts(created_at=0)
        self._call: Call | None = None
        self._ended = False
        self._attempt = Attempt(
            id=0,
            domain_id=order.domain_id,
            queue_id=0,
            member_id=0,
            member_name="",
            member_timezone="",
            communication=Communication(0, 0, str(wanted["destination"]), 0),
            other_numbers=0,
            resource_id=int(wanted.get("resource_id") or 0),
            group_id=0,
            display=str(wanted.get("display") or ""),
            call_id=self.call_id,
            seq=1,
            joined_at=tools.now(),
            variables=dict(wanted.get("variables") or {}),
        )

    def end(self, cause: str, by: HangupBy) -> None:
        self._ended = True
        if self._call:
            self._call.hang_up(cause, by)

    def refused(self, reason: str, text: str) -> None:
        """No INVITE left."""
        moved = Moved(self._tools.now(), "over", self._attempt, "", reason=reason, description=text, result="failed")
        self._tools.tell(moved)

    async def run(self) -> None:
        try:
            program = await self._tools.store.read(self._program)
        except (SchemaError, StoreUnavailable) as error:
            return self.refused("flow", str(error))
        gateway = self._house.gateways().get(int(self._wanted["gateway_id"]))
        if program is None or gateway is None:
            return self.refused("gone", "The flow schema or the gateway is gone.")
        try:
            order = Order(
                call_id=self.call_id,
                destination=self._attempt.communication.destination.replace(" ", ""),
                gateway=gateway,
                display=self._attempt.display,
                ring_timeout_ms=RING_MS,
                media_timeout_ms=self._house.media_timeout_ms,
            )
            self._call = call = self._tools.switch.prepare(order)
        except CallRefused as error:
            return self.refused("refused", f"{error.cause}: {error.detail}")
        if not await self._offer(call, gateway.id):
            call.hang_up("NORMAL_CLEARING", "B")
            return self.refused("gateway_off", f"Gateway {gateway.name} is switched off; enable it.")
        voice = await self._live(call, program)
        await self._write(partial(legs.over, call_ids=[self.call_id]))
        self._tell("over")
        return voice.result() if voice else None

    def _program(self, conn: Connection) -> Program | None:
        """The published flow, or what is being edited."""
        schema_id = int(self._wanted["schema_id"])
        if self._wanted.get("draft"):
            draft = drafts.find(conn, self.domain_id, schema_id)
            return parse(draft["schema"]) if draft else None
        stored = schemas.load(conn, schema_id)
        return parse(stored.schema) if stored and stored.domain_id == self.domain_id else None

    async def _offer(self, call: Call, gateway_id: int) -> bool:
        leg = legs.Leg(self.call_id, self.domain_id, 0, gateway_id, call.id, call.dialog)
        at = self._tools.now()
        try:
            offered = await self._tools.store.write(lambda conn: legs.offer_alone(conn, leg, at))
        except StoreUnavailable:
            return False
        return offered and not self._ended

    async def _live(self, call: Call, program: Program) -> asyncio.Task[None] | None:
        self._facts = CallFacts(created_at=self._tools.now())
        self._tell("offering")
        call.ring()
        reel = self._tools.recordings.reel(self._attempt, call, self._tools.now)
        onward = Operator(self._attempt, call, self._house)
        caller = Caller(call, self._tools.flows.prompts, lambda cause: call.hang_up(cause, "F"), reel, onward)
        connection = VoiceConnection(self._given())
        voice: asyncio.Task[None] | None = None
        async for event in call.events():
            match event:
                case Ringing():
                    self._facts = replace(self._facts, ringing_at=self._facts.ringing_at or event.at)
                    self._tell("ringing")
                case Challenged():
                    await self._note(event.dialog, answered=False)
                case Answered():
                    self._facts = replace(self._facts, answered_at=event.at)
                    connection.variables |= known.at_answer(event.at)
                    onward.answered()
                    await self._note(event.dialog, answered=True)
                    self._tell("bridged")
                    voice = asyncio.create_task(self._talk(program, connection, caller))
                case Digit():
                    caller.pressed(event.digit)
                case HungUp():
                    self._over(event)
                    connection.close()
                    caller.gone()
        if voice:
            await asyncio.wait([voice])
        await onward.over()
        self._tools.recordings.forget(await reel.rows())
        return voice

    def _given(self) -> dict[str, str]:
        nobody = Queue(0, self.domain_id, "", True, None, None)
        resource = Resource(self._attempt.resource_id, "", True, None, -1)
        return known.of_voice(nobody, self._attempt, resource, self._facts.created_at)

    async def _talk(self, program: Program, connection: VoiceConnection, caller: Caller) -> None:
        try:
            await self._tools.flows.trial(self.domain_id, program, connection, caller, self._step)
        finally:
            self.end("NORMAL_CLEARING", "F")  # nobody shall be left on the line in silence

    def _step(self, step: dict[str, Any]) -> None:
        known_of = {"flow": "voice", "schema_id": str(self._wanted["schema_id"])}
        self._tools.tell(Stepped(self._tools.now(), self._attempt, {**known_of, **step}))

    def _over(self, event: HungUp) -> None:
        self._facts = replace(
            self._facts,
            hangup_at=event.at,
            cause=event.cause,
            sip_code=event.sip_code,
            q850=event.q850,
            hangup_by=event.by,
            phrase=event.phrase,
        )
        self._tell("leaving")

    def _tell(self, stage: Stage) -> None:
        result = ("success" if self._facts.answered_at else "failed") if stage == "over" else ""
        self._tools.tell(Moved(self._tools.now(), stage, self._attempt, "", facts=self._facts, result=result))

    async def _note(self, dialog: bytes, *, answered: bool) -> None:
        await self._write(partial(legs.note, call_id=self.call_id, dialog=dialog, answered=answered))

    async def _write(self, change: Any) -> None:
        """A lost note only costs knowledge after a crash."""
        try:
            await self._tools.store.write(change)
        except StoreUnavailable as error:
            log.warning("trial.note_lost", call=self.call_id, detail=error.detail)
