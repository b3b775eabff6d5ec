"""How long the next try to sign in has to wait, after how many that failed.

The waits grow and have an end: nobody is locked out for ever. A try that came too early neither counts nor makes
the wait longer. Where somebody has signed in before, the guesses of others do not make them wait, here or elsewhere.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

LONGEST_S = 300
FORGOTTEN_S = 3600
"""So long after the last failure it begins anew."""
MOST = 20_000
"""Users and addresses that are remembered; the oldest are forgotten first."""
FREE_TO_USER = 5
FREE_TO_ADDRESS = 20
"""Failures before the first wait; an address may be a whole office."""


@dataclass(frozen=True, slots=True)
class Failures:
    count: int
    last_ms: int


def wait_s(count: int, free: int) -> int:
    """After so many failures: 1, 2, 4 … seconds from the first that is not free, at most ``LONGEST_S``."""
    return 0 if count < free else min(2 ** min(count - free, 16), LONGEST_S)


class Throttle:
    """What is remembered of failed tries. ``now`` is epoch ms."""

    def __init__(self) -> None:
        self._failures: OrderedDict[Hashable, Failures] = OrderedDict()
        self._known: OrderedDict[tuple[Hashable, str], None] = OrderedDict()

    def enter(self, user: Hashable, address: str, now: int) -> int:
        """Seconds to wait; 0 lets the try in, counted as failed until it turns out otherwise."""
        keys = self._keys(user, address)
        wait = max(self._left_s(key, free, now) for key, free in keys)
        if not wait:
            for key, _ in keys:
                self._set(key, Failures(self._count(key, now) + 1, now))
        return wait

    def passed(self, user: Hashable, address: str) -> None:
        """The try was good: the user's failures are forgotten, and here they are known now."""
        self.withdraw(user, address)
        for key, _ in self._keys(user, address)[:1]:
            self._failures.pop(key, None)
        self._known[user, address] = None
        self._known.move_to_end((user, address))
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def withdraw(self, user: Hashable, address: str) -> None:
        """The try neither failed nor passed."""
        for key, _ in self._keys(user, address):
            found = self._failures.get(key)
            if found is not None:
                self._failures[key] = Failures(max(0, found.count - 1), found.last_ms)

    def _keys(self, user: Hashable, address: str) -> tuple[tuple[Hashable, int], ...]:
        if (user, address) in self._known:
            return (((user, address), FREE_TO_USER),)
        return (((user, ""), FREE_TO_USER), (address, FREE_TO_ADDRESS))

    def _count(self, key: Hashable, now: int) -> int:
        found = self._failures.get(key)
        return found.count if found and now - found.last_ms < FORGOTTEN_S * 1000 else 0

    def _left_s(self, key: Hashable, free: int, now: int) -> int:
        found = self._failures.get(key)
        if found is None:
            return 0
        ready = found.last_ms + wait_s(self._count(key, now), free) * 1000
        return max(0, -(-(ready - now) // 1000))

    def _set(self, key: Hashable, failures: Failures) -> None:
        self._failures[key] = failures
        self._failures.move_to_end(key)
        if len(self._failures) > MOST:
            self._failures.popitem(last=False)
