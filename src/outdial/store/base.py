"""The store as the rest of the service sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from sqlalchemy import Connection

from outdial.domain.errors import StoreUnavailable, UserMistake
from outdial.store.context import Bell
from outdial.store.dialect import unavailable, unfit
from outdial.store.steps import Bridged, Ended, Finish, Go, Offering, Redialog, Step

T = TypeVar("T")
Function = Callable[[Connection], T]
"""Plain and synchronous; runs inside a transaction and never commits."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer of a job that raised; the others of its commit stand."""

    error: Exception


def translated(error: Exception) -> Exception:
    """A value that no column takes is the asker's mistake; other errors stay what they are."""
    return (
        UserMistake("A value does not fit: a number is too large, or a text has a NUL in it.")
        if unfit(error)
        else error
    )


class Store(ABC):
    """Durable state. Every call raises StoreUnavailable while the database does not take it; nothing is half-done."""

    def __init__(self) -> None:
        self._subscribers: dict[Bell, list[Callable[[], None]]] = {}
        self._ill: str | None = None
        self.committed: Callable[[float, int], None] = lambda seconds, jobs: None
        """Hears on the event loop of every commit: how long it took, and of how many jobs it was."""

    @abstractmethod
    async def read(self, fn: Function[T]) -> T:
        """Runs on one snapshot; may not write."""

    @abstractmethod
    async def write(self, fn: Function[T]) -> T:
        """Runs in a transaction of its own or in a savepoint; when this returns the change is durable."""

    @overload
    async def step(self, step: Offering) -> Go: ...
    @overload
    async def step(self, step: Redialog | Bridged | Ended | Finish) -> bool: ...
    async def step(self, step: Step) -> Any:
        """Writes a step of an attempt together with those that wait beside it; see ``steps`` for the answers."""
        return await self._step(step)

    @abstractmethod
    async def _step(self, step: Step) -> Any: ...

    @abstractmethod
    async def close(self) -> None:
        """Writes what waits, then lets go of the database."""

    def ill(self) -> str | None:
        """Why the last write could not be done; None when it could."""
        return self._ill

    def subscribe(self, bell: Bell, callback: Callable[[], None]) -> None:
        """Calls back on the event loop after a commit of that kind: a hint to read again, nothing more."""
        self._subscribers.setdefault(bell, []).append(callback)

    def _ring(self, bells: set[Bell]) -> None:
        for bell in sorted(bells):
            for callback in self._subscribers.get(bell, ()):
                callback()

    def _told(self, error: Exception) -> Exception:
        """What the caller is told: StoreUnavailable when it is the database's doing, else the error itself."""
        why = unavailable(error)
        if why is None:
            return translated(error)
        self._ill = why
        return StoreUnavailable(f"The database does not take this just now: {why}")
