"""The four transactions of RFC 3261 §17 as tables, with the Accepted state of RFC 6026.

A transaction says *what* to do (its verbs); whoever owns it has the messages and does it.
Times are milliseconds of any steady clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

T1, T2, T4 = 500, 4_000, 5_000
PATIENCE = 64 * T1
"""Timers B, D, F, H, J, L and M: how long a side waits for the other."""

State = Literal["calling", "trying", "proceeding", "completed", "confirmed", "accepted", "terminated"]
Event = Literal["1xx", "2xx", "refusal", "request", "ack", "resend", "expire"]
"""A status heard (client) or given (server), a repeated request, an ACK, or one of the two timers.
``refusal`` is any status from 300."""
Verb = Literal["send", "ack", "pass", "timeout"]
"""send: our message (again); ack: the refusal; pass: tell the owner; timeout: tell the owner that nobody answered."""
Row = tuple[State, tuple[Verb, ...]]


@dataclass(frozen=True, slots=True)
class Wait:
    """The timers of a state, started when it is entered."""

    resend: int = 0
    """First interval of repeating our message; it doubles. 0 = not repeated."""
    cap: int = PATIENCE
    """The longest interval."""
    expire: int | None = None
    """None: what ran before runs on. 0: no end."""


@dataclass(frozen=True, slots=True)
class Table:
    first: State
    rows: dict[tuple[State, Event], Row]
    """A pair that is not here changes nothing."""
    waits: dict[State, Wait]


INVITE_CLIENT = Table(
    "calling",
    {
        ("calling", "1xx"): ("proceeding", ("pass",)),
        ("calling", "2xx"): ("accepted", ("pass",)),
        ("calling", "refusal"): ("completed", ("ack", "pass")),
        ("calling", "resend"): ("calling", ("send",)),
        ("calling", "expire"): ("terminated", ("timeout",)),
        ("proceeding", "1xx"): ("proceeding", ("pass",)),
        ("proceeding", "2xx"): ("accepted", ("pass",)),
        ("proceeding", "refusal"): ("completed", ("ack", "pass")),
        ("proceeding", "expire"): ("terminated", ("timeout",)),
        ("completed", "refusal"): ("completed", ("ack",)),
        ("completed", "expire"): ("terminated", ()),
        ("accepted", "2xx"): ("accepted", ("pass",)),
        ("accepted", "expire"): ("terminated", ()),
    },
    {
        "calling": Wait(resend=T1, expire=PATIENCE),  # A, B
        "proceeding": Wait(expire=0),  # no end but the owner's ring timeout; then ``limit``
        "completed": Wait(expire=PATIENCE),  # D
        "accepted": Wait(expire=PATIENCE),  # M
    },
)

CLIENT = Table(
    "trying",
    {
        ("trying", "1xx"): ("proceeding", ("pass",)),
        ("trying", "2xx"): ("completed", ("pass",)),
        ("trying", "refusal"): ("completed", ("pass",)),
        ("trying", "resend"): ("trying", ("send",)),
        ("trying", "expire"): ("terminated", ("timeout",)),
        ("proceeding", "1xx"): ("proceeding", ("pass",)),
        ("proceeding", "2xx"): ("completed", ("pass",)),
        ("proceeding", "refusal"): ("completed", ("pass",)),
        ("proceeding", "resend"): ("proceeding", ("send",)),
        ("proceeding", "expire"): ("terminated", ("timeout",)),
        ("completed", "expire"): ("terminated", ()),
    },
    {
        "trying": Wait(resend=T1, cap=T2, expire=PATIENCE),  # E, F
        "proceeding": Wait(resend=T2, cap=T2),  # F runs on
        "completed": Wait(expire=T4),  # K
    },
)

INVITE_SERVER = Table(
    "proceeding",
    {
        ("proceeding", "request"): ("proceeding", ("send",)),
        ("proceeding", "1xx"): ("proceeding", ("send",)),
        ("proceeding", "2xx"): ("accepted", ("send",)),
        ("proceeding", "refusal"): ("completed", ("send",)),
        ("completed", "request"): ("completed", ("send",)),
        ("completed", "resend"): ("completed", ("send",)),
        ("completed", "ack"): ("confirmed", ()),
        ("completed", "expire"): ("terminated", ("timeout",)),
        ("accepted", "request"): ("accepted", ("send",)),
        ("accepted", "resend"): ("accepted", ("send",)),
        ("accepted", "ack"): ("confirmed", ("pass",)),
        ("accepted", "expire"): ("terminated", ("timeout",)),
        ("confirmed", "expire"): ("terminated", ()),
    },
    {
        "completed": Wait(resend=T1, cap=T2, expire=PATIENCE),  # G, H
        "accepted": Wait(resend=T1, cap=T2, expire=PATIENCE),  # §13.3.1.4, L
        "confirmed": Wait(expire=T4),  # I
    },
)

SERVER = Table(
    "trying",
    {
        ("trying", "2xx"): ("completed", ("send",)),
        ("trying", "refusal"): ("completed", ("send",)),
        ("completed", "request"): ("completed", ("send",)),
        ("completed", "expire"): ("terminated", ()),
    },
    {"completed": Wait(expire=PATIENCE)},  # J
)


def heard(status: int) -> Event:
    """A status as an event of the tables."""
    if status < 200:
        return "1xx"
    return "2xx" if status < 300 else "refusal"


class Transaction:
    """One request and what belongs to it."""

    __slots__ = ("_expire_at", "_interval", "_resend_at", "_table", "message", "state")

    def __init__(self, table: Table, message: bytes, now: int) -> None:
        self._table = table
        self._resend_at = self._interval = self._expire_at = 0
        self.message = message
        """What ``send`` sends: a client's request, a server's latest response."""
        self.state: State = table.first
        self._start_timers(now)

    def feed(self, event: Event, now: int) -> tuple[Verb, ...]:
        """What to do now; nothing for what does not belong to the state."""
        row = self._table.rows.get((self.state, event))
        if row is None:
            return ()
        if row[0] != self.state:
            self.state = row[0]
            self._start_timers(now)
        return row[1]

    def hush(self) -> None:
        """Stops repeating our message."""
        self._resend_at = 0

    def limit(self, at: int) -> None:
        """Lets the state end then; for an INVITE that was taken back (§9.1)."""
        self._expire_at = self._expire_at or at

    @property
    def due(self) -> int:
        """When ``tick`` wants to be called; 0 = never."""
        if self._resend_at and self._expire_at:
            return min(self._resend_at, self._expire_at)
        return self._resend_at or self._expire_at

    def tick(self, now: int) -> tuple[Verb, ...]:
        """Fires the timers that are due."""
        if self._expire_at and now >= self._expire_at:
            return self.feed("expire", now)
        if self._resend_at and now >= self._resend_at:
            self._interval = min(self._interval * 2, self._table.waits[self.state].cap)
            self._resend_at = now + self._interval
            return self.feed("resend", now)
        return ()

    def _start_timers(self, now: int) -> None:
        wait = self._table.waits.get(self.state)
        self._interval = wait.resend if wait else 0
        self._resend_at = now + self._interval if self._interval else 0
        if wait is None:
            self._expire_at = 0
        elif wait.expire is not None:
            self._expire_at = now + wait.expire if wait.expire else 0
