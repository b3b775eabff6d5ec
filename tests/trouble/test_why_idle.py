"""Whatever is missing or switched off: the queue does not dial, names it, and leaves its members as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from outdial.carrier.server import Carrier, Config
from tests.e2e.campaign import Campaign, Wanted, set_up
from tests.e2e.service import OutdialService

ELSEWHERE = ("192.0.2.1", 5060)
OFF = "The queue is switched off; enable it to dial."
WITHIN_S = 20
Break = Callable[[Campaign, dict[str, Any]], Awaitable[Any]]


def queue(**changes: Any) -> Break:
    return lambda c, row: c.rest.patch(f"/call_center/queues/{c.queue}", changes)


def resource(**changes: Any) -> Break:
    return lambda c, row: c.rest.patch(f"/call_center/resources/{row['resources'][0]['id']}", changes)


def group(**changes: Any) -> Break:
    return lambda c, row: put(c, f"/call_center/resource_group/{row['resource_groups'][0]['id']}", changes)


def calendar(**changes: Any) -> Break:
    return lambda c, row: put(c, f"/calendars/{row['calendar']['id']}", changes)


async def put(campaign: Campaign, path: str, changes: dict[str, Any]) -> None:
    await campaign.rest.put(path, await campaign.rest.get(path) | changes)


async def gateway_off(campaign: Campaign, row: dict[str, Any]) -> None:
    trunk = await campaign.rest.get(f"/call_center/resources/{row['resources'][0]['id']}")
    await campaign.rest.patch(f"/sip/gateways/{trunk['gateway']['id']}", {"enable": False})


async def no_number_to_show(campaign: Campaign, row: dict[str, Any]) -> None:
    path = f"/call_center/resources/{row['resources'][0]['id']}/display"
    for shown in await campaign.rest.items(path):
        await campaign.rest.delete(f"{path}/{shown['id']}")


async def no_group(campaign: Campaign, row: dict[str, Any]) -> None:
    path = f"/call_center/queues/{campaign.queue}/resource_groups"
    for used in await campaign.rest.items(path):
        await campaign.rest.delete(f"{path}/{used['id']}")


async def empty_group(campaign: Campaign, row: dict[str, Any]) -> None:
    path = f"/call_center/resource_group/{row['resource_groups'][0]['id']}/resource"
    for placed in await campaign.rest.items(path):
        await campaign.rest.delete(f"{path}/{placed['id']}")


async def nothing(campaign: Campaign, row: dict[str, Any]) -> None:
    """It is wrong from the beginning."""


DAYS_OFF = [{"day": day, "start_time_of_day": 0, "end_time_of_day": 1440, "disabled": True} for day in range(7)]
FAULTS: dict[str, tuple[Break, str]] = {
    "calendar-days-off": (calendar(accepts=DAYS_OFF), "Calendar calendar-days-off is never open"),
    "schema-none": (queue(schema=None), "no flow schema"),
    "resource-off": (resource(enabled=False), "Resource resource-off is switched off"),
    "resource-full": (resource(limit=0), "Resource resource-full has a limit of 0 calls"),
    "gateway-off": (gateway_off, "Gateway gateway-off is switched off"),
    "gateway-elsewhere": (nothing, "Gateway gateway-elsewhere is at 192.0.2.1, but SIP is bound to 127.0.0.1"),
    "number-none": (no_number_to_show, "Resource number-none has no caller number"),
    "group-none": (no_group, "no resource group"),
    "group-empty": (empty_group, "Resource group group-empty has no resource"),
    "group-untimed": (group(time=[]), "Resource group group-untimed has no time range"),
    "answering-machine": (queue(payload={"amd": {"enabled": True}}), "payload.amd.enabled is not honoured"),
    "strict-circuit": (queue(payload={"strict_circuit": True}), "payload.strict_circuit is not honoured"),
    "tasks-none": (queue(payload={"max_calls": 0}), "Max tasks is 0"),
}
"""Name of the campaign and all of its things → how it is broken, what the queue must say."""


async def test_every_fault_is_named_and_touches_no_member(tmp_path: Path) -> None:
    async with Carrier(Config()) as carrier, OutdialService(tmp_path) as service:
        wanted = [
            Wanted((f"38044{n:04}",), ELSEWHERE if name == "gateway-elsewhere" else carrier.address, name=name)
            for n, name in enumerate(FAULTS)
        ]
        campaigns = [await set_up(service.rest, each) for each in wanted]
        for campaign, (harm, _) in zip(campaigns, FAULTS.values(), strict=True):
            await harm(campaign, await service.rest.get(f"/call_center/queues/{campaign.queue}"))
            await campaign.enable()
        said = {c.wanted.name: await reason(c) for c in campaigns}
        members = [row for c in campaigns for row in (await c.members()).values()]
        attempts = [row for c in campaigns for row in await c.attempts()]
    unnamed = {name: said[name] for name, (_, words) in FAULTS.items() if words not in said[name]}
    assert unnamed == {}
    assert {(row.get("attempts", 0), row.get("stop_cause", "")) for row in members} == {(0, "")}
    assert attempts == []
    assert carrier.journal.entries == []


async def reason(campaign: Campaign) -> str:
    """Why it is idle, once the dialer has seen that it was switched on."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            said = await campaign.why_idle()
            if said != OFF:
                return said
            await asyncio.sleep(0.05)
