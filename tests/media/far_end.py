"""What the tests of the media process share: a far end on loopback, a listener, a running client."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outdial.audio.law import ALAW, FRAME, ULAW
from outdial.rtp.packet import Packet, build, parse
from outdial.switch.embedded.media.client import Lease, MediaClient
from outdial.switch.port import Frames, MediaFigures, Played, SendEnd, Taped

PATIENCE_S = 20
"""For anything to happen on a busy machine."""


class FarEnd:
    def __init__(self, host: str = "127.0.0.1") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self.port: int = self.socket.getsockname()[1]
        self.heard: list[Packet] = []

    def __del__(self) -> None:
        self.socket.close()

    async def hear(self, count: int = 1) -> list[Packet]:
        """The next packets."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE_S):
            new = [parse(await loop.sock_recv(self.socket, 2048)) for _ in range(count)]
        self.heard += new
        return new

    async def hear_until(self, enough: Callable[[Packet], bool]) -> list[Packet]:
        """Up to and including the first packet that is enough."""
        new = await self.hear()
        while not enough(new[-1]):
            new += await self.hear()
        return new

    def say(self, to: Lease, packet: Packet) -> None:
        self.say_raw(to, build(packet))

    def say_raw(self, to: Lease, data: bytes) -> None:
        self.socket.sendto(data, ("127.0.0.1", to.port))


def speech(number: int, sound: bytes, payload_type: int = 8, ssrc: int = 77) -> Packet:
    """The packet with this number of a steady stream."""
    return Packet(payload_type, number & 0xFFFF, number * FRAME & 0xFFFFFFFF, ssrc, sound)


@dataclass
class Ear:
    """A listener that writes down what it is told and lets a test wait for it."""

    digits: list[tuple[str, int]] = field(default_factory=list)
    plays: list[tuple[int, Played]] = field(default_factory=list)
    tapes: list[tuple[int, Taped]] = field(default_factory=list)
    sent: list[tuple[int, SendEnd]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    figures: MediaFigures = field(default_factory=MediaFigures)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def digit(self, digit: str, ms: int, at: int) -> None:
        self.digits.append((digit, ms))
        self._news.set()

    def played(self, play_id: int, played: Played) -> None:
        self.plays.append((play_id, played))
        self._news.set()

    def taped(self, number: int, taped: Taped) -> None:
        self.tapes.append((number, taped))
        self._news.set()

    def keys_sent(self, number: int, end: SendEnd) -> None:
        self.sent.append((number, end))
        self._news.set()

    def no_rtp(self) -> None:
        self.ended.append("no rtp")
        self._news.set()

    def closed(self, figures: MediaFigures) -> None:
        self.figures = figures
        self.ended.append("closed")
        self._news.set()

    def gone(self) -> None:
        self.ended.append("gone")
        self._news.set()

    async def wait(self, until: Callable[[Ear], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not until(self):
                self._news.clear()
                await self._news.wait()


QUIET = bytes([ALAW.silence]) * FRAME
PROMPT = bytes(n * 7 % 251 for n in range(15 * FRAME))
"""0.3 s of bytes that name their place."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def free_range(calls: int) -> range:
    """Ports for so many calls, free just now."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1] & ~1
        ports = range(first, first + 2 * calls)
        if ports.stop < 65536 and all(is_free(port) for port in ports):
            return ports


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@asynccontextmanager
async def media(ports: range | None = None, now: Callable[[], int] = now_ms) -> AsyncIterator[MediaClient]:
    client = MediaClient("127.0.0.1", ports or free_range(4), now)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


def call(client: MediaClient, far: FarEnd, dtmf: int | None = 101) -> tuple[Lease, Ear]:
    ear = Ear()
    lease = client.lease(ear)
    assert lease
    client.point(lease, "127.0.0.1", far.port, ALAW.payload_type, dtmf)
    return lease, ear


def prompt(folder: Path, name: str = "prompt", sound: bytes = PROMPT) -> Frames:
    for law in (ALAW, ULAW):
        (folder / f"{name}.{law.name}").write_bytes(sound if law is ALAW else sound[::-1])
    return Frames(folder / f"{name}.alaw", folder / f"{name}.ulaw")


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(coroutine)
