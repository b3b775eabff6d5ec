"""Virtual time: for dry runs, for the simulated carrier, and for tests of both."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting, moves the loop's clock to the next timer."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            return super().select(None)
        self.loop.jump(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time. Threads do not belong in it."""

    def __init__(self, epoch_ms: int = 1_700_000_000_000) -> None:
        self._virtual = 0.0
        self._epoch_ms = epoch_ms
        selector = _JumpingSelector()
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        return self._virtual

    def jump(self, seconds: float) -> None:
        self._virtual += seconds

    def now_ms(self) -> int:
        """Epoch milliseconds of the virtual clock."""
        return self._epoch_ms + round(self._virtual * 1000)


def run_virtually(work: Coroutine[Any, Any, T], loop: VirtualLoop) -> T:
    """Runs it to its end on a loop of its own, in whatever thread this is called."""
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work)
