"""A store under test, driven without async code in the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sqlalchemy import Connection

from outdial.store import Store, open_store
from outdial.store.secret import Box
from outdial.store.steps import Step

T = TypeVar("T")
NOON = 1_800_000_000_000
"""Where the tests' clock starts, epoch ms."""
KEY = bytes(range(32))


class Ground:
    """An open store on an event loop of its own, with a clock that the test sets."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name
        self.now = NOON
        self._runner = asyncio.Runner()
        self.store: Store = self.do(open_store(url, now=lambda: self.now, box=Box(KEY)))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def read(self, fn: Callable[..., T], *args: Any, **named: Any) -> T:
        return self.do(self.store.read(lambda conn: fn(conn, *args, **named)))

    def write(self, fn: Callable[..., T], *args: Any, **named: Any) -> T:
        return self.do(self.store.write(lambda conn: fn(conn, *args, **named)))

    def step(self, step: Step) -> Any:
        return self.do(self.store.step(step))

    def steps(self, *steps: Step) -> list[Any]:
        """All at once, so that they share a commit where the store groups."""

        async def together() -> list[Any]:
            return await asyncio.gather(*(self.store.step(s) for s in steps))

        return self.do(together())

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        def run(conn: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in conn.exec_driver_sql(text)]

        return self.read(run)

    def reopen(self) -> None:
        """As after a clean stop."""
        self.do(self.store.close())
        self.store = self.do(open_store(self.url, now=lambda: self.now, box=Box(KEY)))

    def close(self) -> None:
        self.do(self.store.close())
        self._runner.close()
