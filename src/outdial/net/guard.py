"""The one guard against requests to where nobody should go (SSRF).

Names are resolved here, every address of the answer is checked, and the connection is made to a checked address: what
the name says a moment later does not matter (DNS rebinding). Whoever follows a redirect comes through here again.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from outdial.net.addresses import Networks, read_address, refusal
from outdial.net.errors import Refused, Unreachable

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Name and port to addresses, in the order they should be tried. Raises OSError."""
T = TypeVar("T")
Connect = Callable[[str, int], Awaitable[T]]
"""Makes a connection to an address and port. Raises OSError."""

MAX_ADDRESSES = 16
LOOKUPS = 16
"""Names being resolved at a time; the system's resolver blocks a thread."""


class Guard:
    """``allowed`` networks may be reached whatever else they are; all other special addresses may not."""

    def __init__(self, allowed: Networks = (), resolve: Resolve | None = None) -> None:
        self._allowed = allowed
        self._resolve = resolve or _Resolver()

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, all of them checked. Raises Refused, or Unreachable when there are none."""
        if not 0 < port < 65536:
            raise Refused(f"there is no port {port}")
        try:
            found = (await self._resolve(host, port))[:MAX_ADDRESSES]
        except (OSError, ValueError):  # no such name, or no name at all
            found = []
        if not found:
            raise Unreachable(f"{host}: no such host is known")
        for address in found:
            self._check(host, address)
        return found

    async def reach(self, host: str, port: int, timeout_s: float, connect: Connect[T]) -> T:
        """What ``connect`` makes of the first address that takes the connection. Raises Refused or Unreachable."""
        deadline = time.monotonic() + timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                found = await self.addresses(host, port)
                for number, address in enumerate(found):
                    share = (deadline - time.monotonic()) / (len(found) - number)
                    made = await _in_time(connect(address, port), share)
                    if made is not None:
                        return made
        except TimeoutError:
            pass
        raise Unreachable(f"{host}: no connection to port {port}")

    async def connect(self, host: str, port: int, timeout_s: float) -> socket.socket:
        """A connected, non-blocking TCP socket. Raises Refused or Unreachable."""
        return await self.reach(host, port, timeout_s, _tcp)

    def _check(self, host: str, address: str) -> None:
        why = refusal(read_address(address), self._allowed)
        if why is not None:
            at = "" if host == address else f" has the address {address}, which"
            raise Refused(f"{host}{at} is not to be reached from here ({why}); OUTDIAL_ALLOW_NETWORKS can allow it")


async def _in_time(connecting: Awaitable[T], timeout_s: float) -> T | None:
    """None when this address does not take the connection; there may be another."""
    try:
        async with asyncio.timeout(timeout_s):
            return await connecting
    except (OSError, TimeoutError):
        return None


async def _tcp(address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(made, (address, port))
    except BaseException:
        made.close()
        raise
    return made


class _Resolver:
    """The system's resolver, in threads of its own: a slow name server holds up nobody else's work."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> list[str]:
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _look_up(host: str, port: int) -> list[tuple[int, int, int, str, tuple[str | int, ...]]]:
    return [(*entry[:4], tuple(entry[4])) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
