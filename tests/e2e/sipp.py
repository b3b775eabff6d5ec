"""sipp as the carrier: one scenario of tests/e2e/sipp/, its verdict and what it saw."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
from pathlib import Path
from types import TracebackType
from typing import Literal

import pytest

from outdial.sip.message import Message, Request, Response, parse

_GIVEN: set[int] = set()

SCENARIOS = Path(__file__).parent / "sipp"
REQUIRE = "OUTDIAL_REQUIRE_SIPP"
_ENTRY = re.compile(rb"-{10,} .*\r?\nUDP message (sent|received)[^\n]*:\r?\n\r?\n")


def need_sipp() -> None:
    """Skips where sipp is not installed, fails where the tests must be complete."""
    if shutil.which("sipp"):
        return
    if os.environ.get(REQUIRE):
        pytest.fail("sipp is missing; install it with: apt-get install sip-tester")
    pytest.skip("sipp is not installed (apt-get install sip-tester)")


def free_port() -> int:
    """A UDP port that was free just now, the first of four nobody else here is given."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1]) & ~3
        if port not in _GIVEN and not any(_is_bound(port + n) for n in range(4)):
            _GIVEN.add(port)
            return port


class Sipp:
    """``async with Sipp("answers", tmp_path, ear=4000) as carrier``; keys fill the scenario's ``[name]``.

    Leaving the block waits for sipp to finish: every message the scenario expects must have come, in order, and
    no other, unless it is ``loose``.
    """

    def __init__(self, scenario: str, folder: Path, *, calls: int = 1, loose: bool = False, **keys: object) -> None:
        need_sipp()
        self.port = free_port()
        self._log, self._errors = folder / f"{self.port}.messages", folder / f"{self.port}.errors"
        self._folder = folder
        self._arguments = [
            "127.0.0.1", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-p", str(self.port),
            "-mp", str(free_port()), "-cp", str(free_port()), "-m", str(calls), "-nostdin", "-timeout", "20",
            "-timeout_error", "-trace_msg", "-message_file", str(self._log),
            "-trace_err", "-error_file", str(self._errors),
            *(["-default_behaviors", "none"] if loose else []),
            *[word for name, value in keys.items() for word in ("-key", name, str(value))],
        ]  # fmt: skip

    async def __aenter__(self) -> Sipp:
        self._process = await asyncio.create_subprocess_exec(
            "sipp", *self._arguments, cwd=self._folder, env={**os.environ, "TERM": "dumb"},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        while not _is_bound(self.port):
            assert self._process.returncode is None, "sipp did not start"
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self._process.returncode is None:
            self._process.kill()
        _, told = await self._process.communicate()
        if error is None:
            why = self._errors.read_text() if self._errors.exists() else told.decode()
            assert self._process.returncode == 0, f"sipp is not content: {why}"

    def messages(self, way: Literal["sent", "received"]) -> list[Message]:
        """What sipp sent or received, in order, copies included."""
        parts = _ENTRY.split(self._log.read_bytes())
        return [parse(text) for said, text in zip(parts[1::2], parts[2::2], strict=True) if said.decode() == way]

    def requests(self, method: str) -> list[Request]:
        """The requests that sipp received."""
        return [m for m in self.messages("received") if isinstance(m, Request) and m.method == method]

    def responses(self, method: str) -> list[Response]:
        """The responses that sipp received."""
        return [m for m in self.messages("received") if isinstance(m, Response) and m.cseq[1] == method]


def _is_bound(port: int) -> bool:
    """Whether somebody on this machine has the UDP port."""
    return any(f":{port:04X} " in line for line in Path("/proc/net/udp").read_text().splitlines())
