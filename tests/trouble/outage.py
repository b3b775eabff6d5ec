"""A store that goes away under ringing and talking calls, and what must be true of it whatever the store is.

While it is away no INVITE leaves; calls in progress go on to their end; when it is back they are in history, the
rest are rung, and nobody was rung twice for one attempt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from outdial.carrier.journal import Entry, tell
from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from tests.e2e.campaign import Wanted, set_up
from tests.e2e.service import OutdialService

TIMES = Times(ring_ms=(5, 20), pick_up_ms=(50, 200), slow_ms=(2500, 3000), hang_up_ms=1500)
LISTEN = tuple(f"38044100{n:04}" for n in range(8))
PICK_UP_LATE = tuple(f"38044200{n:04}" for n in (25, 26))
HANG_UP = tuple(f"38044300{n:04}" for n in (30, 31))
NUMBERS = (*PICK_UP_LATE, *HANG_UP, *LISTEN)
A_SECOND = 4
"""Calls per second, so that there are always more to ring when the store goes."""
TALKING = 4
"""So many have answered then."""
AWAY_ROUNDS_S = 2.5
"""Long enough for the dialer to look for work, in vain, more than once."""


async def rides_out(service: OutdialService, leave: Callable[[], None], come_back: Callable[[], None]) -> None:
    """The whole story; ``service`` runs on the store that ``leave`` takes away and ``come_back`` gives back."""
    async with Carrier(Config(times=TIMES)) as carrier:
        campaign = await set_up(service.rest, wanted(carrier))
        await campaign.enable()
        await carrier.journal.until(lambda entries: counted(entries, "ack") >= TALKING)
        await asyncio.to_thread(leave)
        ill = await told_ill(service)
        in_progress = set(tell(carrier.journal.entries))
        await carrier.journal.until(lambda entries: all(call.ended_at for call in tell(entries).values()))
        await asyncio.sleep(AWAY_ROUNDS_S)
        rung_meanwhile = set(tell(carrier.journal.entries)) - in_progress
        answered_meanwhile = [call.number for call in tell(carrier.journal.entries).values() if call.answered_at]
        await asyncio.to_thread(come_back)
        await well_again(service)
        members = await campaign.settled()
        attempts = await campaign.attempts()
        assert await service.rest.is_well()
    assert "store" in ill
    assert len(in_progress) < len(NUMBERS)
    assert rung_meanwhile == set()
    assert set(PICK_UP_LATE) <= set(answered_meanwhile), "they were ringing when the store went"
    assert_each_rung_once(carrier.journal.entries, attempts)
    assert {number: member["stop_cause"] for number, member in members.items()} == {
        number: "abandoned" if number in HANG_UP else "success" for number in NUMBERS
    }
    assert {row["cause"] for row in attempts if row.get("cause")} == {"NORMAL_CLEARING"}
    assert "Traceback" not in service.log.read_text()


def wanted(carrier: Carrier) -> Wanted:
    return Wanted(
        NUMBERS, carrier.address, prompt_s=2.5, after=LEFT_EARLY, rps=A_SECOND, originate_timeout_s=5, recordings=True
    )


LEFT_EARLY: list[dict[str, Any]] = [
    {"if": {"expression": "${call_voice_sec} < 2", "then": [{"abandoned": {}}], "else": [{"success": {}}]}}
]


async def told_ill(service: OutdialService) -> dict[str, Any]:
    """What /api/health says as soon as it is 503 and names the store."""
    while True:
        status, body = await service.rest.health()
        if status == 503 and "store" in body:
            return body
        await asyncio.sleep(0.05)


async def well_again(service: OutdialService) -> None:
    while True:
        if await service.rest.is_well():
            return
        await asyncio.sleep(0.05)


def counted(entries: list[Entry], event: str) -> int:
    return sum(entry.event == event and not entry.more.get("copy") for entry in entries)


def assert_each_rung_once(entries: list[Entry], attempts: list[dict[str, Any]]) -> None:
    """One call each at the carrier, and each of them is one attempt in history."""
    calls = tell(entries)
    assert sorted(call.number for call in calls.values()) == sorted(NUMBERS)
    recorded = [row["call_id"] for row in attempts if row.get("cause")]
    assert sorted(recorded) == sorted(calls)
