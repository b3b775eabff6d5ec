"""Recordings that a flow asks for, beside the one of the whole call; several sinks of one leg as one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from outdial.audio.g711 import decode
from outdial.audio.law import FRAME, FRAME_MS, RATE, Law
from outdial.switch.embedded.media.recording import File, Recorder, Writer
from outdial.switch.port import RecordEnd

_LAG = RATE // 5
"""200 ms: so late a packet may be before its place is judged silent."""


class Sink(Protocol):
    """Hears a leg: a recorder, an echo."""

    @property
    def wants_exact(self) -> bool: ...
    def sent(self, round_: int, sound: bytes, law: Law) -> None: ...
    def heard(self, source: int, timestamp: int, sound: bytes, law: Law, arrival: int, *, exact: bool) -> None: ...
    def flush(self, round_: int) -> None: ...
    def close(self, round_: int) -> None: ...


class Several:
    """Sinks of one leg as one."""

    __slots__ = ("_sinks",)

    def __init__(self, sinks: tuple[Sink, ...]) -> None:
        self._sinks = sinks

    @property
    def wants_exact(self) -> bool:
        return any(sink.wants_exact for sink in self._sinks)

    def sent(self, round_: int, sound: bytes, law: Law) -> None:
        for sink in self._sinks:
            sink.sent(round_, sound, law)

    def heard(self, source: int, timestamp: int, sound: bytes, law: Law, arrival: int, *, exact: bool) -> None:
        for sink in self._sinks:
            sink.heard(source, timestamp, sound, law, arrival, exact=exact)

    def flush(self, round_: int) -> None:
        for sink in self._sinks:
            sink.flush(round_)

    def close(self, round_: int) -> None:
        for sink in self._sinks:
            sink.close(round_)


def as_one(sinks: tuple[Sink, ...]) -> Sink | None:
    """One is itself: who records once pays for nothing more."""
    return Several(sinks) if len(sinks) > 1 else sinks[0] if sinks else None


@dataclass(frozen=True, slots=True)
class Limits:
    """When a recording ends by itself; 0 = never."""

    max_ms: int = 0
    silence_level: int = 0
    """Mean amplitude (of 32768) of 20 ms below which they are silent."""
    silence_ms: int = 0


class Tape(Recorder):
    """A recorder that ends by its limits; ``done`` is looked at after each ``flush``."""

    __slots__ = ("_checked", "_end", "_quiet_frames", "done", "limits")

    def __init__(self, file: File, writer: Writer, start_round: int, limits: Limits) -> None:
        super().__init__(file, writer, start_round)
        self.limits = limits
        self.done = False
        self._checked = self._quiet_frames = 0

    @property
    def number(self) -> int:
        return self.file.number

    def flush(self, round_: int) -> None:
        """Judges what can have no more late packets, and cuts exactly where the limit lies."""
        if self.done:
            return
        over = self._over(round_ * FRAME - self._start - _LAG)
        if over is None:
            super().flush(round_)
        else:
            self.stop(*over)

    def stop(self, end: RecordEnd, position: int) -> None:
        self.done = True
        self.file.end = end
        self._close_at(position)

    def close(self, round_: int) -> None:
        """The call is over."""
        self.end_now(round_, "hungup")

    def end_now(self, round_: int, end: RecordEnd) -> None:
        if not self.done:
            super().flush(round_)
            self.stop(end, min(round_ * FRAME - self._start, self._longest))

    @property
    def _longest(self) -> int:
        return self.limits.max_ms * RATE // 1000 if self.limits.max_ms else 1 << 62

    def _over(self, until: int) -> tuple[RecordEnd, int] | None:
        judged = self.limits.silence_level and self.limits.silence_ms
        silent = self._silent(min(until, self._longest)) if judged else None
        if silent is not None:
            return "silence", silent
        return ("limit", self._longest) if until >= self._longest else None

    def _silent(self, until: int) -> int | None:
        """Where the silence has lasted long enough; judges whole frames up to ``until``."""
        count = (until - self._checked) // FRAME
        if count <= 0:
            return None
        start, self._checked = self._checked, self._checked + count * FRAME
        for n, loudness in enumerate(_loudness(self._window.heard(start, self._checked), self.file.law)):
            self._quiet_frames = self._quiet_frames + 1 if int(loudness) < self.limits.silence_level else 0
            if self._quiet_frames * FRAME_MS >= self.limits.silence_ms:
                return start + (n + 1) * FRAME
        return None


def _loudness(sound: bytes, law: Law) -> list[float]:
    """Mean amplitude of each 20 ms."""
    levels = _amplitudes(law)[np.frombuffer(sound, dtype=np.uint8)]
    means: list[float] = levels.reshape(-1, FRAME).mean(axis=1).tolist()
    return means


@cache
def _amplitudes(law: Law) -> NDArray[np.float32]:
    return np.abs(decode(bytes(range(256)), law).astype(np.float32))
