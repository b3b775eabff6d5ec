"""Flows of the running service that reach outside: a web server, a script, a signed link."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from tests.e2e.campaign import Wanted, set_up
from tests.e2e.service import OutdialService
from tests.net import web

QUICK = Times(ring_ms=(5, 50), pick_up_ms=(50, 300), slow_ms=(600, 900), hang_up_ms=300, press_ms=150)


def after(crm: str) -> list[dict[str, Any]]:
    return [
        {"js": {"data": "return _getChannelVar('call_cause').toLowerCase()", "setVar": "cause"}},
        {"js": {"data": "for (;;);", "setVar": "never"}},
        {"generateLink": {"set": "link", "file": {"id": "1"}, "expire": 600}},
        {
            "httpRequest": {
                "url": crm + "/calls/${member}",
                "path": {"member": "${member_id}"},
                "headers": {"Authorization": "Bearer s3cret"},
                "data": {"number": "${destination}", "cause": "${cause}", "link": "${link}"},
                "timeout": 10_000,
                "exportVariables": {"verdict": "verdict"},
            }
        },
        {"success": {"export": ["verdict", "link", "never"]}},
    ]


async def test_an_after_flow_asks_a_crm_and_the_member_remembers(tmp_path: Path) -> None:
    number = "380440000140"
    async with (
        web.web() as crm,
        Carrier(Config(times=QUICK)) as carrier,
        OutdialService(tmp_path, allow_networks="127.0.0.0/8") as service,
    ):
        crm.answer = lambda asked: web.json('{"verdict":"again"}')
        campaign = await set_up(service.rest, Wanted((number,), carrier.address, after=after(crm.url("").rstrip("/"))))
        await campaign.enable()
        await campaign.ended(1)
        member = (await campaign.members())[number]
        asked = crm.asked[0]
        link = urlsplit(member["variables"]["link"])
        async with httpx.AsyncClient() as anybody:
            fetched = await anybody.get(f"http://127.0.0.1:{service.port}{link.path}?{link.query}")
            changed = await anybody.get(f"http://127.0.0.1:{service.port}{link.path}?{link.query}x")
    assert (asked.path, asked.headers["authorization"]) == (f"/calls/{member['id']}", "Bearer s3cret")
    assert json.loads(asked.body) == {"number": number, "cause": "user_busy", "link": member["variables"]["link"]}
    assert member["variables"]["verdict"] == "again"
    assert member["variables"].get("never", "") == "", "the endless script was ended and the flow went on"
    assert (fetched.status_code, fetched.content[:4]) == (200, b"RIFF")
    assert changed.status_code == 403


async def test_by_default_the_service_reaches_nothing_on_this_machine(tmp_path: Path) -> None:
    number = "380440000140"
    flow = [{"success": {"export": ["verdict"]}}]
    async with web.web() as crm, Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path) as service:
        request = {"httpRequest": {"url": crm.url(), "exportVariables": {"verdict": "verdict"}}}
        campaign = await set_up(service.rest, Wanted((number,), carrier.address, after=[request, *flow]))
        await campaign.enable()
        await campaign.ended(1)
    assert crm.connections == 0
