"""A socket of the event loop that is waited for while little comes, and looked at on the beat while much does.

Waking up for each datagram is what calls cost most when there are many; when there are few nobody should wait.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from outdial.domain.beat import next_beat

WINDOW_S = 0.25
CROWD = 10
"""Datagrams within a window that are too many to wake up for each."""


class Polled:
    """``read`` takes what there is and answers how much; as much as ``full`` may not be all, and is asked again at
    once, after the loop had its turn. Until ``close``.
    """

    def __init__(self, sock: socket.socket, read: Callable[[], int], full: int) -> None:
        self._socket = sock
        self._read = read
        self._full = full
        self._loop = asyncio.get_running_loop()
        self._next: asyncio.Handle | None = None
        self._waiting = False
        """For the socket itself."""
        self._closed = False
        self._since = self._loop.time()
        self._counted = 0
        self._crowded = False
        self._wait()

    def close(self) -> None:
        """The socket stays open. Also from within ``read``."""
        self._closed = True
        self._loop.remove_reader(self._socket)
        if self._next:
            self._next.cancel()

    def _wait(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._loop.add_reader(self._socket, self._look)

    def _look(self) -> None:
        taken = 1  # whatever breaks in the reader, the socket is looked at again
        try:
            taken = self._read()
        finally:
            self._count(taken)
            if not self._closed:
                self._go_on(taken)

    def _count(self, taken: int) -> None:
        now = self._loop.time()
        if now - self._since > WINDOW_S:
            self._crowded = self._counted >= CROWD
            self._since, self._counted = now, 0
        self._counted += taken
        self._crowded = self._crowded or self._counted >= CROWD

    def _go_on(self, taken: int) -> None:
        if not self._crowded and taken < self._full:
            self._wait()
            return
        if self._waiting:
            self._waiting = False
            self._loop.remove_reader(self._socket)
        if taken >= self._full:
            self._next = self._loop.call_soon(self._look)
        else:
            self._next = self._loop.call_at(next_beat(self._loop.time()), self._look)
