"""Pauses, and the flow's time zone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from outdial.domain.zones import is_zone, zone_name
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
    name: str = arg("", required=True, unless=("id",), help="IANA name.", example="Europe/Kyiv")
    id: int = arg(0, help="Id of a time zone, when there is no name.")


@application("timezone", args=Timezone, group="time", help="Changes the time zone of the date helpers.")
async def timezone(run: Run, args: Timezone) -> None:
    name = args.name or zone_name(args.id) or ""
    if not is_zone(name):
        raise AppFailed(f"no time zone {args.name or args.id!r}")
    run.zone = name
