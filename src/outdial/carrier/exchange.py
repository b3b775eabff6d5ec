"""One transaction on the wire: its table, its timers, the address it talks to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from outdial.sip.transaction import Event, Table, Transaction, Verb
from outdial.sip.uri import HostPort


class Wire(Protocol):
    """What an exchange needs of the carrier."""

    def send(self, data: bytes, to: HostPort) -> None: ...

    def now(self) -> int: ...

    def forget(self, exchange: Exchange) -> None:
        """The exchange is over; nothing matches it any more."""
        ...


class Exchange:
    """Sends, repeats, and gives up in time."""

    def __init__(self, wire: Wire, table: Table, key: str, peer: HostPort) -> None:
        self.key = key
        """Branch and method."""
        self.told: Callable[[Verb], None] | None = None
        """Hears the verbs that are not sending."""
        self._wire, self._peer = wire, peer
        self._transaction = Transaction(table, b"", wire.now())
        self._timer: asyncio.TimerHandle | None = None

    def say(self, event: Event, message: bytes) -> None:
        """A response of ours; it is also what a repeated request is answered with."""
        self._transaction.message = message
        self.feed(event)

    def ask(self, message: bytes) -> None:
        """The request of a client exchange."""
        self._transaction.message = message
        self._do(("send",))

    def feed(self, event: Event) -> None:
        self._do(self._transaction.feed(event, self._wire.now()))

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _do(self, verbs: tuple[Verb, ...]) -> None:
        for verb in verbs:
            if verb == "send":
                if self._transaction.message:
                    self._wire.send(self._transaction.message, self._peer)
            elif self.told:
                self.told(verb)
        self._arm()

    def _arm(self) -> None:
        self.close()
        if self._transaction.state == "terminated":
            self._wire.forget(self)
            return
        due = self._transaction.due
        if due:
            wait_s = max(0, due - self._wire.now()) / 1000
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._fire)

    def _fire(self) -> None:
        self._timer = None
        self._do(self._transaction.tick(self._wire.now()))
