"""Recordings: a window of both sides in memory, whole blocks to the writer thread, WAV on disk."""

from __future__ import annotations

import errno
import os
import threading
from collections import deque
from pathlib import Path
from queue import SimpleQueue

from outdial.audio.g711 import translation
from outdial.audio.law import ALAW, FRAME, RATE, ULAW, Law
from outdial.audio.wav import HEADER_BYTES, header
from outdial.rtp.placement import Placement
from outdial.switch.embedded.media.mixing import folded
from outdial.switch.port import RecordEnd, Sides

BLOCK = 16_384
"""Samples: two seconds, 32 kB of stereo."""
SLACK = RATE // 2
"""A packet up to half a second late still finds its place."""
_HEADER_EVERY_BYTES = 64_000
"""Four seconds of stereo."""
_AHEAD = 2 * RATE
"""Nothing is placed further ahead of the present than this."""
TO = {ALAW: translation(ULAW, ALAW), ULAW: translation(ALAW, ULAW)}
"""The other law's bytes into this one's."""


class Window:
    """The part of the timeline not yet handed over; positions are samples since the recording's start."""

    __slots__ = ("_base", "_left", "_right", "_silence")

    def __init__(self, law: Law) -> None:
        self._silence = bytes([law.silence])
        self._left = bytearray()
        self._right = bytearray()
        self._base = 0

    def left(self, position: int, data: bytes) -> None:
        """Our side, in order."""
        if position - self._base == len(self._left):
            self._left += data
        else:
            self._put(self._left, position, data)

    def right(self, position: int, data: bytes) -> None:
        """The person's side, in any order; what comes too late or lies too far ahead is dropped."""
        if position - self._base == len(self._right):
            self._right += data
        else:
            self._put(self._right, position, data)

    def take(self, now: int) -> bytearray | None:
        """A block of stereo, once nothing can come for it any more."""
        return self._cut(BLOCK) if now - self._base >= BLOCK + SLACK else None

    def heard(self, start: int, end: int) -> bytes:
        """The person's side between two positions, as far as it has come and is not handed over."""
        return bytes(self._right[start - self._base : end - self._base]).ljust(end - start, self._silence)

    def rest(self, end: int) -> bytearray:
        """All up to ``end``, at the end of the call."""
        return self._cut(max(0, end - self._base))

    def _put(self, side: bytearray, position: int, data: bytes) -> None:
        at = position - self._base
        if at < 0:
            data, at = data[-at:], 0
        gap = at - len(side)
        if not data or gap > BLOCK + SLACK + _AHEAD:
            return
        if gap > 0:
            side += self._silence * gap
        side[at : at + len(data)] = data

    def _cut(self, size: int) -> bytearray:
        stereo = bytearray(2 * size)
        stereo[0::2] = self._left[:size].ljust(size, self._silence)
        stereo[1::2] = self._right[:size].ljust(size, self._silence)
        del self._left[:size], self._right[:size]
        self._base += size
        return stereo


class File:
    """One recording on disk. Everything but the constructor runs in the writer thread."""

    def __init__(self, port: int, path: Path, law: Law, sides: Sides = "both", number: int = 0) -> None:
        """``number``: of the ``Tape`` that asked for it; 0 for the recording of the whole call."""
        self.port = port
        self.number = number
        self.law = law
        self.end: RecordEnd = "hungup"
        """Why it ends."""
        self._sides: Sides = sides
        self._channels = 2 if sides == "both" else 1
        self._path = path
        self._fd = -1
        self._sound_bytes = self._announced_bytes = 0
        self.bytes_written = 0
        self.fault = ""

    def write(self, stereo: bytearray, last: bool) -> None:
        """Appends a block; every few, the header says so, so that a crash leaves a playable file."""
        if self.fault:
            return
        sound = folded(stereo, self._sides, self.law)
        try:
            if self._fd < 0:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
            if os.pwrite(self._fd, sound, HEADER_BYTES + self._sound_bytes) < len(sound):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._sound_bytes += len(sound)
            if last or not self._announced_bytes or self._sound_bytes - self._announced_bytes >= _HEADER_EVERY_BYTES:
                os.pwrite(self._fd, header(self.law, self._channels, self._sound_bytes), 0)
                self._announced_bytes = self._sound_bytes
        except OSError as fault:
            self.fault = f"{self._path}: {fault.strerror}"
        else:
            self.bytes_written = HEADER_BYTES + self._sound_bytes

    @property
    def ms(self) -> int:
        """Length of what is written."""
        return self._sound_bytes // self._channels * 1000 // RATE

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)


class Writer:
    """The thread that touches the disk, so that a slow one never stops the wheel.

    Each call into the system costs a change of threads twice, so there is one to a block.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[File, bytearray, bool] | None] = SimpleQueue()
        self.closed: deque[File] = deque()
        """Recordings now complete, for the wheel's thread to take from the left."""
        self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
        self._thread.start()

    def write(self, file: File, stereo: bytearray, last: bool = False) -> None:
        self._jobs.put((file, stereo, last))

    def finish(self) -> None:
        """Returns when all is on disk."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while job := self._jobs.get():
            file, stereo, last = job
            file.write(stereo, last)
            if last:
                file.close()
                self.closed.append(file)


class Recorder:
    """Both sides of one call on one timeline, from the round of its answer."""

    __slots__ = (
        "_anchored",
        "_law",
        "_next_position",
        "_next_timestamp",
        "_placement",
        "_source",
        "_start",
        "_window",
        "_writer",
        "file",
    )

    def __init__(self, file: File, writer: Writer, start_round: int) -> None:
        self.file = file
        self._law = file.law
        self._writer = writer
        self._start = start_round * FRAME
        self._window = Window(file.law)
        self._placement = Placement()
        self._source = -1
        self._anchored = False
        self._next_timestamp = -1
        """Of the packet that would follow the last one, and where it would go."""
        self._next_position = 0

    @property
    def wants_exact(self) -> bool:
        """True until an exactly known arrival has tied the person's timestamps to the timeline."""
        return not self._anchored

    def sent(self, round_: int, sound: bytes, law: Law) -> None:
        if law is not self._law:
            sound = sound.translate(TO[self._law])
        self._window.left(round_ * FRAME - self._start, sound)

    def heard(self, source: int, timestamp: int, sound: bytes, law: Law, arrival: int, *, exact: bool) -> None:
        """``arrival`` in samples of the rounds' clock; taken as it comes until an exact one is at hand."""
        if law is not self._law:
            sound = sound.translate(TO[self._law])
        if exact or timestamp != self._next_timestamp or source != self._source:
            self._next_position = self._place(source, timestamp, arrival, exact)
        self._window.right(self._next_position, sound)
        self._next_timestamp = (timestamp + len(sound)) & 0xFFFFFFFF
        self._next_position += len(sound)

    def flush(self, round_: int) -> None:
        while block := self._window.take(round_ * FRAME - self._start):
            self._writer.write(self.file, block)

    def close(self, round_: int) -> None:
        self.flush(round_)
        self._close_at(round_ * FRAME - self._start)

    def _close_at(self, end: int) -> None:
        self._writer.write(self.file, self._window.rest(end), last=True)

    def _place(self, source: int, timestamp: int, arrival: int, exact: bool) -> int:
        if source != self._source:
            self._source, self._anchored = source, False
        if exact and not self._anchored:
            self._placement, self._anchored = Placement(), True
        position = self._placement.place(source, timestamp, arrival)
        if exact:
            self._placement.observe(position, arrival)
        return position - self._start
