"""A socket that is waited for while little comes, and looked at on the beat while much does."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from outdial.domain.beat import BEAT_S
from outdial.switch.embedded.polled import CROWD, WINDOW_S, Polled

FULL = 3


class Reader:
    """Takes up to ``FULL`` datagrams at a look and writes down when it looked."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.looks: list[tuple[float, int]] = []
        self.looked = asyncio.Event()
        self.taken: list[bytes] = []
        self.polled = Polled(sock, self.read, FULL)

    def read(self) -> int:
        count = 0
        while count < FULL:
            try:
                self.taken.append(self.sock.recv(100))
            except BlockingIOError:
                break
            count += 1
        self.looks.append((asyncio.get_running_loop().time(), count))
        self.looked.set()
        return count

    async def until(self, taken: int) -> None:
        while len(self.taken) < taken:
            await self.look()

    async def look(self) -> None:
        self.looked.clear()
        await self.looked.wait()


@asynccontextmanager
async def reading() -> AsyncIterator[tuple[Reader, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        ours.setblocking(False)
        reader = Reader(ours)
        yield reader, theirs
        reader.polled.close()


async def crowded(reader: Reader, theirs: socket.socket) -> None:
    """More than anybody wants to wake up for."""
    for n in range(CROWD):
        theirs.send(b"%d" % n)
    await reader.until(CROWD)


async def test_one_of_few_is_taken_when_it_comes() -> None:
    async with reading() as (reader, theirs):
        for n in range(3):
            theirs.send(b"%d" % n)
            await reader.until(n + 1)
        assert [count for _, count in reader.looks] == [1, 1, 1]


async def test_those_of_a_crowd_are_taken_together_on_the_beat() -> None:
    async with reading() as (reader, theirs):
        await crowded(reader, theirs)
        await reader.look()
        theirs.send(b"a")
        theirs.send(b"b")
        await reader.until(CROWD + 2)
        at, count = reader.looks[-1]
        assert count == 2
        assert (at + 0.0005) % BEAT_S < BEAT_S / 2


async def test_a_full_look_is_followed_by_another_at_once() -> None:
    async with reading() as (reader, theirs):
        for n in range(FULL * 2 + 1):
            theirs.send(b"%d" % n)
        await reader.until(FULL * 2 + 1)
        assert [count for _, count in reader.looks] == [FULL, FULL, 1]


async def test_when_the_crowd_is_gone_it_looks_no_more_and_still_hears_the_next_one() -> None:
    async with reading() as (reader, theirs):
        await crowded(reader, theirs)
        await asyncio.sleep(WINDOW_S * 2 + BEAT_S * 3)
        looks = len(reader.looks)
        await asyncio.sleep(BEAT_S * 4)
        assert len(reader.looks) == looks
        theirs.send(b"a")
        await reader.until(CROWD + 1)
        assert reader.looks[-1][1] == 1


async def test_a_reader_may_close_it() -> None:
    async with reading() as (reader, theirs):

        def last() -> int:
            reader.polled.close()
            return reader.read()

        reader.polled.close()
        reader.polled = Polled(reader.sock, last, FULL)
        theirs.send(b"1")
        await reader.until(1)
        await asyncio.sleep(BEAT_S * 3)
        assert len(reader.looks) == 1
