"""A whole campaign in memory: SQLite ``:memory:``, the simulated switch, virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection

from outdial.cli.demo.campaign import AFTER_FLOW
from outdial.dialer.attempt import Tools
from outdial.dialer.ending import Hurry
from outdial.dialer.engine import Dialer
from outdial.dialer.flows import Flows
from outdial.dialer.prompts import Prompts
from outdial.dialer.recordings import Recordings
from outdial.flow.ports.speech import NO_SPEECH, Speech
from outdial.flow.virtual import VirtualLoop
from outdial.store import (
    calendars,
    communications,
    domains,
    gateways,
    groups,
    lists,
    members,
    queues,
    resources,
    schemas,
)
from outdial.store.base import Store
from outdial.store.files import Files
from outdial.store.opening import open_store
from outdial.store.zones import zone_id
from outdial.switch.simulated import Behaviour, SimulatedSwitch

LISTEN: list[dict[str, Any]] = [{"playback": {"files": [{"type": "silence", "name": "12000"}]}}, {"hangup": ""}]


@dataclass
class Setup:
    """What a test wants other than usual."""

    numbers: list[list[str]] = field(default_factory=lambda: [["380001"]])
    payload: dict[str, Any] = field(default_factory=dict)
    voice: list[dict[str, Any]] = field(default_factory=lambda: LISTEN)
    before: list[dict[str, Any]] | None = None
    after: list[dict[str, Any]] | None = field(default_factory=lambda: AFTER_FLOW)
    limit: int = 100
    rps: int = 0
    hours: tuple[int, int] = (0, 1440)
    queue: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    speech: Speech = NO_SPEECH
    store: Callable[[Store], Store] = lambda store: store
    """Put around the store, to make trouble."""


PAYLOAD = {"max_attempts": 3, "wait_between_retries": 1800, "originate_timeout": 30, "min_duration": 3, "max_calls": 20}


@dataclass
class World:
    store: Store
    switch: SimulatedSwitch
    dialer: Dialer
    loop: VirtualLoop
    tools: Tools
    files: Files
    domain_id: int = 0
    queue_id: int = 0
    list_id: int = 0

    async def read(self, fn: Callable[[Connection], Any]) -> Any:
        return await self.store.read(fn)

    async def dial(self, seconds: float) -> None:
        """Lets the dialer work for so long, then stops it at once."""
        running = asyncio.create_task(self.dialer.run())
        await asyncio.sleep(seconds)
        await self.dialer.stop(0)
        await running

    async def die(self, seconds: float) -> World:
        """Lets the dialer work for so long, then nothing of it is left; answers the next start on its store."""
        running = asyncio.create_task(self.dialer.run())
        await asyncio.sleep(seconds)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert running in others
        for task in others:
            task.cancel()
        await asyncio.wait(others)
        return self.next_start()

    def next_start(self) -> World:
        next_start = _world(self.store, self.files, self.loop, self.switch.behaviour)
        next_start.domain_id, next_start.queue_id, next_start.list_id = self.domain_id, self.queue_id, self.list_id
        return next_start

    async def rows(self, table: str, columns: str, where: str = "1=1") -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns} FROM {table} WHERE {where} ORDER BY 1"
        found: list[tuple[Any, ...]] = await self.read(lambda conn: [tuple(r) for r in conn.exec_driver_sql(sql)])
        return found

    async def queue(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.read(lambda conn: queues.get(conn, self.domain_id, self.queue_id))
        return found

    async def patch_queue(self, **changes: Any) -> None:
        await self.store.write(lambda conn: queues.patch(conn, self.domain_id, self.queue_id, changes))

    async def bar(self, number: str) -> None:
        await self.store.write(lambda conn: lists.add_number(conn, self.domain_id, self.list_id, number))


Test = Callable[[World], Coroutine[Any, Any, None]]


def simulate(test: Test, folder: Path, behaviour: Behaviour, setup: Setup | None = None) -> None:
    """Runs a test in virtual time."""
    loop = VirtualLoop(epoch_ms=1_700_049_600_000)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(_run(test, loop, folder, behaviour, setup or Setup()))


async def _run(
    test: Callable[[World], Coroutine[Any, Any, None]],
    loop: VirtualLoop,
    folder: Path,
    behaviour: Behaviour,
    setup: Setup,
) -> None:
    store = await open_store(":memory:", now=loop.now_ms)
    world = _world(setup.store(store), Files(folder), loop, behaviour, speech=setup.speech)
    await store.write(lambda conn: _build(conn, world, setup))
    await test(world)
    await store.close()


def _world(store: Store, files: Files, loop: VirtualLoop, behaviour: Behaviour, *, speech: Speech = NO_SPEECH) -> World:
    switch = SimulatedSwitch(behaviour, loop.now_ms)
    flows = Flows(store, Prompts(store, files), loop.now_ms, speech=speech)
    tools = Tools(store, switch, flows, Recordings(files), loop.now_ms, Hurry(), 30, 60)
    return World(store, switch, Dialer(tools, Random(7 + loop.now_ms()), poll_s=60.0), loop, tools, files)


def _build(conn: Connection, world: World, setup: Setup) -> None:
    domain = world.domain_id = domains.ensure(conn, "test")
    mobile = communications.create(conn, domain, {"code": "m", "name": "Mobile", "channel": "Phone"})["id"]
    gateway = gateways.create(
        conn, domain, {"name": "gw", "enable": True, "register": False, "proxy": "127.0.0.1:5070", "host": "carrier"}
    )["id"]
    resource = resources.create(
        conn, domain, {"name": "r", "gateway": gateway, "enabled": True, "limit": setup.limit, "rps": setup.rps}
    )["id"]
    resources.add_displays(conn, domain, resource, ["100"])
    group = groups.create(
        conn,
        domain,
        {"name": "g", "communication": mobile, "time": [{"start_time_of_day": 0, "end_time_of_day": 1439}]},
    )["id"]
    groups.RESOURCES.create(conn, domain, {"resource": resource, "priority": 0}, parent=group)
    start, end = setup.hours
    accepts = [{"day": d, "start_time_of_day": start, "end_time_of_day": end} for d in range(7)]
    calendar = calendars.create(conn, domain, {"name": "hours", "timezone": zone_id("UTC"), "accepts": accepts})["id"]
    world.list_id = lists.create(conn, domain, {"name": "stop"})["id"]
    values: dict[str, Any] = {
        "name": "q", "type": 2, "enabled": True, "calendar": calendar, "strategy": "fifo", "dnc_list": world.list_id,
        "payload": PAYLOAD | setup.payload,
    } | setup.queue  # fmt: skip
    for field_name, flow in (("schema", setup.voice), ("do_schema", setup.before), ("after_schema", setup.after)):
        if flow is not None:
            values[field_name] = schemas.create(conn, domain, {"name": field_name, "type": "service", "schema": flow})[
                "id"
            ]
    world.queue_id = queues.create(conn, domain, values)["id"]
    queues.GROUPS.create(conn, domain, {"resource_group": group}, parent=world.queue_id)
    people = [
        {
            "name": f"m{i}",
            "variables": setup.variables,
            "communications": [{"destination": n, "type": mobile} for n in numbers],
        }
        for i, numbers in enumerate(setup.numbers)
    ]
    members.bulk(conn, domain, world.queue_id, people)
