"""What keeps an attempt from ringing: pulled at any time before its INVITE, it ends every wait."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from outdial.dialer.order import No
from outdial.domain.beat import next_beat

T = TypeVar("T")


class Brake:
    def __init__(self) -> None:
        self.no: No | None = None
        """Why it was pulled first."""
        self._waiter: asyncio.Future[None] | None = None

    def pull(self, no: No) -> None:
        self.no = self.no or no
        if self._waiter:
            _release(self._waiter)

    async def wait(self, seconds: float) -> None:
        """Until the beat after so long, so that calls whose moments are near leave together, or until pulled."""
        if seconds <= 0 or self.no:
            return
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_at(next_beat(loop.time() + seconds), _release, self._waiter)
        try:
            await self._waiter
        finally:
            timer.cancel()

    async def unless_pulled(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What the work answers; None when it was pulled meanwhile, and the work broken off."""
        working = asyncio.create_task(work)
        self._waiter = asyncio.get_running_loop().create_future()
        if self.no:
            _release(self._waiter)
        try:
            both: list[asyncio.Future[Any]] = [working, self._waiter]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            working.cancel()


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
