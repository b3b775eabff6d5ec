"""What one leg hears, said by another: the sound of two calls that are connected."""

from __future__ import annotations

from collections.abc import Callable

from outdial.audio.law import RATE, Law
from outdial.switch.embedded.media.echo import Echo

LEAD_MS = 60
"""So much is kept back against packets that come unevenly."""
_SLACK = RATE // 10


class Relay(Echo):
    """A source of one leg and a sink of the other. It listens to that one itself, every 20 ms, before it speaks."""

    __slots__ = ("_listen",)

    def __init__(self, law: Law, listen: Callable[[], None]) -> None:
        """``listen`` lets the other leg take what has come."""
        super().__init__(LEAD_MS, law, least_ms=LEAD_MS, slack=_SLACK)
        self._listen = listen

    def take(self) -> bytes:
        self._listen()
        return super().take()
