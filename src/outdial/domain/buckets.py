"""Which of a queue's buckets comes next (dialer-core §1.2).

Bigger priority first; among buckets of equal priority each has slots in proportion to its ratio. Members without a
bucket, or in one that the queue says nothing of, come last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class QueueBucket:
    """What a queue says of one bucket."""

    bucket_id: int
    priority: int = 0
    """Bigger first."""
    ratio: int = 0
    """Its share of the slots among those of its priority; 0 counts as 1."""
    disabled: bool = False
    """Nobody in it is rung."""

    @property
    def stride(self) -> float:
        return 1 / max(1, self.ratio)


class Turns:
    """Whose turn it is, from one round of claiming to the next (stride scheduling).

    Every slot moves its bucket on by its stride, and the bucket that is least far is next. One that had nobody to
    ring does not save slots up: it starts again where the others are.
    """

    def __init__(self) -> None:
        self._far: dict[tuple[int, int], float] = {}
        self._reached: dict[tuple[int, int], float] = {}
        """By queue and priority: how far the bucket was that was served last."""

    def line_up(self, queue_id: int, links: Sequence[QueueBucket], waiting: Mapping[int, Sequence[T]]) -> list[T]:
        """Those who wait in the enabled buckets, in the order of their turns; the state stays as it is."""
        found: list[T] = []
        enabled = [link for link in links if not link.disabled and waiting.get(link.bucket_id)]
        for priority in sorted({link.priority for link in enabled}, reverse=True):
            tier = [link for link in enabled if link.priority == priority]
            found += self._interleaved(queue_id, sorted(tier, key=lambda one: (-one.ratio, one.bucket_id)), waiting)
        return found

    def _interleaved(self, queue_id: int, tier: list[QueueBucket], waiting: Mapping[int, Sequence[T]]) -> list[T]:
        far = {link.bucket_id: self._from(queue_id, link) for link in tier}
        left = {link.bucket_id: iter(waiting[link.bucket_id]) for link in tier}
        found: list[T] = []
        while tier:
            link = min(tier, key=lambda one: far[one.bucket_id])
            one = next(left[link.bucket_id], None)
            if one is None:
                tier = [other for other in tier if other is not link]
                continue
            found.append(one)
            far[link.bucket_id] += link.stride
        return found

    def took(self, queue_id: int, link: QueueBucket) -> None:
        """A slot went to a member of this bucket."""
        begun = self._from(queue_id, link)
        self._reached[queue_id, link.priority] = max(begun, self._reached.get((queue_id, link.priority), 0.0))
        self._far[queue_id, link.bucket_id] = begun + link.stride

    def _from(self, queue_id: int, link: QueueBucket) -> float:
        reached = self._reached.get((queue_id, link.priority), 0.0)
        return max(self._far.get((queue_id, link.bucket_id), 0.0), reached)
