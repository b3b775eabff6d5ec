"""Flows that reach outside: run on the real clock, against servers of the tests' own."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from outdial.flow.connection import VoiceConnection
from outdial.flow.parse import parse
from outdial.flow.ports import Env
from outdial.flow.ports.net import Net
from outdial.flow.run import run
from outdial.net.addresses import read_networks
from outdial.net.outside import Outside
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
async def outside(allowed: str = "127.0.0.0/8", **more: Any) -> AsyncGenerator[Outside, None]:
    sandbox = Sandbox()
    made = Outside(read_networks(allowed), now_ms, sandbox.extract, **more)
    try:
        yield made
    finally:
        await made.close()
        await sandbox.close()


async def flow(net: Net, *steps: dict[str, Any], variables: Mapping[str, str] | None = None) -> Done:
    connection = VoiceConnection(variables or {})
    ended = await run(parse(list(steps)), Env(connection, now_ms, net=net))
    return Done(connection.variables, ended.trace)
