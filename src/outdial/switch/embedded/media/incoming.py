"""What a leg hears: sound for the recording, keys, and how well it all arrived."""

from __future__ import annotations

import struct

from outdial.audio.law import BY_PAYLOAD_TYPE
from outdial.rtp.events import Keypad, Press
from outdial.rtp.packet import HEADER, VERSION, parse
from outdial.rtp.reception import Reception
from outdial.switch.embedded.media.tapes import Sink

_NOTHING: list[Press] = []
_HEAD = struct.Struct("!HHII")
"""Version, flags and payload type as one; sequence, timestamp, SSRC."""
_NO_HEAD = -1


class Incoming:
    __slots__ = ("_head", "_next", "_stamp", "dtmf_payload_type", "keypad", "reception", "sink", "source")

    def __init__(self) -> None:
        self.source = -1
        """The SSRC heard; -1 = none yet."""
        self.dtmf_payload_type = -1
        self.reception = Reception()
        self.keypad = Keypad()
        self.sink: Sink | None = None
        self._head = _NO_HEAD
        """How a packet begins that goes on where the last one ended, if that was sound…"""
        self._next = self._stamp = 0
        """…with this sequence number and this timestamp."""

    def take_all(self, packets: list[bytes], arrival: int, now_ms: int) -> list[Press]:
        """Datagrams in the order they came, when is not known exactly. Sound that goes on where the last packet
        ended, which is nearly all there is, is put together and taken once.
        """
        presses = _NOTHING
        run: list[bytes] = []
        begin = self._stamp
        for data in packets:
            if len(data) > 12:
                head, sequence, timestamp, source = _HEAD.unpack_from(data)
                if head == self._head and sequence == self._next and timestamp == self._stamp and source == self.source:
                    run.append(data[12:])
                    self._next = (sequence + 1) & 0xFFFF
                    self._stamp = (timestamp + len(data) - 12) & 0xFFFFFFFF
                    continue
            self._take_run(run, begin, arrival)
            presses = presses + self.take(data, arrival, False, now_ms)
            run, begin = [], self._stamp
        self._take_run(run, begin, arrival)
        return presses

    def _take_run(self, run: list[bytes], timestamp: int, arrival: int) -> None:
        if run:
            self.reception.take_run(len(run))
            if self.sink is not None:
                law = BY_PAYLOAD_TYPE[self._head & 0x7F]
                self.sink.heard(self.source, timestamp, b"".join(run), law, arrival, exact=False)

    def take(self, data: bytes, arrival: int, exact: bool, now_ms: int) -> list[Press]:
        """One datagram, and the keys it completes. What is not RTP is dropped; either law is understood.

        ``arrival`` is in samples of the rounds' clock; ``exact`` says whether the kernel noted it.
        """
        self._head = _NO_HEAD
        if len(data) < HEADER.size:
            return _NOTHING
        flags, kind, sequence, timestamp, ssrc = HEADER.unpack_from(data)
        sound = data[12:]
        if flags != VERSION:
            try:
                sound = parse(data).payload
            except ValueError:
                return _NOTHING
        if ssrc != self.source:
            self.source = ssrc
            self.reception.restart(sequence)
        self.reception.take(sequence)
        kind &= 0x7F
        if kind == self.dtmf_payload_type:
            return self._take_event(timestamp, sound, now_ms)
        law = BY_PAYLOAD_TYPE.get(kind)
        if law is not None:
            if exact:
                self.reception.arrived(timestamp, arrival)
            if self.sink is not None:
                self.sink.heard(ssrc, timestamp, sound, law, arrival, exact=exact)
            if self.reception.highest & 0xFFFF == sequence:
                self._head = VERSION << 8 | kind
                self._next, self._stamp = (sequence + 1) & 0xFFFF, (timestamp + len(sound)) & 0xFFFFFFFF
        return _NOTHING

    def _take_event(self, timestamp: int, payload: bytes, now_ms: int) -> list[Press]:
        try:
            return self.keypad.take(timestamp, payload, now_ms)
        except ValueError:
            return _NOTHING  # cut off; events are repeated anyway
