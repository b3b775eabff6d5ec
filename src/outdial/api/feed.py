"""The live feed: what happened, kept for a while, encoded once, written to all who watch.

Nobody has a queue of their own: each watcher is a place in one log. What is new is joined once for all who
stand at the same place with the same wishes. Who is so slow that the log no longer has their place is told
so, and goes on from now.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec

from outdial.api.events import attempt_event, step_event
from outdial.api.rates import Rates
from outdial.domain.happening import Happening, Moved

KEPT = 20_000
"""Events of the log: half a minute at 100 calls a second, hours of a calm day."""
AT_ONCE = 500
"""Events in one write."""
PACE_S = 0.05
WRITES_PER_S = 1000
"""Over all watchers: with more of them, each is written to more seldom."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a watcher wants to hear; empty = all of it."""

    domain_id: int
    kinds: frozenset[str] = frozenset()
    queue_ids: frozenset[int] = frozenset()
    call_id: str = ""

    def takes(self, entry: Entry) -> bool:
        return (
            entry.domain_id == self.domain_id
            and (not self.kinds or entry.kind in self.kinds)
            and (not self.queue_ids or entry.queue_id in self.queue_ids)
            and (not self.call_id or entry.call_id == self.call_id)
        )


@dataclass(slots=True)
class Entry:
    """One event; its bytes are made when the first watcher takes it."""

    id: int
    domain_id: int
    kind: str
    queue_id: int
    call_id: str
    body: Any
    """A JSON value, or what happened."""
    _frame: bytes = b""

    @property
    def frame(self) -> bytes:
        if not self._frame:
            self._frame = frame(self.kind, self.said(), self.id)
        return self._frame

    def said(self) -> Any:
        """The JSON value."""
        if isinstance(self.body, Moved):
            return attempt_event(self.body)
        return self.body if isinstance(self.body, dict) else step_event(self.body)


def frame(kind: str, body: Any, id: int | None = None) -> bytes:
    """One event of a stream (HTML, Server-sent events): JSON has no line breaks, so it is one data line."""
    head = f"id: {id}\nevent: {kind}\n" if id is not None else f"event: {kind}\n"
    return b"".join((head.encode(), b"data: ", msgspec.json.encode(body), b"\n\n"))


@dataclass(frozen=True, slots=True)
class News:
    """What there is after a place: the bytes, and the place after them."""

    frames: tuple[bytes, ...]
    place: int
    lost: bool = False
    """The log has forgotten some of it."""


@dataclass(slots=True)
class Feed:
    """``tell`` and ``add`` take events in; watchers ``wait`` and ask for ``news``."""

    now: Callable[[], int]
    kept: int = KEPT
    rates: Rates = field(default_factory=Rates)
    closed: bool = False
    watchers: int = 0
    _log: deque[Entry] = field(init=False)
    _last: int = 0
    _joined: dict[tuple[int, Wish, Any], News] = field(default_factory=dict)
    _new: asyncio.Event | None = None
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self._log = deque(maxlen=self.kept)

    @property
    def last(self) -> int:
        """The id of the newest event. Ids of a later run of the service are greater: they start at its clock's µs."""
        if not self._last:
            self._last = self.now() * 1000
        return self._last

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While somebody watches."""
        self.watchers += 1
        try:
            yield
        finally:
            self.watchers -= 1

    def tell(self, happening: Happening) -> None:
        """What the dialer tells."""
        attempt = happening.attempt
        kind = "attempt" if isinstance(happening, Moved) else "step"
        if isinstance(happening, Moved) and happening.stage == "offering":
            self.rates.count(attempt.queue_id, attempt.resource_id, happening.at)
        self.add(attempt.domain_id, kind, happening, queue_id=attempt.queue_id, call_id=attempt.call_id)

    def add(self, domain_id: int, kind: str, body: Any, *, queue_id: int = 0, call_id: str = "") -> None:
        self._last = self.last + 1
        if not self.watchers:
            self._joined.clear()
        self._log.append(Entry(self._last, domain_id, kind, queue_id, call_id, body))
        if self.watchers and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.pace_s, self._wake)

    @property
    def pace_s(self) -> float:
        """How long events are gathered before all watchers are written to."""
        return max(PACE_S, self.watchers / WRITES_PER_S)

    async def wait(self, seconds: float) -> bool:
        """Until there is something new, at most so long; False: there is not. One event for all who wait."""
        if self.closed:
            return False
        self._new = self._new or asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                return await self._new.wait()
        except TimeoutError:
            return False

    def _wake(self) -> None:
        self._timer = None
        self._joined.clear()
        if self._new:
            self._new.set()
            self._new = None

    def close(self) -> None:
        """The service stops: streams end."""
        self.closed = True
        if self._timer:
            self._timer.cancel()
        self._wake()

    def news(self, place: int, wish: Wish, form: Callable[[Entry], bytes] | None = None) -> News:
        """What ``wish`` takes of what came after ``place``: all in one piece, or each by itself as ``form`` makes it
        (empty: not told)."""
        key = (place, wish, form)
        if key not in self._joined:
            self._joined[key] = self._join(place, wish, form)
        return self._joined[key]

    def knows(self, place: int) -> bool:
        """Whether nothing after that place was forgotten, and it is one of this run."""
        first = self._log[0].id if self._log else self.last + 1
        return first - 1 <= place <= self.last

    def _join(self, place: int, wish: Wish, form: Callable[[Entry], bytes] | None) -> News:
        if not self.knows(place):
            return News((), self.last, lost=True)
        frames: list[bytes] = []
        for entry in self._after(place):
            place = entry.id
            made = (form(entry) if form else entry.frame) if wish.takes(entry) else b""
            if made:
                frames.append(made)
                if len(frames) == AT_ONCE:
                    break
        return News(tuple(frames) if form else (b"".join(frames),) if frames else (), place)

    def _after(self, place: int) -> Iterator[Entry]:
        """Ids follow each other, so a place is a position."""
        return islice(self._log, place + 1 - self._log[0].id, None) if self._log else iter(())
