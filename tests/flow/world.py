"""A world for flows: virtual time, a person on the line with a script, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from outdial.flow.attempt import AfterOutcome, Ask, PreOutcome, run_after, run_before
from outdial.flow.connection import VoiceConnection
from outdial.flow.parse import parse
from outdial.flow.ports import KEYS, Env, MediaRef, SilenceMs, Sound
from outdial.flow.ports.onward import NO_ONWARD, Onward
from outdial.flow.ports.recording import Take, Took
from outdial.flow.ports.remote import NO_REMOTE, RemoteAudio
from outdial.flow.ports.speech import NO_SPEECH, SoundFile, Speech
from outdial.flow.program import Program
from outdial.flow.run import Ended, run
from outdial.flow.script import inline
from outdial.flow.trace import Trace
from outdial.flow.virtual import VirtualLoop, run_virtually

START_MS = 1_788_264_000_000
"""Tuesday 2026-09-01 12:00:00 UTC."""
MEDIA_MS = 1000
T = TypeVar("T")
Schema = list[Any]


def on_virtual_time(work: Coroutine[Any, Any, T]) -> T:
    return run_virtually(work, VirtualLoop())


def clock() -> int:
    return START_MS + round(asyncio.get_running_loop().time() * 1000)


class KeyBuffer:
    """Keys pressed that nobody has taken yet. One waiter at a time."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._waiter: asyncio.Future[None] | None = None

    def press(self, key: str) -> None:
        self._keys.append(key)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self, timeout_ms: int, keys: str = KEYS) -> str:
        """The earliest of ``keys``, waited for if need be; "" when none came in time. Other keys stay."""
        key = self._take(keys)
        if key:
            return key
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                while not key:
                    self._waiter = asyncio.get_running_loop().create_future()
                    await self._waiter
                    key = self._take(keys)
        except TimeoutError:
            return ""
        finally:
            self._waiter = None
        return key

    def clear(self) -> None:
        self._keys.clear()

    def _take(self, keys: str) -> str:
        for key in self._keys:
            if key in keys:
                self._keys.remove(key)
                return key
        return ""


class Person:
    """Somebody on the line: presses keys, stops talking and hangs up at set times (ms from the start)."""

    def __init__(
        self,
        connection: VoiceConnection,
        presses: Mapping[int, str],
        hangs_up_at: int | None,
        talks_until: int | None = None,
    ) -> None:
        self._connection = connection
        self._talks_until = talks_until
        self.played_ms = 0
        self.takes: list[Take] = []
        self.beside: list[Take] = []
        """Recordings that run beside the flow."""
        self.only_connected: list[Take] = []
        """Those that run only while the call is connected with another."""
        self.under: dict[str, tuple[Sound, int]] = {}
        """What sounds under everything else, by name."""
        self.heard_under: list[tuple[str, Sound, int]] = []
        self.echoes: list[int] = []
        loop = asyncio.get_running_loop()
        self.heard: list[list[Sound]] = []
        self.asked_to_answer = 0
        self.cause = ""
        self.keys = KeyBuffer()
        for at, keys in presses.items():
            for place, key in enumerate(keys):
                loop.call_at(at / 1000 + place / 1e6, self.keys.press, key)
        if hangs_up_at is not None:
            loop.call_at(hangs_up_at / 1000, connection.close)

    async def answer(self) -> None:
        self.asked_to_answer += 1

    async def play(self, sounds: Sequence[Sound], stop_keys: str) -> str:
        self.heard.append(list(sounds))
        started = clock()
        key = await self.keys.take(sum(map(length, sounds)), stop_keys)
        self.played_ms = clock() - started
        return key

    async def echo(self, delay_ms: int) -> None:
        self.echoes.append(delay_ms)
        await asyncio.get_running_loop().create_future()

    def play_under(self, name: str, sound: Sound, reduction_db: int) -> None:
        self.under[name] = sound, reduction_db
        self.heard_under.append((name, sound, reduction_db))

    def stop_under(self, name: str) -> None:
        self.under.pop(name, None)

    async def record(self, take: Take, stop_keys: str) -> Took:
        self.takes.append(take)
        started = clock()
        limit, end = take.max_ms or 3_600_000, "limit"
        if self._talks_until is not None and take.silence_level:
            silent = max(0, self._talks_until - (started - START_MS)) + take.silence_ms
            limit, end = min((limit, end), (silent, "silence"))
        key = await self.keys.take(limit, stop_keys)
        return Took("stopped" if key else end, clock() - started, key)  # type: ignore[arg-type]

    def start_recording(self, take: Take, *, while_connected: bool = False) -> None:
        self.takes.append(take)
        self.only_connected += [take] if while_connected else []
        self.beside.append(take)

    def stop_recordings(self, name: str) -> int:
        stopped = [take for take in self.beside if name in ("", take.name)]
        self.beside = [take for take in self.beside if take not in stopped]
        return len(stopped)

    async def digit(self, timeout_ms: int) -> str:
        return await self.keys.take(timeout_ms)

    def flush_digits(self) -> None:
        self.keys.clear()

    def hang_up(self, cause: str) -> None:
        self.cause = cause

    def hang_up_later(self, cause: str, ms: int) -> None:
        def hang_up() -> None:
            self.hang_up(cause)
            self._connection.close()

        asyncio.get_running_loop().call_later(ms / 1000, hang_up)


def length(sound: Sound) -> int:
    """Milliseconds; an endless silence is an hour."""
    if isinstance(sound, SoundFile):
        return sound.ms
    return sound.ms or 3_600_000 if isinstance(sound, SilenceMs) else MEDIA_MS


@dataclass
class Library:
    """Media files and schemas of the domain."""

    media: tuple[MediaRef, ...] = (MediaRef(1, "hello.wav"), MediaRef(2, "bye.wav"), MediaRef(3, "its_uk.wav"))
    schemas: dict[int, Program] = field(default_factory=dict)

    async def find(self, id: int, name: str) -> MediaRef | None:
        return next((ref for ref in self.media if (ref.id == id if id else ref.name == name)), None)

    async def load(self, id: int) -> Program | None:
        return self.schemas.get(id)


@dataclass
class Call:
    """What came of a voice flow."""

    ended: Ended
    person: Person
    connection: VoiceConnection
    ms: int
    """From start to end of the flow."""

    @property
    def variables(self) -> dict[str, str]:
        return self.connection.variables

    @property
    def lines(self) -> list[str]:
        """What the ``log`` applications wrote."""
        return logged(self.ended.trace)

    @property
    def results(self) -> list[str]:
        return [row["result"] for row in self.ended.trace]


def logged(trace: tuple[dict[str, Any], ...]) -> list[str]:
    return [row["args"]["text"] for row in trace if row["app"] == "log" and "args" in row]


def call(
    schema: Schema,
    variables: Mapping[str, str] | None = None,
    *,
    presses: Mapping[int, str] | None = None,
    hangs_up_at: int | None = None,
    talks_until: int | None = None,
    globals: Mapping[str, str] | None = None,
    zone: str = "UTC",
    schemas: Mapping[int, Schema] | None = None,
    speech: Speech = NO_SPEECH,
    secrets: Sequence[str] = (),
    remote: RemoteAudio = NO_REMOTE,
    onward: Onward = NO_ONWARD,
) -> Call:
    """Runs a voice flow on virtual time."""
    library = Library(schemas={id: parse(inner) for id, inner in (schemas or {}).items()})

    async def work() -> Call:
        connection = VoiceConnection(variables or {})
        person = Person(connection, presses or {}, hangs_up_at, talks_until)
        trace = Trace(secrets=secrets)
        env = Env(
            connection,
            clock,
            zone,
            person,
            library,
            library,
            globals or {},
            inline,
            trace=trace,
            speech=speech,
            remote=remote,
            onward=onward,
        )
        ended = await run(parse(schema), env)
        return Call(ended, person, connection, clock() - START_MS)

    return on_virtual_time(work())


def after(schema: Schema, variables: Mapping[str, str] | None = None, limit_s: float = 30) -> AfterOutcome:
    """Runs an after-flow on virtual time."""
    return on_virtual_time(_after(schema, variables or {}, limit_s))


def before(schema: Schema, variables: Mapping[str, str] | None = None, limit_s: float = 30) -> PreOutcome:
    """Runs a pre-flow on virtual time."""
    return on_virtual_time(_before(schema, variables or {}, limit_s))


async def _after(schema: Schema, variables: Mapping[str, str], limit_s: float) -> AfterOutcome:
    return await run_after(parse(schema), Ask(variables, clock, scripts=inline, limit_s=limit_s))


async def _before(schema: Schema, variables: Mapping[str, str], limit_s: float) -> PreOutcome:
    return await run_before(parse(schema), Ask(variables, clock, scripts=inline, limit_s=limit_s))
