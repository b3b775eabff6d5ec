"""The live feed of a service that rings for real, and stopping a queue while its people talk."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from outdial.carrier.journal import tell
from outdial.carrier.server import Carrier, Config
from tests.api.stream import Event, followed
from tests.e2e.campaign import Wanted, set_up
from tests.e2e.service import TOKEN, OutdialService
from tests.net.web import Says, web

LISTENS = tuple(f"3804400001{n:02}" for n in (0, 1, 2))
"""The carrier answers these and stays on."""


async def test_every_stage_of_every_call_is_told_and_a_queue_is_stopped_now(tmp_path: Path) -> None:
    async with Carrier(Config()) as carrier, OutdialService(tmp_path) as service:
        campaign = await set_up(service.rest, Wanted(LISTENS, carrier.address, prompt_s=60, after=None))
        address = f"http://127.0.0.1:{service.port}/api"
        async with followed(address, TOKEN) as events, asyncio.timeout(60):
            await campaign.enable()
            told: list[Event] = []
            async for event in events:
                told.append(event)
                if len(_calls(told, "bridged")) == 3 and not _calls(told, "leaving"):
                    await service.rest.post(f"/call_center/queues/{campaign.queue}/stop", {})
                if len(_calls(told, "over")) == 3 and told[-1].kind == "queue" and told[-1].body["active"] == 0:
                    break
        rows = await campaign.attempts()
        queue = await service.rest.get(f"/call_center/queues/{campaign.queue}")
    for call_id in _calls(told, "over"):
        stages = [e.body["state"] for e in told if e.kind == "attempt" and e.body["call_id"] == call_id]
        assert [stage for stage in stages if stage != "ringing"] == [
            "waiting", "offering", "bridged", "leaving", "over",
        ]  # fmt: skip
    assert {(row["cause"], row["call_id"]) for row in rows} == {
        ("MANAGER_REQUEST", id_) for id_ in _calls(told, "over")
    }
    assert not queue.get("enabled")
    figures = told[-1].body
    assert (figures["attempts"], figures["answered"], figures["causes"]) == (
        3, 3, [{"name": "MANAGER_REQUEST", "count": 3}],
    )  # fmt: skip
    assert not [call for call in tell(carrier.journal.entries).values() if call.up]


def _calls(told: list[Event], stage: str) -> set[str]:
    return {event.body["call_id"] for event in told if event.kind == "attempt" and event.body["state"] == stage}


async def test_a_killed_service_tells_webhooks_after_its_restart_once_for_each_id(tmp_path: Path) -> None:
    async with (
        Carrier(Config()) as carrier,
        OutdialService(tmp_path, allow_networks="127.0.0.0/8") as service,
        web() as receiver,
    ):
        receiver.answer = lambda asked: Says(silent=True)
        hook = await service.rest.post("/webhooks", {"name": "crm", "url": receiver.url()})
        campaign = await set_up(service.rest, Wanted(LISTENS, carrier.address, prompt_s=1, after=None))
        await campaign.enable()
        await campaign.ended(3)
        async with asyncio.timeout(20):
            while len(receiver.asked) < 3:  # noqa: ASYNC110 - the receiver tells nobody
                await asyncio.sleep(0.05)
        await service.kill()
        unanswered = {asked.headers["x-outdial-delivery"] for asked in receiver.asked}
        receiver.answer = lambda asked: Says()
        receiver.asked.clear()
        await service.start()
        async with asyncio.timeout(40):
            while any(row["state"] != "delivered" for row in await _deliveries(service, hook)):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    ids = [asked.headers["x-outdial-delivery"] for asked in receiver.asked]
    assert sorted(ids) == sorted(unanswered) and len(ids) == 3


async def _deliveries(service: OutdialService, hook: dict[str, Any]) -> list[dict[str, Any]]:
    return await service.rest.items(f"/webhooks/{hook['id']}/deliveries")
