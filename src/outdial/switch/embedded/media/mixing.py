"""Two sounds as one: both sides of a mono recording, and sounds under what a leg sends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from outdial.audio.g711 import decode, encode
from outdial.audio.law import Law
from outdial.rtp.packet import HEADER
from outdial.switch.embedded.media.outgoing import Outgoing, SourceOf
from outdial.switch.embedded.media.playlist import Source
from outdial.switch.port import Sides

Wave = NDArray[np.float32]


def folded(stereo: bytearray, sides: Sides, law: Law) -> bytes | bytearray:
    """A stereo block as the recording wants it: as it is, both sides in one channel, or the person alone."""
    if sides == "both":
        return stereo
    if sides == "heard":
        return stereo[1::2]
    return _coded(decode(bytes(stereo), law).reshape(-1, 2).sum(axis=1, dtype=np.float32), law)


@dataclass(slots=True)
class _Part:
    source_of: SourceOf
    reduction_db: int
    law: Law
    source: Source

    def wave(self, law: Law) -> Wave | float:
        """Its next frame at its level; after a change of the law it begins anew. 0 when there is nothing."""
        if law is not self.law:
            self.law, self.source = law, self.source_of(law)
        frame = self.source.take()
        return _levels(law, self.reduction_db)[np.frombuffer(frame, dtype=np.uint8)] if frame else 0.0


class Underlay:
    """Sounds under what a leg sends, each at its own level and until it is stopped."""

    __slots__ = ("_outgoing", "_parts")

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._parts: dict[str, _Part] = {}

    def start(self, name: str, source_of: SourceOf, reduction_db: int) -> None:
        """``source_of`` makes an endless sound. A second one of the same name takes the place of the first."""
        law = self._outgoing.law
        self._parts[name] = _Part(source_of, reduction_db, law, source_of(law))

    def stop(self, name: str) -> None:
        self._parts.pop(name, None)

    @property
    def busy(self) -> bool:
        return bool(self._parts)

    def packet(self, round_: int, now_ms: int) -> bytes:
        """In place of ``Outgoing.packet``. Where that sends nothing, nothing is sent, and these sounds wait."""
        packet = self._outgoing.packet(round_, now_ms)
        if not packet:
            return packet
        law = self._outgoing.law
        sum_ = decode(self._outgoing.frame, law).astype(np.float32)
        for part in self._parts.values():
            sum_ += part.wave(law)
        self._outgoing.frame = frame = _coded(sum_, law)
        return packet[: HEADER.size] + frame


def _coded(wave: Wave, law: Law) -> bytes:
    return encode(np.clip(np.rint(wave), -32768, 32767).astype(np.int16), law)


@cache
def _levels(law: Law, reduction_db: int) -> Wave:
    """What each of a law's bytes stands for, so many decibels lower."""
    return (decode(bytes(range(256)), law) * 10 ** (-reduction_db / 20)).astype(np.float32)
