"""Prices the media process: played and recorded calls at once, pacing as the far end's kernel saw it, CPU per packet.

    python bench/media.py --calls 100,500,1000 --seconds 10

The far end is a process of its own that echoes every packet. Each call plays one prompt for the whole time and is
recorded. CPU is the media process alone (user + system), including the recordings' thread.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from outdial.audio.law import ALAW, FRAME, FRAME_MS, RATE
from outdial.audio.wav import read
from outdial.switch.embedded.media.client import Lease, MediaClient
from outdial.switch.port import Frames, MediaFigures, Played, SendEnd, Taped

_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@qq")
_PLACE = struct.Struct("!HI")
_STAMPED_OF = 8
"""Every so many ports the far end reads arrivals too: that is dear, and a sample says as much."""
_BUFFER = 4 << 20
_PEERS = 64
"""Ports of the far end; calls share them, as they share a carrier's."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Priced:
    calls: int
    seconds: float
    failed: int
    """Calls that lost a packet to us, whose playback did not end, or whose recording is not whole."""
    packets_sent: int
    packets_received: int
    cpu_percent: float
    cpu_us_per_packet_pair: float
    """One sent and one received and both recorded."""
    left_out: int
    """Frames not sent at all because the wheel was stopped for over 60 ms (a machine that is too busy)."""
    late_p50_ms: float
    late_p99_ms: float
    late_max_ms: float
    """Behind the call's own clock, by kernel arrival at the far end."""


# ── the far end ──────────────────────────────────────────────────────────────────────────────────


Address = tuple[str, int]
Arrived = tuple[int, int, float]
"""Sequence number, timestamp, and kernel arrival in ms (0 = not read)."""
Seen = dict[int, list[Arrived]]


def echo(seconds: float, back: bool) -> None:
    """Prints its ports, echoes for so long, then prints what it saw; both as JSON."""
    sockets = [_open(stamped=not n % _STAMPED_OF) for n in range(_PEERS)]
    stamped = set(sockets[::_STAMPED_OF])
    print(json.dumps([each.getsockname()[1] for each in sockets]), flush=True)
    seen: Seen = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        waiting, _, _ = select.select(sockets, [], [], 0.2)
        for each in waiting:
            take = _take_stamped if each in stamped else _take_plain
            with contextlib.suppress(BlockingIOError):
                while True:
                    data, sender = take(each, seen)
                    if back:
                        each.sendto(data, sender)
        time.sleep(0.002)  # the kernel stamps arrivals, so waking up for many at once spoils nothing
    print(json.dumps(seen))


def _open(stamped: bool) -> socket.socket:
    each = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    each.bind(("127.0.0.1", 0))
    each.setblocking(False)
    each.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, int(stamped))
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        each.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
    return each


def _take_stamped(each: socket.socket, seen: Seen) -> tuple[bytes, Address]:
    data, ancillary, _, sender = each.recvmsg(2048, 64)
    seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
    seen.setdefault(sender[1], []).append((*_PLACE.unpack_from(data, 2), seconds * 1000 + nanoseconds / 1e6))
    return data, sender


def _take_plain(each: socket.socket, seen: Seen) -> tuple[bytes, Address]:
    data, sender = each.recvfrom(2048)
    seen.setdefault(sender[1], []).append((*_PLACE.unpack_from(data, 2), 0.0))
    return data, sender


# ── our end ──────────────────────────────────────────────────────────────────────────────────────


class Ear:
    def __init__(self) -> None:
        self.end = ""
        self.done = asyncio.Event()
        self.figures = MediaFigures()

    def digit(self, digit: str, ms: int, at: int) -> None:
        pass

    def keys_sent(self, number: int, end: SendEnd) -> None:
        """Nobody presses keys here."""

    def no_rtp(self) -> None:
        pass

    def taped(self, number: int, taped: Taped) -> None:
        pass

    def played(self, play_id: int, played: Played) -> None:
        self.end = played.end

    def closed(self, figures: MediaFigures) -> None:
        self.figures = figures
        self.done.set()

    def gone(self) -> None:
        self.end = "gone"
        self.done.set()


class FarEnd:
    """The echoing process."""

    def __init__(self, seconds: float, back: bool) -> None:
        words = [sys.executable, __file__, "--echo", str(seconds), *([] if back else ["--sink"])]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE)
        self.ports: list[int] = json.loads(self._line())

    def seen(self) -> dict[str, list[Arrived]]:
        """By our port. Waits for its end."""
        seen: dict[str, list[Arrived]] = json.loads(self._line())
        self._process.wait()
        return seen

    def _line(self) -> bytes:
        assert self._process.stdout
        return self._process.stdout.readline()


@dataclass(frozen=True, slots=True)
class Rung:
    """What one run of calls left behind."""

    took_s: float
    cpu_s: float
    ears: list[Ear]
    whole: int
    seen: list[list[Arrived]]


def price(calls: int, seconds: float, back: bool = True) -> Priced:
    far = FarEnd(seconds + 6 + calls / 500, back)
    with tempfile.TemporaryDirectory() as folder:
        return _sum_up(asyncio.run(_ring(calls, seconds, far, Path(folder))))


async def _ring(calls: int, seconds: float, far: FarEnd, folder: Path) -> Rung:
    client = MediaClient("127.0.0.1", range(20000, 30000), lambda: time.time_ns() // 1_000_000)
    await client.start()
    prompt = _prompt(folder, seconds + 3 + calls / 500)
    legs: list[tuple[Lease, Ear]] = []
    for n in range(calls):
        ear = Ear()
        while (lease := client.lease(ear)) is None:  # noqa: ASYNC110 – the next block of ports is on its way
            await asyncio.sleep(0.05)
        legs.append((lease, ear))
        client.point(lease, "127.0.0.1", far.ports[n % _PEERS], ALAW.payload_type, 101)
        client.answer(lease, folder / f"{n}.wav", 30_000)
        client.play(lease, 1, [prompt])
        if n % 10 == 9:
            await asyncio.sleep(0.02)  # 500 calls a second
    await asyncio.sleep(0.5)
    cpu, started = _cpu_s(client.pid), time.monotonic()
    await asyncio.sleep(seconds)
    cpu, took = _cpu_s(client.pid) - cpu, time.monotonic() - started
    for lease, _ in legs:
        client.release(lease)
    await asyncio.gather(*(ear.done.wait() for _, ear in legs))
    await client.close()
    everything = await asyncio.to_thread(far.seen)
    whole = sum(ear.end == "hungup" and _is_whole(folder / f"{n}.wav", ear.figures) for n, (_, ear) in enumerate(legs))
    return Rung(took, cpu, [ear for _, ear in legs], whole, [everything[str(lease.port)] for lease, _ in legs])


def _sum_up(rung: Rung) -> Priced:
    calls = len(rung.ears)
    late = sorted(ms for call in rung.seen if call[0][2] for ms in _lateness(call))
    unbroken = sum(len(call) == (call[-1][0] - call[0][0] & 0xFFFF) + 1 for call in rung.seen)
    return Priced(
        calls,
        round(rung.took_s, 1),
        calls - min(rung.whole, unbroken),
        sum(ear.figures.sent for ear in rung.ears),
        sum(ear.figures.received for ear in rung.ears),
        round(100 * rung.cpu_s / rung.took_s, 1),
        round(rung.cpu_s * 1e6 / (calls * rung.took_s * 1000 / FRAME_MS), 1),
        sum(map(_left_out, rung.seen)),
        *(round(late[min(len(late) - 1, int(len(late) * part))], 2) for part in (0.5, 0.99, 1)),
    )


def _lateness(call: list[Arrived]) -> list[float]:
    first = call[0][1]
    ahead = [at - (timestamp - first & 0xFFFFFFFF) * 1000 / RATE for _, timestamp, at in call]
    grid = min(ahead)
    return [each - grid for each in ahead]


def _left_out(call: list[Arrived]) -> int:
    """Frames that were never sent because their time was over."""
    (first, start, _), (last, end, _) = call[0], call[-1]
    return (end - start & 0xFFFFFFFF) // FRAME - (last - first & 0xFFFF)


def _is_whole(path: Path, figures: MediaFigures) -> bool:
    data = path.read_bytes()
    left, right = read(data).channels
    return len(data) == figures.record_bytes and len(left) == len(right) >= (figures.sent - 2) * FRAME


def _prompt(folder: Path, seconds: float) -> Frames:
    sound = random.Random(1).randbytes(round(seconds * RATE))
    for law in ("alaw", "ulaw"):
        (folder / f"prompt.{law}").write_bytes(sound)
    return Frames(folder / "prompt.alaw", folder / "prompt.ulaw")


def _cpu_s(pid: int | None) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / _TICKS_PER_S


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--calls", default="100,500,1000")
    words.add_argument("--seconds", type=float, default=10)
    words.add_argument("--sink", action="store_true", help="the far end only listens: the price of sending alone")
    words.add_argument("--echo", type=float, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.echo:
        echo(given.echo, back=not given.sink)
        return
    for calls in map(int, given.calls.split(",")):
        print(json.dumps(asdict(price(calls, given.seconds, back=not given.sink))), flush=True)


if __name__ == "__main__":
    main()
