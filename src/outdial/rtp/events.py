"""Telephone-events (RFC 4733): the keys a person presses, and how to press them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outdial.rtp.packet import Packet

KEYS = "0123456789*#ABCD"
"""By event code; codes beyond (flash, tones) are no keys."""
QUIET_MS = 200
"""An event of which nothing more comes for so long is over, though its end was lost."""
_LEAST_MS = 60
"""…and counts when it lasted this long."""
_FRAME = 160
_VOLUME = 10


@dataclass(frozen=True, slots=True)
class Press:
    key: str
    ms: int


@dataclass(slots=True)
class _Held:
    timestamp: int
    code: int
    duration: int
    seen_ms: int


class Keypad:
    """Takes event payloads as they come, repeated, reordered or with holes, and gives each press once."""

    __slots__ = ("_ended", "_held")

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._ended: tuple[int, int] | None = None

    @property
    def held(self) -> bool:
        """True while a key is down: ask ``expire`` from time to time."""
        return self._held is not None

    def take(self, timestamp: int, payload: bytes, now_ms: int) -> list[Press]:
        """One packet's payload. Raises ValueError when it is cut off."""
        if len(payload) < 4:
            raise ValueError("shorter than a telephone-event")
        code, end, duration = payload[0], bool(payload[1] & 0x80), int.from_bytes(payload[2:4], "big")
        if code >= len(KEYS) or self._is_old(timestamp, code):
            return []
        presses: list[Press] = []
        if self._held and (self._held.timestamp, self._held.code) != (timestamp, code):
            presses += self._let_go(self._held, ended=False)
        if self._held is None:
            self._held = _Held(timestamp, code, duration, now_ms)
        self._held.duration = max(self._held.duration, duration)
        self._held.seen_ms = now_ms
        if end:
            presses += self._let_go(self._held, ended=True)
        return presses

    def expire(self, now_ms: int) -> list[Press]:
        if self._held and now_ms - self._held.seen_ms >= QUIET_MS:
            return self._let_go(self._held, ended=False)
        return []

    def _is_old(self, timestamp: int, code: int) -> bool:
        if self._ended is None:
            return False
        ahead = (timestamp - self._ended[0]) & 0xFFFFFFFF
        return (timestamp, code) == self._ended or ahead >= 1 << 31

    def _let_go(self, held: _Held, ended: bool) -> list[Press]:
        self._held, self._ended = None, (held.timestamp, held.code)
        ms = held.duration // 8
        return [Press(KEYS[held.code], ms)] if ended or ms >= _LEAST_MS else []


def press(key: str, ms: int, *, packet_type: int, sequence: int, timestamp: int, ssrc: int) -> Iterator[Packet]:
    """The packets of one press, to be sent 20 ms apart; the end goes out three times (§2.5.1.4).

    Sequence numbers count up from ``sequence``; the audio's timestamps run on meanwhile. Raises ValueError when
    ``key`` is no key.
    """
    code = KEYS.index(key)
    whole = max(_FRAME, min(ms * 8, 0xFFFF))
    durations = [(n, 0) for n in range(_FRAME, whole, _FRAME)] + [(whole, 0x80)] * 3
    for n, (duration, end) in enumerate(durations):
        payload = bytes([code, end | _VOLUME]) + duration.to_bytes(2, "big")
        yield Packet(packet_type, (sequence + n) & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc, payload, marker=not n)
