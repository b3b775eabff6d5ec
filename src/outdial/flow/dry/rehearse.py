"""Runs a schema with no telephone, on virtual time; hands back what happened and what would come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from outdial.domain.causes import of_refusal
from outdial.flow import known
from outdial.flow.attempt import Ask, run_after, run_before
from outdial.flow.connection import Connection, ServiceConnection, VoiceConnection
from outdial.flow.dry.caller import ScriptedCaller
from outdial.flow.dry.member import after_call, before_call, facts_of, result_of
from outdial.flow.dry.outside import StandIn
from outdial.flow.dry.scenario import Role, Scenario
from outdial.flow.dry.speech import SilentSpeech
from outdial.flow.dry.timeline import Row, Timeline
from outdial.flow.ports import Env, MediaRef
from outdial.flow.program import Program
from outdial.flow.run import run, run_disconnected
from outdial.flow.script import Script, inline
from outdial.flow.virtual import VirtualLoop, run_virtually

STAYS_S = 3600.0
"""A person who does not hang up by script stays on the line no longer than this."""
ENDS = {
    "finished": "the flow ran out without hangup: the call stays up in silence",
    "hung_up": "the flow hung up",
    "closed": "the person hung up",
}


@dataclass(frozen=True, slots=True)
class Library:
    """The domain's media and schemas, read beforehand."""

    media: Mapping[str, tuple[MediaRef, int]] | None = None
    """Name and id → file and length in ms; None: every file is there."""
    schemas: Mapping[int, Program] = field(default_factory=dict)
    globals: Mapping[str, str] = field(default_factory=dict)

    async def find(self, id: int, name: str) -> MediaRef | None:
        if self.media is None:
            return MediaRef(id, name or str(id))
        found = self.media.get(str(id) if id else name)
        return found[0] if found else None

    async def load(self, id: int) -> Program | None:
        return self.schemas.get(id)

    def lengths(self, given: Mapping[str, int]) -> dict[str, int]:
        return {name: ms for name, (_, ms) in (self.media or {}).items()} | dict(given)


@dataclass(slots=True)
class Report:
    """What a dry run came to; plain JSON but for ``role``."""

    role: Role
    end: Row
    """``how``, ``text`` for people, ``ms``; of a call also ``cause`` and who hung up."""
    trace: list[Row] = field(default_factory=list)
    timeline: list[Row] = field(default_factory=list)
    variables: Row = field(default_factory=dict)
    """At the start; what each step changed is with the step."""
    variables_after: Row = field(default_factory=dict)
    exports: Row = field(default_factory=dict)
    """What goes to the call's history, the after-flow and the member."""
    member: Row = field(default_factory=dict)
    """What the member would become; not of a voice flow."""

    def plain(self) -> Row:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


Scripts = Callable[[Script], Awaitable[str]]


def rehearse(
    program: Program, role: Role, scenario: Scenario, library: Library, now_ms: int, *, scripts: Scripts = inline
) -> Report:
    """Runs to the end, on a loop of its own: call it in a thread where the present loop must not wait.

    ``scripts`` runs the ``js`` application's text; its waiting is no time of the run.
    """
    loop = VirtualLoop(scenario.start_ms if scenario.start_ms is not None else now_ms)
    return run_virtually(_Rehearsal(program, scenario, library, loop.now_ms, scripts).run(role), loop)


def role_of(scenario: Scenario, kind: str, program: Program) -> Role:
    """The script says it; else the schema's type, or for types that run anywhere what its steps are for."""
    if scenario.role is not None:
        return scenario.role
    apps = {step.app for block in program.blocks for step in block.steps}
    if kind == "voice" or (kind != "service" and not apps & {"success", "abandoned", "retry", "confirm", "cancel"}):
        return "voice"
    return "before" if apps & {"confirm", "cancel"} else "after"


class _Rehearsal:
    def __init__(
        self, program: Program, scenario: Scenario, library: Library, now: Callable[[], int], scripts: Scripts
    ) -> None:
        self._program = program
        self._scenario = scenario
        self._library = library
        self._now = now
        self._scripts = scripts
        self._connection: Connection = ServiceConnection({})
        self._timeline = Timeline(now, self._close)
        self._stand_in = StandIn(scenario.replies, self._timeline)

    def _close(self) -> None:
        self._connection.close()

    async def run(self, role: Role) -> Report:
        report = await {"voice": self._voice, "before": self._before, "after": self._after}[role]()
        if self._timeline.stopped:
            report.end |= {"how": "stopped", "text": f"stopped: {self._timeline.stopped}"}
        report.end["ms"] = self._now() - self._timeline.started
        report.trace = list(self._timeline.rows())
        report.timeline = self._timeline.events
        report.variables_after = self._timeline.veiled(self._connection.variables)
        return report

    # ── the voice flow ───────────────────────────────────────────────────────────────────────────

    async def _voice(self) -> Report:
        person = self._scenario.person
        given = self._given({"uuid": "dry-run", "direction": "outbound"})
        given |= {f"usr_{name}": value for name, value in self._scenario.variables.items()}
        self._connection = connection = VoiceConnection(given)
        report = Report("voice", {}, variables=self._timeline.veiled(given))
        self._timeline.tell("ringing")
        if person.answers_after is None or person.refuses_with:
            return await self._unanswered(report)
        await asyncio.sleep(person.answers_after / 1000)
        self._timeline.tell("answered")
        if person.hangs_up is None:
            person = replace(person, hangs_up=round(STAYS_S * 1000))
        lengths = self._library.lengths(self._scenario.media)
        caller = ScriptedCaller(person, connection, self._timeline, lengths)
        env = self._env(connection)
        env.caller = caller
        ended = await run(self._program, env)
        self._timeline.path = ""
        if ended.how == "finished":
            self._timeline.tell("finished")
        report.exports = self._timeline.veiled(ended.payload)
        report.end = {"how": ended.how, "text": ENDS[ended.how], "cause": caller.cause, "by": caller.hung_up_by}
        if ended.disconnected is not None:
            await self._disconnected(ended.disconnected, report)
        return report

    async def _unanswered(self, report: Report) -> Report:
        person = self._scenario.person
        await asyncio.sleep((person.answers_after or 60_000) / 1000)
        cause, code = of_refusal(person.refuses_with, None) if person.refuses_with else ("NO_ANSWER", 487)
        self._timeline.tell("hangup", by="caller" if person.refuses_with else "service", cause=cause)
        text = f"nobody answered ({cause}, {code}): the voice flow does not run"
        report.end = {"how": "unanswered", "text": text, "cause": cause}
        return report

    async def _disconnected(self, program: Program, report: Report) -> None:
        self._timeline.tell("disconnected")
        last = {**self._connection.variables, "hangup_cause": str(report.end["cause"])}
        self._connection = after = VoiceConnection(last)
        report.exports |= self._timeline.veiled(await run_disconnected(program, self._env(after)))

    def _env(self, connection: Connection) -> Env:
        return Env(
            connection=connection,
            clock=self._now,
            zone=self._scenario.zone,
            media=self._library,
            schemas=self._library,
            globals={**self._library.globals, **self._scenario.globals},
            scripts=self._scripts,
            net=self._stand_in.net,
            trace=self._timeline,
            stand_in=self._stand_in,
            speech=SilentSpeech(),
            chance=Random(1),
        )

    # ── pre-flow and after-flow ──────────────────────────────────────────────────────────────────

    async def _before(self) -> Report:
        given = self._given()
        outcome = await run_before(self._program, self._ask(given))
        end, member = before_call(outcome, self._scenario, self._now())
        veiled = self._timeline.veiled
        return Report("before", end, variables=veiled(given), exports=veiled(outcome.exports), member=member)

    async def _after(self) -> Report:
        facts = facts_of(self._scenario.call, self._now())
        result = result_of(facts, self._scenario.rules)
        given = self._given(known.of_end(facts, result, {}) | {"member_channel_id": "dry-run"})
        outcome = await run_after(self._program, self._ask(given))
        end, member = after_call(outcome, facts, self._scenario, self._now())
        veiled = self._timeline.veiled
        return Report("after", end, variables=veiled(given), exports=veiled(outcome.exports), member=veiled(member))

    def _given(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What every flow of an attempt is given; the script's own variables win."""
        member = self._scenario.member
        usual = {
            "destination": "380000000000",
            "member_id": "1",
            "member_name": "Somebody",
            "attempt_id": "1",
            "queue_id": "1",
            "destination_seq": str(member.number_attempts + 1),
            "communication_id": "0",
            "cc_attempt_seq": str(member.attempts + 1),
            "timestamp": str(self._now()),
            "joined_at": str(self._now()),
        }
        return {**usual, **(more or {}), **self._scenario.variables}

    def _ask(self, given: dict[str, str]) -> Ask:
        self._connection = connection = ServiceConnection(given)
        return Ask(
            given,
            self._now,
            zone=self._scenario.zone,
            globals={**self._library.globals, **self._scenario.globals},
            schemas=self._library,
            scripts=self._scripts,
            net=self._stand_in.net,
            trace=self._timeline,
            stand_in=self._stand_in,
            connection=connection,
        )
