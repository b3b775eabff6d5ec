"""A socket of the event loop that is looked at on the beat while something comes, and waited for when nothing does."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from outdial.domain.beat import next_beat

_PATIENCE = 5
"""Looks in vain, until the socket is waited for again."""


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
        self._vain = 0
        self._closed = False
        self._loop.add_reader(sock, self._woken)

    def close(self) -> None:
        """The socket stays open. Also from within ``read``."""
        self._closed = True
        self._loop.remove_reader(self._socket)
        if self._next:
            self._next.cancel()

    def _woken(self) -> None:
        self._loop.remove_reader(self._socket)
        self._look()

    def _look_later(self) -> None:
        self._next = self._loop.call_at(next_beat(self._loop.time()), self._look)

    def _look(self) -> None:
        taken = 1  # whatever breaks in the reader, the socket is looked at again
        try:
            taken = self._read()
        finally:
            self._vain = 0 if taken else self._vain + 1
            self._go_on(taken)

    def _go_on(self, taken: int) -> None:
        if self._closed:
            return
        if taken >= self._full:
            self._next = self._loop.call_soon(self._look)
        elif self._vain < _PATIENCE:
            self._look_later()
        else:
            self._next = None
            self._loop.add_reader(self._socket, self._woken)
