"""Pauses, and the flow's time zone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from zoneinfo import available_timezones

from outdial.flow.declare import VOICE, application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports import SilenceMs


@dataclass(frozen=True, slots=True)
class Pause:
    ms: int = arg(whole=True, required=True, unit="ms", help="How long.", example=2000)


@application("softSleep", args=Pause, group="time", waits=True, help="Waits, while a background sound may go on.")
async def soft_sleep(run: Run, args: Pause) -> None:
    run.shared.steps = 0
    await asyncio.sleep(max(0, args.ms) / 1000)


@application("sleep", args=Pause, group="time", kinds=VOICE, waits=True, help="Waits on the call, in silence.")
async def sleep(run: Run, args: Pause) -> None:
    run.shared.steps = 0
    if args.ms > 0:
        await run.caller().play([SilenceMs(args.ms)], stop_keys="")


@dataclass(frozen=True, slots=True)
class Timezone:
    name: str = arg("", required=True, help="IANA name.", example="Europe/Kyiv")


@application("timezone", args=Timezone, group="time", help="Changes the time zone of the date helpers.")
async def timezone(run: Run, args: Timezone) -> None:
    if args.name not in available_timezones():
        raise AppFailed(f"no time zone {args.name!r}")
    run.zone = args.name
