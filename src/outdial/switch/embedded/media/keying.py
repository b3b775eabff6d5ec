"""Keys that a leg presses by telephone-events (RFC 4733), in place of its sound."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from outdial.audio.law import FRAME_MS
from outdial.rtp.events import press
from outdial.rtp.packet import Packet
from outdial.switch.embedded.media.outgoing import Outgoing
from outdial.switch.port import SendEnd

PAUSES_MS = {"w": 500, "W": 1000}
_BETWEEN_ROUNDS = 100 // FRAME_MS
"""From the end of one key to the beginning of the next."""
_NOTHING: Iterator[Packet] = iter(())

Told = Callable[[SendEnd], None]


@dataclass(frozen=True, slots=True)
class _Work:
    keys: str
    """A key, a pause, or nothing more: ``told`` is due."""
    ms: int = 0
    told: Told | None = None


class Keying:
    """``packet`` stands in for that of ``Outgoing`` while ``busy``. What plays meanwhile waits."""

    __slots__ = ("_outgoing", "_payload_type", "_press", "_waits", "_work")

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._payload_type = -1
        self._work: deque[_Work] = deque()
        self._press = _NOTHING
        self._waits = 0

    @property
    def busy(self) -> bool:
        return bool(self._work)

    def send(self, keys: str, ms: int, payload_type: int, told: Told | None = None) -> None:
        """Keys of ``0-9*#A-D`` and pauses, after those that wait already; ``told`` hears when the last is sent.

        ``payload_type`` is that of the peer's telephone-events; -1: it takes none.
        """
        if payload_type < 0:
            if told:
                told("unsupported")
            return
        self._payload_type = payload_type
        self._work.extend(_Work(key, ms) for key in keys)
        self._work.append(_Work("", told=told))

    def stop(self) -> None:
        """The call is over."""
        left, self._work, self._press = self._work, deque(), _NOTHING
        for work in left:
            if work.told:
                work.told("hungup")

    def packet(self, round_: int, now_ms: int) -> bytes:
        """The next packet of a key; between keys that of the sound."""
        if self._outgoing.held:
            return b""
        event = next(self._press, None)
        if event is None and self._waits:
            self._waits -= 1
        elif event is None:
            event = self._begin(round_)
        return self._outgoing.event(event) if event else self._outgoing.packet(round_, now_ms)

    def _begin(self, round_: int) -> Packet | None:
        """Takes up the next key or pause; the first packet of a key."""
        while self._work:
            work = self._work.popleft()
            if work.told:
                work.told("sent")
            if work.keys in PAUSES_MS:
                self._waits = PAUSES_MS[work.keys] // FRAME_MS
                return None
            if work.keys:
                self._waits = _BETWEEN_ROUNDS
                stamp, ssrc = self._outgoing.timestamp(round_), self._outgoing.ssrc
                self._press = press(
                    work.keys, work.ms, packet_type=self._payload_type, sequence=0, timestamp=stamp, ssrc=ssrc
                )
                return next(self._press)
        return None
