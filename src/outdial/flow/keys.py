"""Keys the person has pressed and nobody has taken yet."""

from __future__ import annotations

import asyncio
from collections import deque

from outdial.flow.ports import KEYS

MAX_KEYS = 100
"""The oldest are forgotten beyond."""


class KeyBuffer:
    """Filled by whoever hears the keys, emptied by the flow. For one event loop, one waiter at a time."""

    def __init__(self) -> None:
        self._keys: deque[str] = deque(maxlen=MAX_KEYS)
        self._waiter: asyncio.Future[None] | None = None

    def press(self, key: str) -> None:
        self._keys.append(key)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self, timeout_ms: int, keys: str = KEYS) -> str:
        """The earliest of ``keys``, waited for if need be; "" when none came in time. Other keys stay."""
        key = self._take(keys)
        if key:
            return key
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                while not key:
                    self._waiter = asyncio.get_running_loop().create_future()
                    await self._waiter
                    key = self._take(keys)
        except TimeoutError:
            return ""
        finally:
            self._waiter = None
        return key

    def clear(self) -> None:
        self._keys.clear()

    def _take(self, keys: str) -> str:
        for key in self._keys:
            if key in keys:
                self._keys.remove(key)
                return key
        return ""
