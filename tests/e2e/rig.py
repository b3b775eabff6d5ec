"""The switch under test, driven through the telephony port as the dialer drives it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from outdial.audio.prompt import write_laws
from outdial.domain.resource import Gateway
from outdial.switch.embedded.config import SwitchConfig
from outdial.switch.embedded.switch import EmbeddedSwitch
from outdial.switch.port import (
    Answered,
    Call,
    CallEvent,
    Challenged,
    Digit,
    Frames,
    HungUp,
    Order,
    Played,
    Ringing,
    Silence,
)
from tests.e2e.ear import Ear
from tests.e2e.sipp import Sipp, free_port

Flow = Callable[[Call], Awaitable[None]]


def a_prompt(folder: Path, seconds: float, seed: int = 1) -> Frames:
    """A sound in which no two stretches are alike, cut to both laws."""
    samples = np.random.default_rng(seed).integers(-8000, 8000, round(8000 * seconds)).astype(np.int16)
    return Frames(*write_laws(samples, folder / f"prompt-{seed}"))


def a_trunk(port: int, **more: Any) -> Gateway:
    return Gateway(id=1, name="sipp", enabled=True, proxy=f"127.0.0.1:{port}", host="127.0.0.1", **more)


@dataclass
class Rang:
    """One call from INVITE to its end."""

    events: list[CallEvent] = field(default_factory=list)

    @property
    def hung_up(self) -> HungUp:
        end = self.events[-1]
        assert isinstance(end, HungUp), self.events
        return end

    @property
    def ending(self) -> tuple[str, int, str]:
        """Cause, SIP code, by whom."""
        return self.hung_up.cause, self.hung_up.sip_code, self.hung_up.by

    @property
    def answers(self) -> int:
        return sum(isinstance(event, Answered) for event in self.events)

    @property
    def answered_at(self) -> int:
        return next(event.at for event in self.events if isinstance(event, Answered))

    @property
    def challenges(self) -> int:
        return sum(isinstance(event, Challenged) for event in self.events)

    @property
    def ringing(self) -> list[tuple[int, bool]]:
        return [(event.code, event.early_media) for event in self.events if isinstance(event, Ringing)]

    @property
    def digits(self) -> str:
        return "".join(event.digit for event in self.events if isinstance(event, Digit))


@dataclass
class Rig:
    switch: EmbeddedSwitch
    folder: Path
    sip_port: int
    _calls: int = 0

    def order(self, gateway: Gateway, **more: Any) -> Order:
        self._calls += 1
        values = {"destination": "380441234567", "display": "380440000000", "ring_timeout_ms": 5000, **more}
        return Order(call_id=f"e2e-{self.sip_port}-{self._calls}", gateway=gateway, **values)

    async def ring(self, gateway: Gateway, flow: Flow | None = None, **more: Any) -> Rang:
        """One call; ``flow`` runs from the answer, and without one it is hung up at once."""
        call = self.switch.prepare(self.order(gateway, **more))
        return await self.follow(call, flow or hang_up)

    async def follow(self, call: Call, flow: Flow) -> Rang:
        rang = Rang()
        async with asyncio.timeout(15), asyncio.TaskGroup() as tasks:
            call.ring()
            async for event in call.events():
                rang.events.append(event)
                if isinstance(event, Answered):
                    tasks.create_task(_run(flow, call))
        return rang


async def _run(flow: Flow, call: Call) -> None:
    await flow(call)


async def hang_up(call: Call) -> None:
    call.hang_up("NORMAL_CLEARING", "F")


async def hang_up_later(call: Call) -> None:
    """A second and a half of talk, in which the callee does its tricks."""
    await call.play([Silence(1500)])
    call.hang_up("NORMAL_CLEARING", "F")


async def stay(call: Call) -> None:
    """The flow waits for the callee to hang up."""


def play(*prompts: Frames, told: list[Played] | None = None) -> Flow:
    """Plays and hangs up, as the seed's flow does."""

    async def flow(call: Call) -> None:
        played = await call.play(prompts)
        if told is not None:
            told.append(played)
        call.hang_up("NORMAL_CLEARING", "F")

    return flow


def listen(ear: Ear, count: int) -> Flow:
    """Hangs up when the callee has heard so many packets."""

    async def flow(call: Call) -> None:
        await ear.heard(count)
        call.hang_up("NORMAL_CLEARING", "F")

    return flow


@asynccontextmanager
async def a_switch(folder: Path) -> AsyncIterator[Rig]:
    port = free_port()
    first = 10_000 + port % 5_000 * 2
    config = SwitchConfig(sip_port=port, rtp_first=first, rtp_last=first + 399)
    switch = EmbeddedSwitch(config, lambda: time.time_ns() // 1_000_000)
    await switch.start()
    try:
        yield Rig(switch, folder, port)
    finally:
        await switch.close()


@dataclass
class Stage:
    """A switch, sipp as the carrier by one scenario, and the callee's ear."""

    rig: Rig
    sipp: Sipp
    ear: Ear

    async def ring(self, flow: Flow | None = None, trunk: Mapping[str, Any] | None = None, **order: Any) -> Rang:
        return await self.rig.ring(a_trunk(self.sipp.port, **(trunk or {})), flow, **order)


@asynccontextmanager
async def stage(scenario: str, folder: Path, **keys: Any) -> AsyncIterator[Stage]:
    """Leaving it waits for sipp: its scenario must have come to its end."""
    async with a_switch(folder) as rig, Ear() as ear, Sipp(scenario, folder, ear=ear.port, **keys) as sipp:
        yield Stage(rig, sipp, ear)
