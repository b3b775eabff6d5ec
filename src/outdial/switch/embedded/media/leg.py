"""One call's media: it sends, it hears, it records, it reports. No sockets, no clock.

Time comes as a round (20 ms turns of the wheel since its start), an arrival (samples of the same clock) and epoch
milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from outdial.audio.law import FRAME, FRAME_MS, RATE
from outdial.rtp import rtcp
from outdial.rtp.events import Press
from outdial.switch.embedded.media import records
from outdial.switch.embedded.media.incoming import Incoming
from outdial.switch.embedded.media.keying import Keying, Told
from outdial.switch.embedded.media.mixing import Underlay
from outdial.switch.embedded.media.outgoing import Outgoing, SourceOf
from outdial.switch.embedded.media.recording import Recorder
from outdial.switch.embedded.media.tapes import Sink, Tape, as_one

REPORT_ROUNDS = 250
"""Five seconds between two RTCP reports, and between two sets of counters."""
_EXACT_POLL = 10
"""Every so many polls, once a second, arrivals are read exactly: for jitter, and against drift."""
_NEVER = 1 << 62
_NAME = b"outdial"


class Line(Protocol):
    """The sockets of a leg."""

    port: int
    send: Callable[[bytes], object]
    """One RTP packet to the peer; may raise OSError."""

    def receive(self) -> list[bytes]:
        """The RTP packets waiting."""

    def receive_stamped(self) -> list[tuple[bytes, float]]:
        """The same, each with the milliseconds since it arrived at the kernel; dearer."""

    def send_report(self, data: bytes) -> None: ...

    def receive_reports(self) -> list[bytes]: ...


class Leg:
    __slots__ = (
        "_answered",
        "_heard_report",
        "_heard_round",
        "_keying",
        "_limit_rounds",
        "_polls",
        "_report",
        "_report_round",
        "_sinks",
        "_speaker",
        "_tapes",
        "_underlay",
        "incoming",
        "line",
        "outgoing",
        "partner",
        "phase",
        "recorder",
        "sink",
        "slot",
    )

    def __init__(self, line: Line, report: Callable[[records.Report], None], seed: int) -> None:
        """``seed``: see Outgoing."""
        self.line = line
        self.slot = self.phase = 0
        """Where the wheel put it."""
        self.outgoing = Outgoing(seed)
        self.incoming = Incoming()
        self.recorder: Recorder | None = None
        """Of the whole call."""
        self.sink: Sink | None = None
        """Who takes what is sent and heard, all as one."""
        self._sinks: tuple[Sink, ...] = ()
        self._tapes: dict[int, Tape] = {}
        self.partner: Leg | None = None
        """Who is connected to it, and is sent its keys."""
        self._underlay: Underlay | None = None
        self._keying: Keying | None = None
        self._speaker: Outgoing | Underlay | Leg = self.outgoing
        """Who makes the packets."""
        self._report = report
        self._answered = False
        self._polls = 0
        self._heard_round = self._limit_rounds = 0
        self._report_round = _NEVER
        self._heard_report = (0, 0)
        """Of the newest sender report: its name for itself (RFC 3550 "LSR"), and the round it was read in."""

    # ── commands ─────────────────────────────────────────────────────────────────────────────────

    def point(self, payload_type: int, dtmf_payload_type: int | None, held: bool, round_: int) -> None:
        """The RTP timeout starts anew after hold."""
        if self.outgoing.held and not held:
            self._heard_round = round_
        self.outgoing.held = held
        self.outgoing.speak(payload_type)
        self.incoming.dtmf_payload_type = -1 if dtmf_payload_type is None else dtmf_payload_type

    def answer(self, round_: int, recorder: Recorder | None, timeout_ms: int) -> None:
        """From now on something is always sent, and recorded. The second answer is none."""
        if self._answered:
            return
        self._answered = self.outgoing.always = True
        self.recorder = recorder
        if recorder:
            self.add(recorder)
        self._heard_round = round_
        self._limit_rounds = timeout_ms // FRAME_MS
        self._report_round = round_ + REPORT_ROUNDS // 2 + self.outgoing.ssrc % (REPORT_ROUNDS // 2)

    def add(self, sink: Sink) -> None:
        """It takes what is sent and heard from now on."""
        self._tap((*self._sinks, sink))

    def remove(self, sink: Sink) -> None:
        self._tap(tuple(each for each in self._sinks if each is not sink))

    def _tap(self, sinks: tuple[Sink, ...]) -> None:
        self._sinks = sinks
        self.sink = self.incoming.sink = as_one(sinks)

    def record(self, tape: Tape) -> None:
        self._tapes[tape.number] = tape
        self.add(tape)

    def stop_tape(self, number: int, round_: int, now_ms: int) -> None:
        """Hears what still came. A tape that ended before is no matter."""
        self._listen(round_ * FRAME, now_ms)
        tape = self._tapes.get(number)
        if tape:
            tape.end_now(round_, "stopped")
            self._drop_done()

    def _drop_done(self) -> None:
        for tape in [tape for tape in self._tapes.values() if tape.done]:
            del self._tapes[tape.number]
            self.remove(tape)

    def play_under(self, name: str, source_of: SourceOf, reduction_db: int) -> None:
        if self._underlay is None:
            self._underlay = Underlay(self.outgoing)
        self._underlay.start(name, source_of, reduction_db)
        self._choose()

    def stop_under(self, name: str) -> None:
        if self._underlay is not None:
            self._underlay.stop(name)
            self._choose()

    def send_keys(self, keys: str, ms: int, told: Told | None = None) -> None:
        """Presses keys; ``told`` hears once how that ended."""
        if self._keying is None:
            self._keying = Keying(self.outgoing)
        self._keying.send(keys, ms, self.incoming.dtmf_payload_type, told)
        self._choose()

    def _choose(self) -> None:
        """Who makes the packets: keys before sounds."""
        if self._keying is not None and self._keying.busy:
            self._speaker = self
        elif self._underlay is not None and self._underlay.busy:
            self._speaker = self._underlay
        else:
            self._speaker = self.outgoing

    def packet(self, round_: int, now_ms: int) -> bytes:
        """Keys, in place of what sounds, until they are sent."""
        assert self._keying is not None
        packet = self._keying.packet(round_, now_ms)
        if not self._keying.busy:
            self._choose()
        return packet

    def close(self, round_: int, now_ms: int) -> None:
        """Hears what still came, and hands the rest of the recording to the writer."""
        self._listen(round_ * FRAME, now_ms)
        self.outgoing.stop("hungup")
        self._speaker = self.outgoing
        if self._keying is not None:
            self._keying.stop()
        if self._answered:
            self.line.send_report(self._rtcp(round_, now_ms, bye=True))
        if self.sink:
            self.sink.close(round_)

    def figures(self) -> records.Counted:
        written = self.recorder.file.bytes_written if self.recorder else 0
        heard, sent = self.incoming.reception, self.outgoing.sent
        return records.Counted(self.line.port, sent, heard.received, heard.lost, heard.jitter * 1000 / RATE, written)

    # ── the wheel ────────────────────────────────────────────────────────────────────────────────

    def tick(self, round_: int, now_ms: int) -> bytes:
        """Every 20 ms: the packet to send, empty when there is none."""
        packet = self._speaker.packet(round_, now_ms)
        if packet and self.sink is not None:
            self.sink.sent(round_, self.outgoing.frame, self.outgoing.law)
        return packet

    def poll(self, round_: int, arrival: int, now_ms: int) -> None:
        """Every 100 ms: takes what has arrived; ``arrival`` is now, in samples."""
        heard, limit = self.hear(round_, arrival, now_ms), self._limit_rounds
        if not heard and limit and round_ - self._heard_round > limit and not self.outgoing.held:
            self._limit_rounds = 0
            self._report(records.NoRtp(self.line.port))
        if self.incoming.keypad.held:
            self._press(self.incoming.keypad.expire(now_ms), now_ms)
        if self.sink is not None:
            self.sink.flush(round_)
            if self._tapes:
                self._drop_done()
        if round_ >= self._report_round:
            self._report_round = round_ + REPORT_ROUNDS
            self._exchange_reports(round_, now_ms)

    def hear(self, round_: int, arrival: int, now_ms: int) -> bool:
        """Takes what has arrived; whether anything has."""
        before = self.incoming.reception.received
        self._listen(arrival, now_ms)
        if self.incoming.reception.received == before:
            return False
        self._heard_round = round_
        return True

    def _listen(self, arrival: int, now_ms: int) -> None:
        incoming = self.incoming
        self._polls += 1
        if self._polls % _EXACT_POLL and not (self.sink and self.sink.wants_exact):
            presses = incoming.take_all(self.line.receive(), arrival, now_ms)
            if presses:
                self._press(presses, now_ms)
            return
        incoming.reception.skip_arrivals()
        for data, age_ms in self.line.receive_stamped():
            self._press(incoming.take(data, arrival - round(age_ms * RATE / 1000), True, now_ms), now_ms)

    def _press(self, presses: list[Press], now_ms: int) -> None:
        for press in presses:
            self._report(records.Pressed(self.line.port, press.key, press.ms, now_ms))
            if self.partner is not None:
                self.partner.send_keys(press.key, press.ms)

    # ── RTCP ─────────────────────────────────────────────────────────────────────────────────────

    def _exchange_reports(self, round_: int, now_ms: int) -> None:
        for data in self.line.receive_reports():
            try:
                parts = rtcp.parse(data)
            except ValueError:
                continue
            for part in parts:
                if isinstance(part, rtcp.Report) and part.sender:
                    self._heard_report = (part.sender.ntp >> 16 & 0xFFFFFFFF, round_)
        if not self.outgoing.held:
            self.line.send_report(self._rtcp(round_, now_ms))
        self._report(self.figures())

    def _rtcp(self, round_: int, now_ms: int, bye: bool = False) -> bytes:
        out = self.outgoing
        octets = out.sent * FRAME & 0xFFFFFFFF
        sender = rtcp.Sender(rtcp.ntp(now_ms), out.timestamp(round_), out.sent, octets) if out.sent else None
        blocks = (self._block(round_),) if self.incoming.source >= 0 else ()
        return rtcp.build(rtcp.Report(out.ssrc, sender, blocks), _NAME, bye)

    def _block(self, round_: int) -> rtcp.Block:
        heard = self.incoming.reception
        last_report, report_round = self._heard_report
        delay = (round_ - report_round) * FRAME_MS * 65536 // 1000 if last_report else 0
        highest = heard.highest & 0xFFFFFFFF
        fraction = heard.fraction_lost()
        return rtcp.Block(self.incoming.source, fraction, heard.lost, highest, int(heard.jitter), last_report, delay)
