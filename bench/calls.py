"""Prices a completed call: CPU of all the service's processes, from claim to history, at steady rates.

    python -m bench.calls --rates 50,200 --seconds 20

Each call is answered by sipp, plays half a second, is hung up by the flow, goes through the after-flow that sorts
busy from not listened, and reaches history. The far end is left out. For comparison the same rate with sipp as caller.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.e2e.campaign import Campaign, Flow, Wanted, set_up
from tests.e2e.service import OutdialService
from tests.e2e.sipp import free_port

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PLAY_MS = 500
FLOW: Flow = [{"playback": {"files": [{"type": "silence", "name": str(PLAY_MS)}]}}, {"hangup": "NORMAL_CLEARING"}]


@dataclass(frozen=True, slots=True)
class Price:
    rate: int
    """Calls per second asked for."""
    calls: int
    failed: int
    """Not answered, or not in history."""
    reached: float
    """Calls per second from the first INVITE to the last."""
    main_ms: float
    """CPU of the main process for one call: HTTP, store, dialer, SIP, flows."""
    media_ms: float
    """CPU of the media process for one call of half a second."""
    total_ms: float
    sipp_ms: float
    """CPU of sipp as a caller at the same rate, for one call."""


def price(rate: int, seconds: float) -> Price:
    with tempfile.TemporaryDirectory() as folder:
        calls = int(rate * seconds)
        rows, main_s, media_s = asyncio.run(_dial(Path(folder), rate, calls))
        sipp_s = asyncio.run(_sipp_calls(Path(folder), rate, calls))
    good = [row for row in rows if row.get("answered_at")]
    began = sorted(int(row["created_at"]) for row in rows)
    return Price(
        rate,
        calls,
        calls - len(good),
        round((len(began) - 1) / max(0.001, (began[-1] - began[0]) / 1000), 1),
        round(main_s * 1000 / max(1, len(good)), 3),
        round(media_s * 1000 / max(1, len(good)), 3),
        round((main_s + media_s) * 1000 / max(1, len(good)), 3),
        round(sipp_s * 1000 / calls, 3),
    )


async def _dial(folder: Path, rate: int, calls: int) -> tuple[list[dict[str, Any]], float, float]:
    """The calls in history, CPU seconds of main and of media."""
    async with (
        _far_end(folder) as port,
        OutdialService(folder, log_level="warning", rtp_first=20000, rtp_last=29999) as service,
    ):
        numbers = tuple(f"38050{i:07}" for i in range(calls))
        wanted = Wanted(
            numbers, ("127.0.0.1", port), voice=FLOW, max_calls=-1, limit=-1, rps=rate, early_media="consume"
        )
        campaign = await set_up(service.rest, wanted)
        pids = _processes(service)
        before = {name: cpu_s(pid) for name, pid in pids.items()}
        await campaign.enable()
        await _all_over(campaign, calls, within_s=calls / rate * 3 + 30)
        spent = {name: cpu_s(pid) - before[name] for name, pid in pids.items()}
        return await campaign.calls(), spent["main"], spent["media"]


async def _all_over(campaign: Campaign, calls: int, within_s: float) -> None:
    """Asks rarely: the questions are part of the price."""
    async with asyncio.timeout(within_s):
        while True:
            await asyncio.sleep(2)
            row = await campaign.rest.get(f"/call_center/queues/{campaign.queue}")
            if not int(row.get("waiting", 0)) and not int(row.get("active", 0)):
                return


def _processes(service: OutdialService) -> dict[str, int]:
    children = service.children()
    media = [pid for pid in children if b"media" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return {"main": service.pid, "media": media[0]}


def cpu_s(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS_PER_S


class _far_end:
    """sipp as the answering side, echoing what it hears."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()

    async def __aenter__(self) -> int:
        self._process = await _sipp(
            self._folder, "-sn", "uas", "-rtp_echo", "-p", str(self._port), "-mp", str(free_port())
        )
        await asyncio.sleep(0.5)
        return self._port

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await self._process.wait()


async def _sipp_calls(folder: Path, rate: int, calls: int) -> float:
    """CPU seconds of sipp as the caller of as many calls."""
    async with _far_end(folder) as port:
        with _children_cpu() as spent:
            caller = await _sipp(
                folder, "-sn", "uac", "-d", str(PLAY_MS), "-r", str(rate), "-m", str(calls), "-l", "100000",
                "-p", str(free_port()), f"127.0.0.1:{port}",
            )  # fmt: skip
            await caller.wait()
        return spent[0]


@contextmanager
def _children_cpu() -> Iterator[list[float]]:
    """CPU seconds of the children that ended inside the block."""

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    spent = [0.0]
    before = used()
    yield spent
    spent[0] = used() - before


async def _sipp(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        "sipp", *arguments, "-i", "127.0.0.1", "-nostdin", "-buff_size", "4194304",
        cwd=folder, env={**os.environ, "TERM": "dumb"},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rates", default="50,200")
    words.add_argument("--seconds", type=float, default=20)
    given = words.parse_args()
    for rate in map(int, given.rates.split(",")):
        print(json.dumps(asdict(price(rate, given.seconds))), flush=True)


if __name__ == "__main__":
    main()
