"""A virtual carrier on virtual time: the same port as a real switch, no sockets, days in seconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from outdial.domain.causes import by_text, of_hangup, of_refusal
from outdial.domain.errors import CallRefused
from outdial.domain.resource import Gateway
from outdial.switch.port import (
    Answered,
    Call,
    CallEvent,
    Digit,
    Frames,
    GatewayState,
    HangupBy,
    HungUp,
    MediaFigures,
    Now,
    Order,
    Played,
    PlayEnd,
    Recording,
    Referral,
    Ringing,
    SendEnd,
    Silence,
    Sound,
    Tape,
)
from outdial.switch.simulated_media import SimulatedRecording

TRANSFERRED = Referral("transferred", 200)


@dataclass(frozen=True, slots=True)
class Person:
    """How one dialled number behaves. Times are ms after the INVITE, or after the answer where said."""

    rings_after: int | None = 20
    answers_after: int | None = 100
    """None: never answers."""
    refuses_with: int = 0
    """A final SIP status sent at ``answers_after`` instead of an answer."""
    q850: int | None = None
    hangs_up_after: int | None = None
    """After the answer; None: stays on until we hang up."""
    presses: tuple[tuple[int, str], ...] = ()
    """(ms after the answer, key)."""
    early_media: bool = False
    referral: Referral = TRANSFERRED
    """What comes of a REFER."""
    speaks: tuple[tuple[int, int], ...] = ()
    """(from, to), ms after the answer."""


Behaviour = Callable[[Order], Person]
PAUSES_MS = {"w": 500, "W": 1000}
BETWEEN_KEYS_MS = 100
REFER_MS = 200
"""From a REFER to its outcome."""


@dataclass(slots=True)
class Log:
    """What the carrier saw, in order: (epoch ms, event, call id, number)."""

    rows: list[tuple[int, str, str, str]] = field(default_factory=list)

    def count(self, event: str, number: str | None = None) -> int:
        return sum(1 for _, e, _, n in self.rows if e == event and number in (None, n))


class SimulatedCall:
    """One leg to one simulated person."""

    def __init__(self, switch: SimulatedSwitch, order: Order) -> None:
        self._switch = switch
        self._order = order
        self._person = switch.behaviour(order)
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._timers: list[asyncio.TimerHandle] = []
        self._answered = False
        self._ended = False
        self._rang = False
        self._playing: asyncio.Future[PlayEnd] | None = None
        self._recordings: set[SimulatedRecording] = set()
        self._answered_at = 0
        self._partner: SimulatedCall | None = None
        self.under: dict[str, tuple[Sound, int]] = {}
        """What sounds under everything else, with its reduction in dB."""

    @property
    def id(self) -> str:
        return self._order.call_id

    @property
    def dialog(self) -> bytes:
        return self._order.call_id.encode()

    @property
    def figures(self) -> MediaFigures:
        return MediaFigures()

    def ring(self) -> None:
        if self._ended or self._rang:
            return
        self._rang = True
        person = self._person
        self._switch.note("invite", self._order)
        self._later(self._order.ring_timeout_ms, lambda: self._end("NO_ANSWER", 487, "B"))
        if person.rings_after is not None:
            self._later(person.rings_after, self._ring)
        if person.answers_after is not None:
            self._later(person.answers_after, self._decide)

    async def events(self) -> AsyncIterator[CallEvent]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, HungUp):
                return

    async def play(self, sounds: Sequence[Sound]) -> Played:
        return await self._play(_length_ms(sounds))

    async def echo(self, delay_ms: int) -> Played:
        return await self._play(None)

    def play_under(self, name: str, sound: Sound, reduction_db: int) -> None:
        self.under[name] = sound, reduction_db

    def stop_under(self, name: str) -> None:
        self.under.pop(name, None)

    def record(self, tape: Tape) -> Recording:
        since = self._switch.now() - self._answered_at
        speaks = [(start - since, end - since) for start, end in self._person.speaks if self._answered]
        recording = SimulatedRecording(tape, speaks, self._switch.now, lambda: self._recordings.discard(recording))
        self._recordings.add(recording)
        if self._ended:
            recording.end("hungup")
        return recording

    async def _play(self, length: int | None) -> Played:
        self.stop_playing()
        if self._ended:
            return Played("hungup", 0)
        loop = asyncio.get_running_loop()
        self._playing = mine = loop.create_future()
        started = self._switch.now()
        timer = None if length is None else loop.call_later(length / 1000, _settle, mine, "done")
        try:
            end = await mine
        finally:
            if timer:
                timer.cancel()
        return Played(end, self._switch.now() - started, started)

    def stop_playing(self) -> None:
        if self._playing:
            _settle(self._playing, "stopped")

    async def send_digits(self, digits: str, ms: int) -> SendEnd:
        for key in digits:
            if self._ended:
                return "hungup"
            if not self._answered:
                return "unsupported"
            if key not in PAUSES_MS:
                self._switch.note(f"key {key}", self._order)
            await asyncio.sleep(PAUSES_MS.get(key, ms + BETWEEN_KEYS_MS) / 1000)
        return "hungup" if self._ended else "sent"

    async def refer(self, target: str) -> Referral:
        if not target:
            raise ValueError("no target")
        if self._ended or not self._answered:
            return Referral("hungup")
        self._switch.note(f"refer {target}", self._order)
        await asyncio.sleep(REFER_MS / 1000)
        return Referral("hungup") if self._ended else self._person.referral

    def connect(self, other: Call) -> None:
        assert isinstance(other, SimulatedCall), "both legs belong to one switch"
        self.part()
        other.part()
        self.stop_playing()
        other.stop_playing()
        self._partner, other._partner = other, self
        self._switch.note(f"connected {other.id}", self._order)

    def part(self) -> None:
        if self._partner:
            self._switch.note(f"parted {self._partner.id}", self._order)
            self._partner._partner, self._partner = None, None

    def _press(self, key: str) -> None:
        self._events.put_nowait(Digit(self._switch.now(), key, 100))
        if self._partner:
            self._switch.note(f"key {key}", self._partner._order)

    def hang_up(self, cause: str, by: HangupBy) -> None:
        self._end(by_text(cause), 200 if self._answered else 487, by)

    def _later(self, ms: int, act: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(ms / 1000, act))

    def _ring(self) -> None:
        early = self._person.early_media and self._order.ignore_early_media in ("", "false")
        self._events.put_nowait(Ringing(self._switch.now(), 183 if self._person.early_media else 180, early))

    def _decide(self) -> None:
        person = self._person
        if person.refuses_with:
            cause, code = of_refusal(person.refuses_with, person.q850)
            self._end(cause, code, "A", person.q850)
            return
        self._answered, self._answered_at = True, self._switch.now()
        self._stop_timers()
        self._switch.note("answered", self._order)
        self._events.put_nowait(Answered(self._switch.now(), self.dialog))
        for after, key in person.presses:
            self._later(after, lambda key=key: self._press(key))  # type: ignore[misc]
        if person.hangs_up_after is not None:
            self._later(person.hangs_up_after, lambda: self._end(of_hangup(person.q850), 200, "A", person.q850))

    def _end(self, cause: str, code: int, by: HangupBy, q850: int | None = None) -> None:
        if self._ended:
            return
        self._ended = True
        self._stop_timers()
        self.part()
        if self._playing:
            _settle(self._playing, "hungup")
        for recording in list(self._recordings):
            recording.end("hungup")
        self._switch.gone(self._order)
        self._events.put_nowait(HungUp(self._switch.now(), cause, code, by, q850))

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()


class SimulatedSwitch:
    """The ``Switch`` port over simulated people."""

    def __init__(self, behaviour: Behaviour, now: Now, lines: int = 100_000) -> None:
        self.behaviour = behaviour
        self.now = now
        self.log = Log()
        self.forgotten: list[tuple[bytes, bool]] = []
        self._lines = lines
        self._up: dict[str, SimulatedCall] = {}
        self._closing = False

    async def start(self) -> None:
        self._closing = False

    async def close(self) -> None:
        self._closing = True
        for call in list(self._up.values()):
            call.hang_up("SYSTEM_SHUTDOWN", "service")

    def prepare(self, order: Order) -> Call:
        if self._closing:
            raise CallRefused("SYSTEM_SHUTDOWN", "the service is stopping")
        if len(self._up) >= self._lines:
            raise CallRefused("SWITCH_CONGESTION", "no free media port")
        call = SimulatedCall(self, order)
        self._up[order.call_id] = call
        return call

    async def forget(self, dialog: bytes, answered: bool) -> None:
        self.forgotten.append((dialog, answered))

    async def set_gateways(self, gateways: Sequence[Gateway]) -> None:
        """Simulated trunks are always there."""

    def gateway_states(self) -> list[GatewayState]:
        return []

    def why_unreachable(self, gateway: Gateway) -> str | None:
        return None

    def ill(self) -> str | None:
        return None

    def note(self, event: str, order: Order) -> None:
        self.log.rows.append((self.now(), event, order.call_id, order.destination))

    def gone(self, order: Order) -> None:
        self._up.pop(order.call_id, None)
        self.note("ended", order)

    @property
    def calls_up(self) -> int:
        return len(self._up)


def _length_ms(sounds: Sequence[Sound]) -> int | None:
    """The playing time; None where a sound has no end."""
    total = 0
    for sound in sounds:
        if isinstance(sound, Silence):
            if not sound.ms:
                return None
            total += sound.ms
        elif isinstance(sound, Frames):
            total += sound.alaw.stat().st_size // 8
        else:
            total += 1000
    return total


def _settle(future: asyncio.Future[PlayEnd], end: PlayEnd) -> None:
    if not future.done():
        future.set_result(end)
