"""``outdial demo``: the service, the test carrier and a campaign that rings in front of you."""

from __future__ import annotations

import asyncio
import ctypes
import json
import shutil
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Annotated, Any

import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.live import Live

from outdial.app import Service
from outdial.cli.demo.campaign import Rules, set_up
from outdial.cli.demo.live import View
from outdial.cli.demo.people import people
from outdial.cli.demo.summary import left_to_ring, summarise
from outdial.cli.rest import Rest
from outdial.domain.errors import PeerFault
from outdial.settings import Settings, load
from outdial.store.sqlite import FileLock

SEED = 2026
TOKEN_BYTES = 24
REFRESH_S = 0.5


def demo(
    *,
    headless: Annotated[bool, Parameter(help="no live table; end when nobody is left to ring")] = False,
    json: Annotated[Path | None, Parameter(help="write the summary to this file")] = None,
    seconds: Annotated[float, Parameter(help="headless: end after so many seconds at the latest")] = 95,
    hurry: Annotated[int, Parameter(help="divide all waits between retries by this")] = 600,
) -> None:
    """Dial a campaign of 60 people over real SIP and RTP, against a test carrier on this machine.

    The last two digits of each number choose what happens (`outdial carrier --table`). Data lives in its own
    folder, made anew each time. Headless, the exit code is 0 only if everybody ended as the script says.
    """
    settings = _settings(load().settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        failed = runner.run(_Demo(settings, hurry, json).run(headless, seconds))
    sys.exit(1 if failed else 0)


def _settings(settings: Settings) -> Settings:
    """The demo's own folder and a quick end; loopback only, whatever the service is set to.

    Raises Misconfigured while another demo uses the folder.
    """
    data = settings.data / "demo"
    if data.exists():
        FileLock(data / "outdial.db").release()  # another demo at work there would lose its data under its hands
        shutil.rmtree(data)
    return replace(
        settings,
        data=data,
        database_url="",
        key_file="",
        tls_cert="",
        tls_key="",
        sip_host="127.0.0.1",
        sip_port=0,
        public_host="",
        drain_s=0,
        log_level="warning",
        admin_token=Random().randbytes(TOKEN_BYTES).hex(),
    )


class _Demo:
    def __init__(self, settings: Settings, hurry: int, json_file: Path | None) -> None:
        self._settings = settings
        self._service = Service(settings, hurry=hurry, rng=Random(SEED))
        self._json_file = json_file
        self._rules = Rules()
        self._people = people()
        self._journal = settings.data / "carrier.jsonl"
        self._console = Console()

    async def run(self, headless: bool, seconds: float) -> bool:
        """True when somebody did not end as the script says."""
        serving = asyncio.create_task(self._service.run())
        ready = asyncio.create_task(self._service.ready.wait())
        await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            ready.cancel()
            await serving
        carrier, address = await self._carrier()
        try:
            return await self._dial(address, headless, seconds)
        finally:
            self._service.stop()
            await serving
            if carrier.returncode is None:
                carrier.terminate()
            await carrier.wait()

    async def _carrier(self) -> tuple[asyncio.subprocess.Process, str]:
        """A process of its own, as a far end is, deaf to Ctrl-C; answers where it listens."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "outdial.cli", "carrier", "--port", "0",
            "--journal", str(self._journal), "--seed", str(SEED),
            stdout=asyncio.subprocess.PIPE, start_new_session=True, preexec_fn=_die_with_parent,
        )  # fmt: skip
        assert process.stdout is not None
        async for line in process.stdout:
            if line.startswith(b"ready "):
                return process, line.split()[1].decode()
        raise PeerFault("The test carrier did not start; see its words above.")

    async def _dial(self, carrier: str, headless: bool, seconds: float) -> bool:
        rest = Rest(self._service.address, self._settings.admin_token)
        link = await self._service.one_time_link()
        queue = await asyncio.to_thread(set_up, rest, carrier, self._people, self._rules)
        until = time.monotonic() + seconds
        if headless:
            await self._wait(rest, queue, until)
        else:
            await self._watch(rest, queue, link)
        summary = await asyncio.to_thread(summarise, rest, queue, self._people, self._rules.max_attempts, self._journal)
        self._report(summary)
        return bool(summary["failed"])

    async def _wait(self, rest: Rest, queue: str, until: float) -> None:
        while time.monotonic() < until:
            if not await asyncio.to_thread(left_to_ring, rest, queue):
                return
            await asyncio.sleep(REFRESH_S)

    async def _watch(self, rest: Rest, queue: str, link: str) -> None:
        """The live table, until Ctrl-C."""
        self._console.print(f"Live page (this link signs in once): [bold]{link}[/bold]\nCtrl-C ends the demo.\n")
        view = View(rest, queue, f"Live page: {self._service.address}/")
        with Live(console=self._console, refresh_per_second=4, transient=not self._console.is_terminal) as live:
            while not self._service.stopping:
                live.update(await asyncio.to_thread(view.refresh))
                await asyncio.sleep(REFRESH_S)

    def _report(self, summary: dict[str, Any]) -> None:
        if self._json_file:
            self._json_file.write_text(json.dumps(summary, indent=2) + "\n")
        good = summary["members"] - len(summary["failed"])
        self._console.print(f"{good} of {summary['members']} people ended as their script says; "
                            f"{summary['attempts']} calls, {summary['peak_calls']} at once at most.")  # fmt: skip
        for failed in summary["failed"]:
            self._console.print(f"[red]{failed['number']}[/red] {failed['who']}: "
                                f"expected {failed['expected']}, got {failed['got']}")  # fmt: skip


def _die_with_parent() -> None:
    """Runs in the carrier's process: even when the demo is killed, nothing stays behind (Linux, prctl(2))."""
    death_signal = 1
    ctypes.CDLL(None).prctl(death_signal, signal.SIGTERM)
