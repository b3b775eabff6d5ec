"""What a leg hears: sound for the recording, keys, and how well it all arrived."""

from __future__ import annotations

from outdial.audio.law import BY_PAYLOAD_TYPE
from outdial.rtp.events import Keypad, Press
from outdial.rtp.packet import HEADER, VERSION, parse
from outdial.rtp.reception import Reception
from outdial.switch.embedded.media.tapes import Sink

_NOTHING: list[Press] = []


class Incoming:
    __slots__ = ("dtmf_payload_type", "keypad", "reception", "sink", "source")

    def __init__(self) -> None:
        self.source = -1
        """The SSRC heard; -1 = none yet."""
        self.dtmf_payload_type = -1
        self.reception = Reception()
        self.keypad = Keypad()
        self.sink: Sink | None = None

    def take(self, data: bytes, arrival: int, exact: bool, now_ms: int) -> list[Press]:
        """One datagram, and the keys it completes. What is not RTP is dropped; either law is understood.

        ``arrival`` is in samples of the rounds' clock; ``exact`` says whether the kernel noted it.
        """
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
        return _NOTHING

    def _take_event(self, timestamp: int, payload: bytes, now_ms: int) -> list[Press]:
        try:
            return self.keypad.take(timestamp, payload, now_ms)
        except ValueError:
            return _NOTHING  # cut off; events are repeated anyway
