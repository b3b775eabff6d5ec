"""What a simulated person says, written down: recordings on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from outdial.audio.law import ALAW, RATE
from outdial.audio.wav import header
from outdial.switch.port import Now, RecordEnd, Tape, Taped

SPOKEN = 0x2A
"""The A-law byte (the loudest) that stands for speech."""
_MS = RATE // 1000


class SimulatedRecording:
    """See ``port.Recording``. The file, A-law, is written at its end: silence, and the bytes ``SPOKEN``."""

    def __init__(self, tape: Tape, speaks: Sequence[tuple[int, int]], now: Now, gone: Callable[[], None]) -> None:
        """``speaks``: from and to, ms from now; ``gone`` is called at the end."""
        self._tape = tape
        self._speaks = [(max(0, start), end) for start, end in speaks if end > 0]
        self._now = now
        self._gone = gone
        self._began = now()
        loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[Taped] = loop.create_future()
        limits: tuple[tuple[int, RecordEnd], ...] = (self._silent_at(), "silence"), (tape.max_ms, "limit")
        first = min((limit for limit in limits if limit[0]), default=None)
        self._timer = loop.call_later(first[0] / 1000, self.end, first[1]) if first else None

    def stop(self) -> None:
        self.end("stopped")

    async def ended(self) -> Taped:
        return await asyncio.shield(self._ended)

    def end(self, end: RecordEnd) -> None:
        if self._ended.done():
            return
        if self._timer:
            self._timer.cancel()
        ms = self._now() - self._began
        self._ended.set_result(Taped(end, ms, self._write(ms)))
        self._gone()

    def _silent_at(self) -> int:
        """When the silence has lasted long enough; 0 = never."""
        if not self._tape.silence_level or not self._tape.silence_ms:
            return 0
        quiet_since = 0
        for start, end in sorted(self._speaks):
            if start - quiet_since >= self._tape.silence_ms:
                break
            quiet_since = max(quiet_since, end)
        return quiet_since + self._tape.silence_ms

    def _write(self, ms: int) -> int:
        """The file's size; nothing is written of nothing."""
        if not ms:
            return 0
        heard = bytearray([ALAW.silence]) * (ms * _MS)
        for start, end in self._speaks:
            part = slice(start * _MS, min(end, ms) * _MS)
            heard[part] = bytes([SPOKEN]) * len(heard[part])
        sound = bytes(heard)
        if self._tape.sides == "both":
            stereo = bytearray([ALAW.silence]) * (2 * len(heard))
            stereo[1::2] = heard
            sound = bytes(stereo)
        self._tape.path.write_bytes(header(ALAW, 2 if self._tape.sides == "both" else 1, len(sound)) + sound)
        return self._tape.path.stat().st_size
