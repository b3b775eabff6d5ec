"""Prices the live feed: what so many watchers of every event add, at 100 calls a second.

    python -m bench.feed

The service's side is a process of its own: the API, its feed, and stages of attempts told as the dialer tells them,
six a call. Watchers are plain sockets that read what comes. Its CPU is read with one watcher, then with all.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import socket
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast, get_args

import uvicorn
import uvloop

from bench.calls import cpu_s
from outdial.api import session
from outdial.api.app import build
from outdial.api.doors import Deps
from outdial.api.feed import Feed
from outdial.api.figures import Board
from outdial.domain.attempt import Attempt
from outdial.domain.happening import Moved, Stage
from outdial.domain.member import Communication
from outdial.flow.validate import validate
from outdial.net.links import Links
from outdial.store.files import Files
from outdial.store.opening import open_store

TOKEN = "bench"
CALLS_PER_S = 100
SETTLE_S = 2.0


@dataclass(frozen=True, slots=True)
class Watched:
    watchers: int
    calls_per_s: int
    alone_percent: float
    """Of a core, with one watcher."""
    watched_percent: float
    added_percent: float
    events_each_per_s: float
    """That each watcher received."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


# ── the service's side ───────────────────────────────────────────────────────────────────────────


async def serve(port: int) -> None:
    store = await open_store(":memory:", now=now_ms)
    await session.ensure_admin(store)
    await session.preset_token(store, TOKEN)
    feed = Feed(now_ms)
    with tempfile.TemporaryDirectory() as folder:
        deps = Deps(
            store=store,
            files=Files(Path(folder)),
            prepare_media=cast("object", None),  # type: ignore[arg-type]  # nothing is uploaded here
            validate_schema=validate,
            health=dict,
            now=now_ms,
            links=Links(b"bench"),
            feed=feed,
            board=Board(store, feed),
        )
        server = uvicorn.Server(uvicorn.Config(build(deps), port=port, log_config=None, lifespan="off"))
        await asyncio.gather(server.serve(), tell(feed))


async def tell(feed: Feed) -> None:
    """Calls leave evenly; each comes to its six stages at once, which costs the same."""
    began, count = time.monotonic(), 0
    while True:
        count += 1
        number = Communication(count, 0, f"38044{count:07}", 1)
        attempt = Attempt(
            count, 1, 1, count, "Ann of the benchmark", "Europe/Kyiv", number, 0, 1, 1, "380440000000", f"call-{count}",
            1, now_ms(), {},
        )  # fmt: skip
        for stage in get_args(Stage):
            feed.tell(Moved(now_ms(), stage, attempt, "Reminder", "Line"))
        await asyncio.sleep(max(0.0, began + count / CALLS_PER_S - time.monotonic()))


# ── the watchers ─────────────────────────────────────────────────────────────────────────────────


class Counted(asyncio.Protocol):
    """Counts what comes."""

    def __init__(self) -> None:
        self.bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        request = f"GET /api/events?access_token={TOKEN} HTTP/1.1\r\nHost: bench\r\n\r\n"
        cast("asyncio.Transport", transport).write(request.encode())

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)


async def measure(watchers: int, seconds: float) -> Watched:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, watchers * 2 + 100), hard), hard))
    port = _free_port()
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.feed", "--serve", str(port), cwd=Path(__file__).parent.parent
    )
    try:
        loop = asyncio.get_running_loop()
        (probe,) = await _watch(loop, port, 1)
        await asyncio.sleep(SETTLE_S)
        before = probe.bytes
        alone = await _percent(service.pid, seconds)
        each = (probe.bytes - before) / seconds  # one watcher's bytes a second; all get the same
        many = await _watch(loop, port, watchers)
        await asyncio.sleep(SETTLE_S)
        before = sum(one.bytes for one in many)
        watched = await _percent(service.pid, seconds)
        got = (sum(one.bytes for one in many) - before) / len(many) / seconds
        events = got / each * CALLS_PER_S * len(get_args(Stage))
    finally:
        service.kill()
        await service.wait()
    return Watched(
        watchers, CALLS_PER_S, round(alone, 1), round(watched, 1), round(watched - alone, 1), round(events, 1)
    )


async def _watch(loop: asyncio.AbstractEventLoop, port: int, count: int) -> list[Counted]:
    found: list[Counted] = []
    async with asyncio.timeout(60):
        while len(found) < count:
            try:
                _, one = await loop.create_connection(Counted, "127.0.0.1", port)
            except ConnectionRefusedError:  # it still starts
                await asyncio.sleep(0.1)
                continue
            found.append(one)
        while not all(one.bytes for one in found):  # noqa: ASYNC110 - they are only counters
            await asyncio.sleep(0.1)
    return found


async def _percent(pid: int, seconds: float) -> float:
    before, began = cpu_s(pid), time.monotonic()
    await asyncio.sleep(seconds)
    return 100 * (cpu_s(pid) - before) / (time.monotonic() - began)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def price(watchers: int, seconds: float) -> Watched:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(watchers, seconds))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--serve", type=int, default=0, metavar="PORT", help=argparse.SUPPRESS)
    words.add_argument("--watchers", type=int, default=1000)
    words.add_argument("--seconds", type=float, default=10)
    given = words.parse_args()
    if given.serve:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(given.serve))
    else:
        print(asdict(price(given.watchers, given.seconds)))


if __name__ == "__main__":
    main()
