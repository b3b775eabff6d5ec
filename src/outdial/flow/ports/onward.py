"""What a voice flow may do with its call beyond talking: connect it, hand it on, press keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from outdial.flow.errors import AppFailed


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Somebody to be rung by a gateway of the domain, named by id or, when that is 0, by name."""

    gateway_id: int
    gateway_name: str
    number: str
    display: str = ""
    """Caller id to show."""
    timeout_ms: int = 60_000
    """How long it may ring."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the INVITE."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Sets of endpoints: one set after the other until somebody answers, all of a set at once."""

    sets: tuple[tuple[Endpoint, ...], ...]
    digits: str = ""
    """Keys to press on the leg that answers."""


@dataclass(frozen=True, slots=True)
class Bridged:
    """How it went, told when the second leg is over."""

    answered: bool
    cause: str
    """Of the second leg: of its end, or why the last one rung did not answer."""


Handed = Literal["transferred", "refused", "failed", "timeout"]


class Onward(Protocol):
    """Each of these waits for its end. Cancelling a ``bridge`` hangs the second legs up."""

    async def bridge(self, wanted: Bridge, connected: Callable[[], None]) -> Bridged:
        """``connected`` is called when both hear each other. Keys are for the other side then."""
        ...

    async def hand_on(self, target: str) -> tuple[Handed, int]:
        """Asks the far end to ring a SIP URI or a number itself; and the newest SIP status told.

        Raises AppFailed when the target is neither.
        """
        ...

    async def press(self, digits: str, ms: int) -> None:
        """Keys ``0-9*#A-D``, ``ms`` each, and pauses of half a second (``w``) and of one (``W``).

        Raises AppFailed when the far end does not take them.
        """
        ...


class NoOnward:
    """A place without a switch."""

    async def bridge(self, wanted: Bridge, connected: Callable[[], None]) -> Bridged:
        raise AppFailed("calls cannot be connected here")

    async def hand_on(self, target: str) -> tuple[Handed, int]:
        raise AppFailed("calls cannot be handed on here")

    async def press(self, digits: str, ms: int) -> None:
        raise AppFailed("keys cannot be pressed here")


NO_ONWARD = NoOnward()
