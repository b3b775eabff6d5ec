"""Keys the person has pressed and nobody has taken yet."""

from __future__ import annotations

import asyncio
from collections import deque

MAX_KEYS = 100
"""Further keys are forgotten, as a media server does it."""


class KeyBuffer:
    """Filled by whoever hears the keys, emptied by the flow. For one event loop, one waiter at a time."""

    def __init__(self) -> None:
        self._keys: deque[str] = deque(maxlen=MAX_KEYS)
        self._waiter: asyncio.Future[None] | None = None

    def press(self, key: str) -> None:
        self._keys.append(key)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def first_of(self, keys: str) -> str:
        """The earliest key of ``keys``, taken out of the buffer; "" when there is none. Others stay."""
        for key in self._keys:
            if key in keys:
                self._keys.remove(key)
                return key
        return ""

    async def take(self, timeout_ms: int) -> str:
        """The next key, or "" when none came in time."""
        if not self._keys:
            await self._wait(timeout_ms)
        return self._keys.popleft() if self._keys else ""

    def clear(self) -> None:
        self._keys.clear()

    async def _wait(self, timeout_ms: int) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                await self._waiter
        except TimeoutError:
            pass
        finally:
            self._waiter = None
