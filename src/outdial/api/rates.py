"""Calls per second as they leave, by queue and resource: a count of the last seconds."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

OVER_S = 5
"""A rate is the mean of so many whole seconds."""


@dataclass(slots=True)
class Rates:
    _seconds: deque[tuple[int, Counter[tuple[int, int]]]] = field(default_factory=lambda: deque(maxlen=OVER_S + 1))
    """Second of the epoch → calls by queue and resource."""

    def count(self, queue_id: int, resource_id: int, at: int) -> None:
        """An INVITE left at ``at``, epoch ms."""
        second = at // 1000
        if not self._seconds or self._seconds[-1][0] < second:
            self._seconds.append((second, Counter()))
        self._seconds[-1][1][queue_id, resource_id] += 1

    def of(self, now: int) -> dict[tuple[int, int], float]:
        """(queue id, resource id) → calls per second over the last whole seconds before ``now``, epoch ms."""
        last = now // 1000
        total: Counter[tuple[int, int]] = Counter()
        for second, calls in self._seconds:
            if last - OVER_S <= second < last:
                total.update(calls)
        return {key: count / OVER_S for key, count in total.items()}
