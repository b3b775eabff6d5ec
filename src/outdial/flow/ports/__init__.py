"""What a flow asks of the world. The dialer fills these in; tests and dry runs fill in their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from outdial.flow.connection import Connection
from outdial.flow.ports.net import NOWHERE, Net
from outdial.flow.ports.onward import NO_ONWARD, Onward
from outdial.flow.ports.recording import Take, Took
from outdial.flow.ports.records import NO_RECORDS, Records
from outdial.flow.ports.remote import NO_REMOTE, RemoteAudio
from outdial.flow.ports.speech import NO_SPEECH, SoundFile, Speech
from outdial.flow.program import Program, Step
from outdial.flow.script import Script, in_thread
from outdial.flow.trace import Trace

if TYPE_CHECKING:
    from outdial.flow.machine import Run

Clock = Callable[[], int]
"""Epoch milliseconds. Waiting goes through ``asyncio.sleep``, so virtual time is a matter of the event loop."""

KEYS = "0123456789*#ABCD"


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A media file of the domain."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SilenceMs:
    ms: int
    """0 = until stopped."""


@dataclass(frozen=True, slots=True)
class ToneScript:
    script: str
    """In the tone generation language, such as ``%(1000,4000,425);loops=2``."""


Sound = MediaRef | SilenceMs | ToneScript | SoundFile


class Caller(Protocol):
    """The person on the line.

    When the call ends, close the run's connection before any of these returns, or the next application starts on
    a dead call. They need not raise.
    """

    async def answer(self) -> None:
        """Does nothing on a call that is answered already."""
        ...

    async def play(self, sounds: Sequence[Sound], stop_keys: str) -> str:
        """Plays one after the other. Cancelling the waiting task stops the sound.

        A key of ``stop_keys`` stops it, at once when such a key waits in the buffer already: that key is taken
        out of the buffer and returned. Other keys stay there. Returns "" when everything was played.
        """
        ...

    @property
    def played_ms(self) -> int:
        """How long the last ``play`` sounded."""
        ...

    async def echo(self, delay_ms: int) -> None:
        """Plays back what the person says, until the call ends or something else plays."""
        ...

    def play_under(self, name: str, sound: Sound, reduction_db: int) -> None:
        """Mixes a sound under everything else, again and again; the same name replaces."""
        ...

    def stop_under(self, name: str) -> None: ...

    async def record(self, take: Take, stop_keys: str) -> Took:
        """Records until its limits, or until a key of ``stop_keys``, which is taken out of the buffer."""
        ...

    def start_recording(self, take: Take, *, while_connected: bool = False) -> None:
        """Records beside everything else, until ``stop_recordings`` or the end of the call.

        ``while_connected``: only while the call is connected with another; each time is a recording of its own.
        """
        ...

    def stop_recordings(self, name: str) -> int:
        """Those of this name that were started so; all when it is empty. How many there were."""
        ...

    async def digit(self, timeout_ms: int) -> str:
        """The next key, from the buffer first; "" when none came in time."""
        ...

    def flush_digits(self) -> None: ...

    def hang_up(self, cause: str) -> None:
        """A cause name of ``domain.causes``."""
        ...

    def hang_up_later(self, cause: str, ms: int) -> None:
        """Hangs up in so many milliseconds, whatever the flow does until then."""
        ...


class Media(Protocol):
    async def find(self, id: int, name: str) -> MediaRef | None:
        """By id, or by name when the id is 0."""
        ...


class Schemas(Protocol):
    async def load(self, id: int) -> Program | None: ...


class Nothing:
    """Media and schemas of a place that has none."""

    async def find(self, id: int, name: str) -> MediaRef | None:
        return None

    async def load(self, id: int) -> Program | None:
        return None


NOTHING = Nothing()


CHANCE = Random()
"""Where a flow's random choices come from unless a run is to be repeated."""

StandIn = Callable[["Run", Step, Any], Awaitable[str | None]]
"""Takes the decoded arguments; answers and fails as the application itself does."""


@dataclass(slots=True)
class Env:
    """Everything one run works with."""

    connection: Connection
    clock: Clock
    zone: str = "UTC"
    """IANA name for the date helpers; the domain's unless the flow changes it."""
    caller: Caller | None = None
    media: Media = NOTHING
    schemas: Schemas = NOTHING
    globals: Mapping[str, str] = field(default_factory=dict)
    """The domain's ``$${}`` variables, read before the run."""
    scripts: Callable[[Script], Awaitable[str]] = in_thread
    """Runs the ``js`` application's text away from the event loop."""
    net: Net = NOWHERE
    """The way to the world outside."""
    trace: Trace = field(default_factory=Trace)
    stand_in: StandIn | None = None
    """Runs in place of applications that reach out of the flow: for dry runs."""
    speech: Speech = NO_SPEECH
    remote: RemoteAudio = NO_REMOTE
    records: Records = NO_RECORDS
    chance: Random = CHANCE
    onward: Onward = NO_ONWARD
    """What may be done with the call beyond talking."""
