"""A socket that is looked at on the beat while something comes, and waited for when nothing does."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from outdial.domain.beat import BEAT_S
from outdial.switch.embedded.polled import Polled

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


async def test_the_first_datagram_is_taken_when_it_comes_and_what_follows_on_the_beat() -> None:
    async with reading() as (reader, theirs):
        theirs.send(b"1")
        await reader.until(1)
        theirs.send(b"2")
        theirs.send(b"3")
        await reader.until(3)
        at, count = reader.looks[-1]
        assert count == 2
        assert (at + 0.0005) % BEAT_S < BEAT_S / 2


async def test_a_full_look_is_followed_by_another_at_once() -> None:
    async with reading() as (reader, theirs):
        for n in range(FULL * 2 + 1):
            theirs.send(b"%d" % n)
        await reader.until(FULL * 2 + 1)
        assert [count for _, count in reader.looks] == [FULL, FULL, 1]


async def test_after_a_while_of_silence_it_looks_no_more_and_still_hears_the_next_one() -> None:
    async with reading() as (reader, theirs):
        theirs.send(b"1")
        while not (reader.looks and sum(count == 0 for _, count in reader.looks) == 5):
            await reader.look()
        await asyncio.sleep(BEAT_S * 4)
        assert len(reader.looks) == 6
        theirs.send(b"2")
        await reader.until(2)


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
