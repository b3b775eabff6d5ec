"""Where a received packet belongs on a recording's timeline, so that nothing shifts, gaps or drifts.

Packets are placed by their timestamp, so lost ones leave silence of their own length and late ones find their
place. The timestamp is tied to our timeline when a source is first heard, tied anew when it jumps, and moved a
little when the sender's clock is found to run faster or slower than ours.
"""

from __future__ import annotations

RATE = 8000
_JUMP = RATE
"""A timestamp that disagrees with the arrival by a second was set anew by the sender."""
_WINDOW = 5 * RATE
_TOLERANCE = 40 * RATE // 1000
"""40 ms: more than a person hears between two voices, a thousand times more than a quartz drifts in a second."""


class Placement:
    """All positions and arrivals are samples since the start of the recording."""

    __slots__ = ("_earliest", "_origin", "_ssrc", "_window_end")

    def __init__(self) -> None:
        self._ssrc: int | None = None
        self._origin = 0
        """The timestamp, modulo 2**32, of position 0."""
        self._window_end = _WINDOW
        self._earliest = 1 << 31

    def place(self, ssrc: int, timestamp: int, arrival: int) -> int:
        """The position of the packet's first sample; negative before the recording's start."""
        if ssrc == self._ssrc:
            ahead = ((timestamp - self._origin - arrival + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
            if -_JUMP <= ahead <= _JUMP:
                return arrival + ahead
        self._ssrc, self._origin = ssrc, (timestamp - arrival) & 0xFFFFFFFF
        self._forget_window(arrival)
        return arrival

    def observe(self, position: int, arrival: int) -> None:
        """An exactly known arrival of a packet just placed.

        The least delayed packet of a window shows where the stream really lies; when that is too far from where
        it is put, the rest is moved there.
        """
        self._earliest = min(self._earliest, arrival - position)
        if arrival >= self._window_end:
            if abs(self._earliest) > _TOLERANCE:
                self._origin = (self._origin - self._earliest) & 0xFFFFFFFF
            self._forget_window(arrival)

    def _forget_window(self, arrival: int) -> None:
        self._window_end = arrival + _WINDOW
        self._earliest = 1 << 31
