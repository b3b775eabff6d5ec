"""What is heard, kept for a while and said again: to the same person, or (``relay``) to another."""

from __future__ import annotations

from outdial.audio.law import FRAME, FRAME_MS, RATE, Law
from outdial.switch.embedded.media.recording import TO

_LEAST_MS = 120
"""Packets are taken every 100 ms; a shorter delay would be full of holes."""
_SLACK = RATE // 2
"""When the person's clock runs faster, or packets come in a heap, so much more may wait; then the oldest go."""
_JUMP = RATE


class Echo:
    """A source of frames and, as one of a leg's sinks, a keeper of what is heard. It never ends by itself."""

    __slots__ = ("_lead", "_next", "_running", "_slack", "_sound", "_source", "law", "taken")

    wants_exact = False

    def __init__(self, delay_ms: int, law: Law, *, least_ms: int = _LEAST_MS, slack: int = _SLACK) -> None:
        """``law``: of what is sent."""
        self.law = law
        self.taken = 0
        self._lead = max(delay_ms, least_ms) // FRAME_MS * FRAME
        self._slack = slack
        self._sound = bytearray()
        self._source = -1
        self._next = 0
        """Timestamp of the packet that would follow."""
        self._running = False

    # ── a source ─────────────────────────────────────────────────────────────────────────────────

    def take(self) -> bytes:
        self.taken += FRAME
        if len(self._sound) < (FRAME if self._running else self._lead):
            self._running = False
            return bytes([self.law.silence]) * FRAME
        self._running = True
        frame = bytes(self._sound[:FRAME])
        del self._sound[:FRAME]
        return frame

    def skip(self, count: int) -> None:
        """There is nothing to find again."""
        self.taken = count

    def speak(self, law: Law) -> Echo:
        """The same echo in the law from now on."""
        if law is not self.law:
            self.law, self._sound = law, self._sound.translate(TO[law])
        return self

    # ── a sink ───────────────────────────────────────────────────────────────────────────────────

    def heard(self, source: int, timestamp: int, sound: bytes, law: Law, arrival: int, *, exact: bool) -> None:
        """Lost packets are silence of their length; what comes too late is dropped."""
        if law is not self.law:
            sound = sound.translate(TO[self.law])
        ahead = ((timestamp - self._next + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
        if source != self._source or not -_JUMP <= ahead <= _JUMP:
            self._source, ahead = source, 0
        if ahead < 0:
            return
        self._sound += bytes([self.law.silence]) * ahead + sound
        self._next = (timestamp + len(sound)) & 0xFFFFFFFF
        if len(self._sound) > self._lead + self._slack:
            del self._sound[: -self._lead]

    def sent(self, round_: int, sound: bytes, law: Law) -> None:
        """Of no interest here."""

    def flush(self, round_: int) -> None:
        """Nothing is on its way anywhere."""

    def close(self, round_: int) -> None:
        """Nothing is left behind."""
