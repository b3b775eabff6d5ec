"""Several sounds as one unbroken run of 20 ms frames."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from outdial.audio.law import FRAME, RATE, Law


@dataclass(frozen=True, slots=True)
class Piece:
    """G.711 bytes played ``loops`` times; 0 = for ever."""

    data: mmap.mmap | bytes
    size: int
    loops: int = 1


def quiet(law: Law, ms: int) -> list[Piece]:
    """Silence; 0 ms = for ever."""
    second = bytes([law.silence]) * RATE
    if not ms:
        return [Piece(second, RATE, 0)]
    seconds, rest = divmod(ms * RATE // 1000, RATE)
    return [Piece(second, RATE, seconds)] * bool(seconds) + [Piece(second[:rest], rest)] * bool(rest)


class Source(Protocol):
    """Where frames come from."""

    @property
    def taken(self) -> int: ...

    def take(self) -> bytes:
        """The next frame; empty at the end."""

    def skip(self, count: int) -> None:
        """Goes on as if ``count`` bytes had been taken."""


class Playlist:
    """Frames cut across the joints of its pieces, so that no sample is added between two sounds."""

    __slots__ = ("_at", "_data", "_loops", "_pieces", "_silence", "_size", "taken")

    def __init__(self, pieces: Sequence[Piece], law: Law) -> None:
        self._pieces = [piece for piece in reversed(pieces) if piece.size]
        self._silence = bytes([law.silence])
        self._data: mmap.mmap | bytes = b""
        self._size = self._at = 0
        self._loops = 1
        self.taken = 0
        """Bytes of sound so far, without the padding of the last frame."""

    def take(self) -> bytes:
        """The next frame, the last one padded with silence; empty at the end."""
        at = self._at
        end = at + FRAME
        if end <= self._size:
            self._at = end
            self.taken += FRAME
            return self._data[at:end]
        return self._take_joint()

    def skip(self, count: int) -> None:
        """Goes on as if ``count`` bytes had been taken: the same place in the other law's files."""
        while self.taken < count and self.take():
            pass

    def _take_joint(self) -> bytes:
        frame = b""
        while len(frame) < FRAME and (self._at < self._size or self._turn()):
            part = self._data[self._at : self._at + FRAME - len(frame)]
            self._at += len(part)
            frame += part
        self.taken += len(frame)
        return frame.ljust(FRAME, self._silence) if frame else b""

    def _turn(self) -> bool:
        """To the start of the next loop or piece; False when there is none."""
        self._at = 0
        if self._loops != 1:
            self._loops = max(0, self._loops - 1)
            return True
        if not self._pieces:
            self._data, self._size = b"", 0
            return False
        piece = self._pieces.pop()
        self._data, self._size, self._loops = piece.data, piece.size, piece.loops
        return True
