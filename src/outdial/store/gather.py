"""Gathers what waits to be written and hands it over one group at a time, so that one commit serves many."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from outdial.domain.beat import TURNS, next_beat
from outdial.store.base import Failed, Function
from outdial.store.steps import STEPS, Bridged, Ended, Finish, Redialog, Step

GAP_S = 0.005
"""After a commit the next one waits this long, so that busy times write in groups and quiet ones at once."""
LATE_S = 0.002
"""A step for which nobody is kept waiting (only the INVITE is in a hurry) waits for the next beat and so much
longer: the INVITEs of that beat take it along."""
MOST = 256
"""Jobs of one commit; with so many nothing waits."""
NEVER = float("inf")
_PATIENT = (Redialog, Bridged, Ended, Finish)


@dataclass(slots=True)
class Job:
    """A function or a step, and who waits for it."""

    work: Function[Any] | Step
    future: asyncio.Future[Any]

    @property
    def late(self) -> bool:
        return isinstance(self.work, _PATIENT)

    @property
    def is_step(self) -> bool:
        return isinstance(self.work, STEPS)

    def answer(self, value: Any) -> None:
        if self.future.done():  # whoever waited was cancelled; what is written stays written
            return
        if isinstance(value, Failed):
            self.future.set_exception(value.error)
        else:
            self.future.set_result(value)


class Gatherer:
    """Lives on the event loop. ``write`` starts a group; its end must be told with ``done``."""

    def __init__(self, loop: asyncio.AbstractEventLoop, write: Callable[[list[Job]], None]) -> None:
        self._loop = loop
        self._write = write
        self._waiting: deque[Job] = deque()
        self._busy = False
        self._timer: asyncio.Handle | None = None
        self._due = NEVER
        """Loop time for which the timer is set."""
        self._free_at = 0.0
        self._idle = asyncio.Event()
        self._idle.set()

    def add(self, work: Function[Any] | Step) -> asyncio.Future[Any]:
        job = Job(work, self._loop.create_future())
        self._waiting.append(job)
        self._idle.clear()
        if not self._busy:
            self._arm(late=job.late)
        return job.future

    def _arm(self, *, late: bool) -> None:
        """Sets the timer, if it is not set for an earlier moment."""
        now = self._loop.time()
        wanted = next_beat(now) + LATE_S if late else now
        due = now if len(self._waiting) >= MOST else max(self._free_at, wanted)
        if due >= self._due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._due = due
        self._timer = self._loop.call_at(due, self._flush) if due > now else self._loop.call_soon(self._flush, TURNS)

    def _flush(self, turns: int = 0) -> None:
        """After so many turns of the loop."""
        if turns:
            self._timer = self._loop.call_soon(self._flush, turns - 1)
            return
        self._timer, self._due = None, NEVER
        self._busy = True
        self._write([self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))])

    def done(self, group: list[Job], answers: list[Any]) -> None:
        """The group is written, or has failed; the next one may go."""
        self._busy = False
        self._free_at = self._loop.time() + GAP_S
        for job, value in zip(group, answers, strict=True):
            job.answer(value)
        if self._waiting:
            self._arm(late=all(job.late for job in self._waiting))
        else:
            self._idle.set()

    async def drained(self) -> None:
        """Returns when nothing waits and nothing is being written."""
        await self._idle.wait()
