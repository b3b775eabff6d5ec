"""The SIP socket on the event loop: many datagrams per look, nothing awaited."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from outdial.sip.uri import HostPort
from outdial.switch.embedded.polled import Polled

AT_ONCE = 64
"""Datagrams handed over together."""
LARGEST = 65_535
WAITING = 10_000
"""Datagrams kept while the kernel takes none; more are lost, as on any network."""


class UdpSocket:
    """Owns a bound, non-blocking socket until ``close``."""

    def __init__(self, bound: socket.socket, heard: Callable[[list[tuple[bytes, HostPort]]], None]) -> None:
        self._socket = bound
        self._heard = heard
        self._waiting: deque[tuple[bytes, HostPort]] = deque(maxlen=WAITING)
        self._loop = asyncio.get_running_loop()
        self._polled = Polled(bound, self._read, AT_ONCE)
        self.unsendable = 0
        """Datagrams the system refused: no route, not permitted."""

    @property
    def address(self) -> HostPort:
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    def send(self, data: bytes, to: HostPort) -> None:
        if self._waiting:
            self._waiting.append((data, to))
        elif not self._try(data, to):
            self._waiting.append((data, to))
            self._loop.add_writer(self._socket, self._write)

    def close(self) -> None:
        self._polled.close()
        self._loop.remove_writer(self._socket)
        self._socket.close()

    def _try(self, data: bytes, to: HostPort) -> bool:
        """False when it must be tried again later."""
        try:
            self._socket.sendto(data, to)
        except BlockingIOError:
            return False
        except OSError:
            self.unsendable += 1  # lost like on the wire: the transaction repeats it or gives up
        return True

    def _write(self) -> None:
        while self._waiting and self._try(*self._waiting[0]):
            self._waiting.popleft()
        if not self._waiting:
            self._loop.remove_writer(self._socket)

    def _read(self) -> int:
        batch: list[tuple[bytes, HostPort]] = []
        for _ in range(AT_ONCE):
            try:
                data, source = self._socket.recvfrom(LARGEST)
            except BlockingIOError:
                break
            except OSError:
                continue  # an ICMP error about an earlier datagram; the next read goes on
            batch.append((data, source[:2]))
        if batch:
            self._heard(batch)
        return len(batch)
