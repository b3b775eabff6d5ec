"""What a leg sends: one packet every 20 ms, of a playlist or of silence.

Timestamps follow the wheel's rounds, so a round left out is a hole for the listener and never a shift.
"""

from __future__ import annotations

from collections.abc import Callable

from outdial.audio.law import BY_PAYLOAD_TYPE, FRAME, FRAME_MS, ULAW, Law
from outdial.rtp.packet import HEADER, VERSION, Packet
from outdial.switch.embedded.media.playlist import Source
from outdial.switch.port import Played, PlayEnd

_MARKER = 0x80
_pack = HEADER.pack

SourceOf = Callable[[Law], Source]
"""What is to be played, in the law asked for."""
Ended = Callable[[Played], None]


def _nobody(played: Played) -> None:
    """Nobody waits; also so that who waited is forgotten: there is no garbage collection here."""


class Outgoing:
    __slots__ = (
        "_ended",
        "_first_packet_at",
        "_kind",
        "_sequence",
        "_silence",
        "_source",
        "_source_of",
        "_stamp",
        "always",
        "frame",
        "held",
        "law",
        "sent",
        "ssrc",
    )

    def __init__(self, seed: int) -> None:
        """``seed``: 80 random bits, for SSRC, first sequence number and first timestamp."""
        self.ssrc = seed & 0xFFFFFFFF
        self._sequence = seed >> 32 & 0xFFFF
        self._stamp = seed >> 48 & 0xFFFFFFFF
        self.sent = 0
        self.frame = b""
        self.always = False
        """Silence is sent when nothing plays."""
        self.held = False
        """Nothing is sent; what plays runs on unheard."""
        self.law = ULAW
        self._kind = -1
        """The header's second byte: payload type, and the marker before the first packet; -1 before ``speak``."""
        self._silence = b""
        self._source: Source | None = None
        self._source_of: SourceOf | None = None
        self._ended: Ended = _nobody
        self._first_packet_at = 0

    def speak(self, payload_type: int) -> None:
        """The law from now on; what plays goes on at its place."""
        if self._kind & 0x7F == payload_type and self._silence:
            return
        self.law = BY_PAYLOAD_TYPE[payload_type]
        self._kind = payload_type | _MARKER
        self._silence = bytes([self.law.silence]) * FRAME
        if self._source and self._source_of:
            taken = self._source.taken
            self._source = self._source_of(self.law)
            self._source.skip(taken)

    def play(self, source_of: SourceOf, ended: Ended) -> None:
        """Stops what played before. Raises what ``source_of`` raises, and then nothing plays."""
        self.stop("stopped")
        self._source = source_of(self.law)
        self._source_of, self._ended, self._first_packet_at = source_of, ended, 0

    def stop(self, end: PlayEnd) -> None:
        if self._source:
            ms = self._source.taken * FRAME_MS // FRAME
            ended = self._ended
            self._source, self._source_of, self._ended = None, None, _nobody
            ended(Played(end, ms, self._first_packet_at))

    def timestamp(self, round_: int) -> int:
        return (self._stamp + round_ * FRAME) & 0xFFFFFFFF

    def packet(self, round_: int, now_ms: int) -> bytes:
        """The packet due in this round, empty when there is none; ``frame`` is its sound then."""
        source = self._source
        if source is None:
            frame = self._silence if self.always else b""
        else:
            frame = source.take()
            if not frame or not self._first_packet_at:
                frame = self._edge(frame, now_ms)
        if not frame or self.held:
            return b""
        self.frame = frame
        self._sequence = sequence = (self._sequence + 1) & 0xFFFF
        kind = self._kind
        if kind & _MARKER:
            self._kind = kind ^ _MARKER
        self.sent += 1
        return _pack(VERSION, kind, sequence, (self._stamp + round_ * FRAME) & 0xFFFFFFFF, self.ssrc) + frame

    def event(self, packet: Packet) -> bytes:
        """A telephone-event in place of sound, under the next sequence number; ``frame`` is silence then."""
        self.frame = self._silence
        self._sequence = sequence = (self._sequence + 1) & 0xFFFF
        self.sent += 1
        kind = packet.payload_type | (_MARKER if packet.marker else 0)
        return _pack(VERSION, kind, sequence, packet.timestamp, self.ssrc) + packet.payload

    def _edge(self, frame: bytes, now_ms: int) -> bytes:
        """The first frame of a playlist, or what comes after its last."""
        if not frame:
            self.stop("done")
            return self._silence if self.always else b""
        if not self.held:
            self._first_packet_at = now_ms
        return frame
