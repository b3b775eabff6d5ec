"""Calls per second: each resource has a row of moments at which one INVITE may leave (dialer-core §2.4)."""

from __future__ import annotations

from outdial.domain.resource import Resource

HORIZON_MS = 500
"""Nothing is reserved that cannot be rung within this time."""


class Pacing:
    """The next free moment of each resource. Moments are at least 1/rps apart, whatever the load."""

    def __init__(self) -> None:
        self._next: dict[int, float] = {}

    def moment(self, resource: Resource, now: int) -> int | None:
        """Epoch ms of the next free moment; None when it lies beyond the horizon. Takes nothing."""
        at = max(float(now), self._next.get(resource.id, 0.0))
        return None if at > now + HORIZON_MS else -int(-at // 1)

    def take(self, resource: Resource, at: int) -> None:
        """Uses up the moment ``at``, which ``moment`` gave; its rounding to whole ms does not add up."""
        if resource.rps > 0:
            exact = self._next.get(resource.id, 0.0)
            self._next[resource.id] = (exact if at - exact < 1 else at) + 1000 / resource.rps

    def next(self, resource: Resource, now: int) -> int:
        """Takes the next free moment, however far; epoch ms."""
        at = -int(-max(float(now), self._next.get(resource.id, 0.0)) // 1)
        self.take(resource, at)
        return at

    def room(self, resource: Resource, now: int) -> int | None:
        """How many moments are free within the horizon; None: no limit."""
        if resource.rps <= 0:
            return None
        first = max(float(now), self._next.get(resource.id, 0.0))
        return max(0, int((now + HORIZON_MS - first) * resource.rps / 1000) + 1) if first <= now + HORIZON_MS else 0

    def free_at(self, resource: Resource) -> int:
        """Epoch ms at which the resource can be asked again with success."""
        return -int(-(self._next.get(resource.id, 0.0) - HORIZON_MS) // 1)
