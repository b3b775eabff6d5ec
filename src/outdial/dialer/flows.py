"""Flows as the dialer runs them: parsed once per change, fed from the store, with the domain's media at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, Literal

import structlog
from sqlalchemy import Connection

from outdial.dialer.caller import Caller
from outdial.dialer.globals import Globals
from outdial.dialer.prompts import DomainMedia, Prompts
from outdial.dialer.records import DomainRecords
from outdial.domain.plan import Plan
from outdial.domain.zones import UTC
from outdial.flow.apps.speaking import known_ahead
from outdial.flow.attempt import AfterOutcome, Ask, PreOutcome, run_after, run_before
from outdial.flow.connection import VoiceConnection
from outdial.flow.errors import SchemaError
from outdial.flow.parse import parse
from outdial.flow.ports import Env
from outdial.flow.ports.net import NOWHERE, Net
from outdial.flow.ports.remote import NO_REMOTE, RemoteAudio
from outdial.flow.ports.speech import NO_SPEECH, Speech, Utterance
from outdial.flow.program import Program
from outdial.flow.run import run, run_disconnected
from outdial.flow.script import Script, in_thread
from outdial.flow.trace import Trace, Watch, Watched
from outdial.store import schemas
from outdial.store.base import Store
from outdial.switch.port import Now

log = structlog.get_logger(__name__)

MOST_TEXTS = 500
"""Of one schema, to be rendered ahead."""

Steps = tuple[dict[str, Any], ...]
Role = Literal["before", "voice", "disconnected", "after"]
"""Which of an attempt's flows a step belongs to."""


@dataclass(frozen=True, slots=True)
class VoiceEnd:
    """What the voice flow left behind."""

    trace: Steps = ()
    disconnected: Program | None = None
    fault: str = ""
    """The cause to hang up with when there was no flow to run."""


class Flows:
    """Programs by schema id. ``follow`` brings them up to a plan; a run keeps the program it began with."""

    def __init__(
        self,
        store: Store,
        prompts: Prompts,
        now: Now,
        *,
        net: Callable[[int], Net] = lambda domain_id: NOWHERE,
        scripts: Callable[[Script], Awaitable[str]] = in_thread,
        speech: Speech = NO_SPEECH,
        remote: Callable[[int, Net], RemoteAudio] = lambda domain_id, net: NO_REMOTE,
    ) -> None:
        """``net`` is the way out of each domain, ``remote`` its sounds from there; ``scripts`` runs ``js``."""
        self._remote = remote
        self.prompts = prompts
        self._speech = speech
        self.broken: dict[int, str] = {}
        """Schema id → what is wrong with it."""
        self._store = store
        self._now = now
        self._net = net
        self._scripts = scripts
        self._programs: dict[int, tuple[int, Program]] = {}
        """Schema id → the ``updated_at`` it was parsed at, and the program."""
        self.globals = Globals(store)
        self._zones: Mapping[int, str] = {}

    async def follow(self, plan: Plan) -> None:
        """Parses what queues use and what changed since."""
        self.prompts.forget()
        self._zones = plan.zones
        await self.globals.refresh({queue.domain_id for queue in plan.queues.values()})
        for queue in plan.queues.values():
            hooks = (hook.schema_id for hook in queue.hooks)
            for schema_id in (queue.schema_id, queue.do_schema_id, queue.after_schema_id, *hooks):
                if schema_id is not None and schema_id in plan.schemas:
                    await self._parse(schema_id, plan.schemas[schema_id])

    async def _parse(self, schema_id: int, updated_at: int) -> None:
        known = self._programs.get(schema_id)
        if known and known[0] == updated_at:
            return
        try:
            loaded = await self._store.read(partial(_program_and_texts, schema_id=schema_id))
        except SchemaError as error:
            self._programs.pop(schema_id, None)
            self.broken[schema_id] = str(error)
            return
        if loaded:
            program, texts = loaded
            self._programs[schema_id] = (updated_at, program)
            self._speech.prepare(texts)
            self.broken.pop(schema_id, None)

    async def voice(self, domain_id: int, schema_id: int, connection: VoiceConnection, caller: Caller) -> VoiceEnd:
        """Runs until the flow ends, hangs up, or the connection closes."""
        known = self._programs.get(schema_id)
        if known is None:
            return VoiceEnd(fault="NO_ROUTE_DESTINATION")
        env = self._env(domain_id, connection)
        env.caller, env.onward = caller, caller.onward
        ended = await run(known[1], env)
        return VoiceEnd(_of(schema_id, "voice", ended.trace), ended.disconnected)

    async def trial(
        self, domain_id: int, program: Program, connection: VoiceConnection, caller: Caller, watch: Watch
    ) -> None:
        """A voice flow that somebody follows step by step."""
        env = self._env(domain_id, connection)
        env.caller, env.onward = caller, caller.onward
        env.trace = Watched(watch, self.globals.secrets(domain_id))
        await run(program, env)

    async def disconnected(
        self, domain_id: int, schema_id: int, program: Program, connection: VoiceConnection
    ) -> tuple[dict[str, Any], Steps]:
        """``trigger.disconnected`` after the call, on its last variables; answers what it exported, and its trace."""
        env = self._env(domain_id, VoiceConnection(connection.variables))
        exported = await run_disconnected(program, env)
        return exported, _of(schema_id, "disconnected", env.trace.rows())

    async def after(self, domain_id: int, schema_id: int, given: dict[str, str]) -> AfterOutcome:
        known = self._programs.get(schema_id)
        if known is None:
            return AfterOutcome("none", None, {}, ())
        outcome = await run_after(known[1], self._ask(domain_id, given))
        return replace(outcome, trace=_of(schema_id, "after", outcome.trace))

    async def before(self, domain_id: int, schema_id: int, given: dict[str, str]) -> PreOutcome:
        known = self._programs.get(schema_id)
        if known is None:
            return PreOutcome("failed", {}, ())
        outcome = await run_before(known[1], self._ask(domain_id, given))
        return replace(outcome, trace=_of(schema_id, "before", outcome.trace))

    async def hook(self, domain_id: int, schema_id: int, given: dict[str, str]) -> None:
        """Result applications have no effect there; what the flow answers is nobody's."""
        known = self._programs.get(schema_id)
        if known:
            await run_before(known[1], self._ask(domain_id, given))

    def _env(self, domain_id: int, connection: VoiceConnection) -> Env:
        net = self._net(domain_id)
        return Env(
            connection=connection,
            clock=self._now,
            zone=self._zones.get(domain_id, UTC),
            media=DomainMedia(self.prompts, domain_id),
            schemas=_DomainSchemas(self, domain_id),
            globals=self.globals.of(domain_id),
            scripts=self._scripts,
            net=net,
            speech=self._speech,
            remote=self._remote(domain_id, net),
            trace=Trace(secrets=self.globals.secrets(domain_id)),
            records=self._records(domain_id),
        )

    def _ask(self, domain_id: int, given: dict[str, str]) -> Ask:
        return Ask(
            given,
            self._now,
            zone=self._zones.get(domain_id, UTC),
            globals=self.globals.of(domain_id),
            schemas=_DomainSchemas(self, domain_id),
            scripts=self._scripts,
            net=self._net(domain_id),
            records=self._records(domain_id),
            trace=Trace(secrets=self.globals.secrets(domain_id)),
        )

    def _records(self, domain_id: int) -> DomainRecords:
        return DomainRecords(self._store, domain_id, self.globals, self._now)

    async def load(self, domain_id: int, schema_id: int) -> Program | None:
        """Any schema of the domain, for the ``schema`` application."""
        try:
            loaded = await self._store.read(partial(_program, schema_id=schema_id))
        except SchemaError:
            return None
        return loaded[1] if loaded and loaded[0] == domain_id else None


def _program(conn: Connection, schema_id: int) -> tuple[int, Program] | None:
    """Domain and program; parsed where the store reads, for a long schema would hold the event loop."""
    stored = schemas.load(conn, schema_id)
    return (stored.domain_id, parse(stored.schema)) if stored else None


def _program_and_texts(conn: Connection, schema_id: int) -> tuple[Program, list[Utterance]] | None:
    """With what it says whatever its variables are."""
    found = _program(conn, schema_id)
    return (found[1], list(islice(known_ahead(found[1]), MOST_TEXTS))) if found else None


def _of(schema_id: int, role: Role, steps: Steps) -> Steps:
    """The steps with the flow and the schema they belong to: a call's trace has those of several."""
    return tuple({"flow": role, "schema_id": str(schema_id), **step} for step in steps)


@dataclass(frozen=True, slots=True)
class _DomainSchemas:
    """``flow.ports.Schemas`` of one domain."""

    flows: Flows
    domain_id: int

    async def load(self, id: int) -> Program | None:
        return await self.flows.load(self.domain_id, id)
