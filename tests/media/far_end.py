"""A far end on loopback that keeps every packet it gets and sends what it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from outdial.audio.law import FRAME
from outdial.rtp.packet import Packet, build, parse
from outdial.switch.embedded.media.client import Lease
from outdial.switch.port import MediaFigures, Played

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
    ended: list[str] = field(default_factory=list)
    figures: MediaFigures = field(default_factory=MediaFigures)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def digit(self, digit: str, ms: int, at: int) -> None:
        self.digits.append((digit, ms))
        self._news.set()

    def played(self, play_id: int, played: Played) -> None:
        self.plays.append((play_id, played))
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
