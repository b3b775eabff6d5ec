"""One call of the embedded switch: the SIP machine and the media under the port's ``Call``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Protocol

from outdial.domain.causes import CAUSES, by_text, of_hangup, of_refusal
from outdial.domain.errors import Bug
from outdial.sip import events as sip
from outdial.sip.call import CallMachine
from outdial.sip.uri import Address, Uri, escape_user
from outdial.switch import port
from outdial.switch.embedded.voice import Voice
from outdial.switch.port import (
    Answered,
    CallEvent,
    Challenged,
    Digit,
    HangupBy,
    HungUp,
    MediaFigures,
    Order,
    Played,
    Recording,
    Referral,
    Ringing,
    SendEnd,
    Sound,
    Tape,
)

CLOSING_S = 1.0
"""How long the end waits for the media process to complete the recording."""

Ending = tuple[str, int, HangupBy]
"""Cause, SIP code, who."""


class Line(Protocol):
    """What a call needs of its switch."""

    def now(self) -> int: ...
    def start_call(self, call: EmbeddedCall) -> None: ...
    def confirm(self, call: EmbeddedCall) -> None: ...
    def refer(self, call: EmbeddedCall, target: str) -> bool: ...
    def take_down(self, call: EmbeddedCall, reason: str) -> None: ...
    def done(self, call: EmbeddedCall) -> None: ...
    def trace_of(self, machine: CallMachine) -> str: ...


class EmbeddedCall:
    """See ``port.Call``. What SIP and media report comes in by ``hear`` and the ``Owner`` methods."""

    def __init__(self, order: Order, machine: CallMachine, line: Line) -> None:
        self.order = order
        self.machine = machine
        self.voice: Voice
        """Set by the switch before anybody sees the call."""
        self._line = line
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._ring_timer: asyncio.TimerHandle | None = None
        self._close_timer: asyncio.TimerHandle | None = None
        self._rung = self._early = self._answered = False
        self._ending: Ending | None = None
        self._last: HungUp | None = None
        self._told = False
        self._referring: asyncio.Future[Referral] | None = None
        self._partner: EmbeddedCall | None = None

    # ── the port ─────────────────────────────────────────────────────────────────────────────────

    @property
    def id(self) -> str:
        return self.order.call_id

    @property
    def dialog(self) -> bytes:
        return self.machine.dialog.dump()

    @property
    def figures(self) -> MediaFigures:
        return self.voice.figures

    def ring(self) -> None:
        if self._ring_timer is None and self._last is None:
            timeout_s = self.order.ring_timeout_ms / 1000
            self._ring_timer = asyncio.get_running_loop().call_later(timeout_s, self.hang_up, "NO_ANSWER", "B")
            self._line.start_call(self)

    async def events(self) -> AsyncIterator[CallEvent]:
        while True:
            event = await self._events.get()
            try:
                yield event
            finally:
                if isinstance(event, Answered):
                    self._line.confirm(self)  # the reader is through with it: the answer is on disk
            if isinstance(event, HungUp):
                return

    async def play(self, sounds: Sequence[Sound]) -> Played:
        return await self.voice.play(sounds)

    async def echo(self, delay_ms: int) -> Played:
        return await self.voice.echo(delay_ms)

    def stop_playing(self) -> None:
        self.voice.stop()

    def play_under(self, name: str, sound: Sound, reduction_db: int) -> None:
        self.voice.play_under(name, sound, reduction_db)

    def stop_under(self, name: str) -> None:
        self.voice.play_under(name, None)

    def record(self, tape: Tape) -> Recording:
        return self.voice.record(tape)

    async def send_digits(self, digits: str, ms: int) -> SendEnd:
        return await self.voice.send_digits(digits, ms)

    async def refer(self, target: str) -> Referral:
        uri = target_uri(target, self.machine.dialog.remote)
        if not self._line.refer(self, uri):
            return Referral("hungup" if self._last or not self._answered else "refused")
        self._referring = asyncio.get_running_loop().create_future()
        return await self._referring

    def connect(self, other: port.Call) -> None:
        assert isinstance(other, EmbeddedCall), "both legs belong to one switch"
        self.part()
        other.part()
        self._partner, other._partner = other, self
        self.voice.connect(other.voice)

    def part(self) -> None:
        if self._partner:
            self.voice.part()
            self._partner._partner, self._partner = None, None

    def hang_up(self, cause: str, by: HangupBy) -> None:
        if self._last is not None or self._ending is not None:
            return
        name = by_text(cause)
        self._ending = name, 200 if self._answered else 487, by
        number = CAUSES[name].number
        reason = f'Q.850;cause={number};text="{name}"' if 0 < number <= 127 else ""
        self._line.take_down(self, reason)

    # ── from the media ───────────────────────────────────────────────────────────────────────────

    def pressed(self, digit: str, ms: int, at: int) -> None:
        if self._answered or self._early:
            self._tell(Digit(at, digit, ms))

    def fell_silent(self) -> None:
        self.hang_up("MEDIA_TIMEOUT", "service")

    def media_gone(self) -> None:
        """The media process died: a call that nobody hears is hung up (or, if it is over, is told so)."""
        if self._last is None:
            self.hang_up("NORMAL_TEMPORARY_FAILURE", "service")
        self.media_closed()

    def media_closed(self) -> None:
        if self._last is not None and not self._told:
            self._told = True
            if self._close_timer:
                self._close_timer.cancel()
            self._tell(self._last)
            self._line.done(self)

    # ── from SIP ─────────────────────────────────────────────────────────────────────────────────

    def hear(self, event: sip.SipEvent) -> None:
        match event:
            case sip.Progress():
                self._progressed(event)
            case sip.Answered():
                self._was_answered(event)
            case sip.Ended():
                self._ended(event)
            case sip.Challenged():
                self._tell(Challenged(self.dialog))
            case sip.Renegotiated():
                self.voice.point(event.media, self.machine.dialog.peer[0])
            case sip.Pressed():
                self._tell(Digit(self._line.now(), event.digit, event.ms))
                if self._partner:
                    self._partner.voice.pass_key(event.digit, event.ms)
            case sip.Referred():
                self._referred(Referral(event.end, event.code, event.phrase))
            case sip.RegistrationChanged():
                raise Bug("no call hears of registrations")

    def _progressed(self, event: sip.Progress) -> None:
        listens = event.media is not None and self.order.ignore_early_media in ("", "false", "consume")
        if event.media is not None and listens:
            self.voice.point(event.media, self.machine.dialog.peer[0])
        early = listens and self.order.ignore_early_media != "consume"
        if (event.code in (180, 183) and not self._rung) or (early and not self._early):
            self._rung, self._early = True, early
            self._tell(Ringing(self._line.now(), event.code, early))

    def _was_answered(self, event: sip.Answered) -> None:
        self._answered = True
        self._stop_ring_timer()
        self.voice.point(event.media, self.machine.dialog.peer[0])
        self.voice.answer(self.order.recording, self.order.media_timeout_ms)
        self._tell(Answered(self._line.now(), self.dialog))

    def _referred(self, referral: Referral) -> None:
        if self._referring and not self._referring.done():
            self._referring.set_result(referral)

    def _ended(self, event: sip.Ended) -> None:
        """The line is free; the event waits a moment for the recording to be complete."""
        self._stop_ring_timer()
        self.part()
        self._referred(Referral("hungup"))
        cause, code, by = ending_of(event, self._ending, self._answered)
        abnormal = not self._answered or cause != "NORMAL_CLEARING"
        trace = self._line.trace_of(self.machine) if abnormal else ""
        self.machine.trace.close()
        self._last = HungUp(self._line.now(), cause, code, by, event.q850, event.phrase, trace)
        self._close_timer = asyncio.get_running_loop().call_later(CLOSING_S, self.media_closed)
        self.voice.release()

    def _stop_ring_timer(self) -> None:
        if self._ring_timer:
            self._ring_timer.cancel()

    def _tell(self, event: CallEvent) -> None:
        if not self._told or event is self._last:
            self._events.put_nowait(event)


def target_uri(target: str, remote: str) -> str:
    """A URI as it is; a number as one of the host of ``remote``, the To value. Raises ValueError."""
    if ":" in target:
        Uri.parse(target)
        return target
    number = escape_user(target)
    if not number:
        raise ValueError("no target")
    return str(replace(Uri.parse(Address.parse(remote).uri), user=number, params={}))


def ending_of(event: sip.Ended, ours: Ending | None, answered: bool) -> Ending:
    """Cause, code and who; ours stands unless the far end was faster."""
    match event.end:
        case "refused":
            return *of_refusal(event.code, event.q850), "A"
        case "remote":
            return of_hangup(event.q850), 200, "A"
        case "unsuitable":
            return "INCOMPATIBLE_DESTINATION", 488, "service"
        case "timeout":
            return "NO_ANSWER", 487, "B"
        case "cancelled" | "local":
            return ours or ("NORMAL_CLEARING", 200 if answered else 487, "service")
