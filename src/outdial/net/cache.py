"""Where flows keep values for each other: in memory, or in Redis."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from outdial.flow.errors import AppFailed

MAX_SIZE = 16 << 20
"""Characters of keys and values that one domain may keep in memory."""


class Cache(Protocol):
    """Keys belong to a domain."""

    async def get(self, domain_id: int, key: str) -> str | None: ...
    async def set(self, domain_id: int, values: Mapping[str, str], ttl_s: int) -> None: ...
    async def delete(self, domain_id: int, keys: Sequence[str]) -> None: ...


class MemoryCache:
    """Dies with the service. When a domain's room is full, what was set longest ago goes first."""

    def __init__(self, now: Callable[[], int], max_size: int = MAX_SIZE) -> None:
        """``now`` in epoch ms."""
        self._now = now
        self._max = max_size
        self._domains: dict[int, _Room] = {}

    async def get(self, domain_id: int, key: str) -> str | None:
        room = self._domains.get(domain_id)
        return room.get(key, self._now()) if room else None

    async def set(self, domain_id: int, values: Mapping[str, str], ttl_s: int) -> None:
        """Raises AppFailed for a value larger than the whole room."""
        room = self._domains.setdefault(domain_id, _Room())
        ends = self._now() + ttl_s * 1000 if ttl_s > 0 else None
        for key, value in values.items():
            if len(key) + len(value) > self._max:
                raise AppFailed(f"the cache holds no more than {self._max} characters")
            room.set(key, value, ends)
            while room.size > self._max:
                room.drop_oldest()

    async def delete(self, domain_id: int, keys: Sequence[str]) -> None:
        if room := self._domains.get(domain_id):
            for key in keys:
                room.drop(key)


class _Room:
    """One domain's values, oldest first, each with the ms of its end."""

    def __init__(self) -> None:
        self.size = 0
        self._values: OrderedDict[str, tuple[str, int | None]] = OrderedDict()

    def get(self, key: str, now: int) -> str | None:
        value, ends = self._values.get(key, (None, None))
        if ends is not None and ends <= now:
            self.drop(key)
            return None
        return value

    def set(self, key: str, value: str, ends: int | None) -> None:
        self.drop(key)
        self._values[key] = (value, ends)
        self.size += len(key) + len(value)

    def drop(self, key: str) -> None:
        value, _ = self._values.pop(key, (None, None))
        if value is not None:
            self.size -= len(key) + len(value)

    def drop_oldest(self) -> None:
        self.drop(next(iter(self._values)))
