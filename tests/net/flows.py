"""Flows that reach outside: run on the real clock, against servers of the tests' own."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outdial.domain.errors import NotFound
from outdial.flow.connection import VoiceConnection
from outdial.flow.parse import parse
from outdial.flow.ports import Env
from outdial.flow.ports.net import Enclosed, Net
from outdial.flow.run import run
from outdial.net.links import Links
from outdial.net.mail import Attached
from outdial.net.outside import Outside, OutsideConfig
from outdial.sandbox import Sandbox

DOMAIN = 1


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Done:
    variables: dict[str, str]
    trace: tuple[dict[str, Any], ...]

    @property
    def results(self) -> list[str]:
        return [row["result"] for row in self.trace]


@asynccontextmanager
async def outside(
    allowed: str = "127.0.0.0/8", files: Mapping[int, Path] | None = None, **settings: Any
) -> AsyncGenerator[Outside, None]:
    """``files`` are those of domain 1, by id."""
    files = files or {}

    async def attach(domain_id: int, file: Enclosed) -> Attached:
        if domain_id != DOMAIN or file.id not in files:
            raise NotFound(f"There is no media file {file.id}.")
        return Attached(files[file.id].name, "audio/wav", files[file.id])

    sandbox = Sandbox()
    config = OutsideConfig(allow_networks=allowed, **settings)
    made = Outside(config, now_ms, sandbox.extract, attach, Links(b"key of the tests"))
    try:
        yield made
    finally:
        await made.close()
        await sandbox.close()


async def flow(net: Net, *steps: dict[str, Any], variables: Mapping[str, str] | None = None) -> Done:
    connection = VoiceConnection(variables or {})
    ended = await run(parse(list(steps)), Env(connection, now_ms, net=net))
    return Done(connection.variables, ended.trace)
