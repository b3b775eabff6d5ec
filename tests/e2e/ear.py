"""A callee's ear: a plain socket that keeps every RTP packet, so that the audio can be compared with the prompt."""

from __future__ import annotations

import asyncio
import socket
import time
from itertools import pairwise
from types import TracebackType

from outdial.audio.law import FRAME
from outdial.rtp.packet import Packet, build, parse
from tests.e2e.sipp import free_port

_RTCP = range(192, 224)
_QUIET = {0: b"\xff", 8: b"\xd5"}


class Ear:
    """``async with Ear() as ear``; give ``ear.port`` to the scenario."""

    def __init__(self) -> None:
        self.port = free_port()
        self.packets: list[Packet] = []
        self.arrivals: list[int] = []
        """Epoch ms of each packet."""
        self.source: tuple[str, int] | None = None
        self._news = asyncio.Event()

    async def __aenter__(self) -> Ear:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", self.port))
        asyncio.get_running_loop().add_reader(self._socket, self._hear)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _hear(self) -> None:
        data, self.source = self._socket.recvfrom(2048)
        if data[1] not in _RTCP:
            self.packets.append(parse(data))
            self.arrivals.append(time.time_ns() // 1_000_000)
            self._news.set()

    async def heard(self, count: int) -> None:
        """Until so many packets have come."""
        while len(self.packets) < count:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 5)

    def say(self, *packets: Packet) -> None:
        """To whoever talked to us."""
        assert self.source
        for packet in packets:
            self._socket.sendto(build(packet), self.source)

    @property
    def first_sound_at(self) -> int:
        """Arrival of the first packet that is not all silence."""
        heard = zip(self.packets, self.arrivals, strict=True)
        return next(at for packet, at in heard if packet.payload.strip(_QUIET[packet.payload_type]))

    def heard_whole(self, sound: bytes) -> bool:
        """Whether the sound came byte for byte: nothing lost, doubled or out of order.

        Timestamps may jump forward by whole packets: a stalled machine pauses, it does not skip.
        """
        came = [packet for packet in self.packets if packet.payload_type in (0, 8)]
        voice = sorted(came, key=lambda packet: packet.sequence - came[0].sequence + 0x8000 & 0xFFFF)
        for before, after in pairwise(voice):
            step = after.timestamp - before.timestamp & 0xFFFFFFFF
            assert after.sequence - before.sequence & 0xFFFF == 1, "a hole in the sequence"
            assert step > 0 and not step % FRAME, f"timestamps {step} apart"
        return sound in b"".join(packet.payload for packet in voice)


def recorded_whole(sound: bytes, side: bytes, silence: int) -> bool:
    """Whether one side of a recording has the sound; a stall leaves whole packets of silence."""
    at = side.find(sound[:FRAME])
    if at < 0:
        return False
    for start in range(0, len(sound), FRAME):
        frame = sound[start : start + FRAME]
        while side[at : at + FRAME] == bytes([silence]) * FRAME:
            at += FRAME
        if side[at : at + len(frame)] != frame:
            return False
        at += FRAME
    return True
