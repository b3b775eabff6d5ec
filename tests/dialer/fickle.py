"""A store that goes away, is slow, or loses an answer after it has written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from outdial.domain.errors import StoreUnavailable
from outdial.store.base import Function, Store
from outdial.store.context import Bell
from outdial.store.steps import Step

T = TypeVar("T")
How = Literal["refused", "answer lost"]
"""refused: nothing is written; answer lost: it is written, and nobody hears of it."""


class FickleStore(Store):
    """Another store, with trouble as told."""

    def __init__(self, inner: Store) -> None:
        super().__init__()
        self._inner = inner
        self.away = False
        self.write_s = 0.0
        """How long the answer of a function takes after its commit."""
        self.step_s = 0.0
        """The same of a step."""
        self._first: Function[Any] | None = None
        self.calls = 0
        self.fails: dict[int, How] = {}
        """By the number of the call, from 1."""

    async def read(self, fn: Function[T]) -> T:
        return await self._troubled(lambda: self._inner.read(fn), 0)

    async def write(self, fn: Function[T]) -> T:
        return await self._troubled(lambda: self._inner.write(fn), self.write_s)

    def before_step(self, fn: Function[Any]) -> None:
        """Something that somebody else commits just before the next step."""
        self._first = fn

    async def _step(self, step: Step) -> Any:
        if self._first:
            first, self._first = self._first, None
            await self._inner.write(first)
        return await self._troubled(lambda: self._inner._step(step), self.step_s)

    async def _troubled(self, act: Callable[[], Awaitable[T]], seconds: float) -> T:
        self.calls += 1
        fails = self.fails.get(self.calls)
        if self.away or fails == "refused":
            raise StoreUnavailable("away")
        answer = await act()
        await asyncio.sleep(seconds)
        if fails:
            raise StoreUnavailable("the answer was lost")
        return answer

    def subscribe(self, bell: Bell, callback: Callable[[], None]) -> None:
        self._inner.subscribe(bell, callback)

    async def close(self) -> None:
        await self._inner.close()
