"""kill -9 at every step of an attempt, then a new start; what the carrier saw decides.

Nobody is rung more often than allowed, nobody is lost, every attempt ends with a cause, no call is left up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from outdial.carrier.journal import Entry, Told, tell
from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from tests.e2e.campaign import AGAIN_SOON, Campaign, Flow, Wanted, set_up
from tests.e2e.service import OutdialService

TIMES = Times(ring_ms=(5, 20), pick_up_ms=(200, 600), hang_up_ms=700)
MAX_ATTEMPTS = 2
NUMBERS = tuple(f"38044000{n:04}" for n in (*range(0, 12), *range(30, 36), *range(40, 46), *range(54, 60)))
"""Some listen, some hang up, some are busy, some never answer."""

DAWDLE: Flow = [{"softSleep": 1500}]
"""An after-flow long enough to be killed in."""

Moment = Callable[[list[Entry]], bool]


def seen(event: str, times: int) -> Moment:
    """So many INVITEs, answers … since the campaign began."""
    return lambda entries: sum(entry.event == event and not entry.more.get("copy") for entry in entries) >= times


MOMENTS: dict[str, tuple[Moment, dict[str, Any]]] = {
    "idle: claimed, waiting for its turn to ring": (seen("invite", 3), {"rps": 5}),
    "offering: the INVITE has left": (seen("invite", 20), {}),
    "bridged: the prompt plays": (seen("ack", 12), {"prompt_s": 3.0}),
    "hangup: the after-flow runs": (seen("ended", 10), {"after": DAWDLE}),
    "finish: one after the other is recorded": (seen("ended", 14), {}),
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_and_started_again(tmp_path: Path, moment: str) -> None:
    until, settings = MOMENTS[moment]
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        campaign = await begin(service, carrier, **settings)
        await carrier.journal.until(until)
        await service.restart()
        members = await campaign.settled()
        attempts, calls = await campaign.attempts(), await everything_ended(carrier)
    assert_nobody_rung_too_often(calls)
    assert_nobody_lost(members, attempts)
    assert_every_call_is_recorded(calls, attempts)


async def test_killed_again_and_again(tmp_path: Path) -> None:
    """The restarted service is killed in the middle of cleaning up, too."""
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        campaign = await begin(service, carrier)
        for count in (4, 9, 14):
            await carrier.journal.until(seen("invite", count))
            await service.restart()
        members = await campaign.settled()
        attempts, calls = await campaign.attempts(), await everything_ended(carrier)
    assert_nobody_rung_too_often(calls)
    assert_nobody_lost(members, attempts)
    assert_every_call_is_recorded(calls, attempts)


async def test_a_killed_call_says_so(tmp_path: Path) -> None:
    """What was ringing or answered is in history as lost, and counts."""
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        wanted = Wanted(("100", "154"), carrier.address, prompt_s=20, originate_timeout_s=20, after=None)
        campaign = await set_up(service.rest, wanted)
        await campaign.enable()
        await carrier.journal.until(lambda entries: seen("invite", 2)(entries) and seen("ack", 1)(entries))
        await service.restart()
        rows = await campaign.ended(2)
        calls = await everything_ended(carrier)
    assert {(row["result"], row["cause"], row["disposition"]) for row in rows} == {("abandoned", "CRASH", "lost")}
    assert {call.number: call.ended_by for call in calls.values()} == {"100": "caller", "154": "refused"}


async def test_the_media_process_is_killed_alone(tmp_path: Path) -> None:
    """Its calls end with a cause; it is started again, and the next calls are heard."""
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        campaign = await begin(service, carrier, prompt_s=2.5, after=None)
        await carrier.journal.until(seen("ack", 10))
        service.kill_media()
        members = await campaign.settled()
        attempts, calls = await campaign.attempts(), await everything_ended(carrier)
        assert await service.rest.is_well()
    assert_nobody_rung_too_often(calls)
    assert_nobody_lost(members, attempts)
    assert_every_call_is_recorded(calls, attempts)
    killed = [row for row in attempts if row.get("bridged_at") and row["cause"] != "NORMAL_CLEARING"]
    assert killed, "nobody was talking when the media process died"
    heard = [call for call in calls.values() if call.figures.get("first_sound_ms") is not None]
    assert max(call.invited_at for call in heard) > min(int(row["leaving_at"]) for row in killed)


async def begin(service: OutdialService, carrier: Carrier, **settings: Any) -> Campaign:
    wanted = {"prompt_s": 1.2, "max_attempts": MAX_ATTEMPTS, "originate_timeout_s": 1, "after": AGAIN_SOON, **settings}
    campaign = await set_up(service.rest, Wanted(NUMBERS, carrier.address, **wanted))
    await campaign.enable()
    return campaign


def assert_nobody_rung_too_often(calls: dict[str, Told]) -> None:
    rung = {number: sum(call.number == number for call in calls.values()) for number in NUMBERS}
    assert {number: times for number, times in rung.items() if times > MAX_ATTEMPTS} == {}


def assert_nobody_lost(members: dict[str, dict[str, Any]], attempts: list[dict[str, Any]]) -> None:
    """Everybody succeeded or used up the attempts, and each counted attempt is in history."""
    assert set(members) == set(NUMBERS)
    for number, member in members.items():
        counted = [row for row in attempts if row["destination"]["destination"] == number and row.get("cause")]
        assert member["stop_cause"] == "success" or member["attempts"] == MAX_ATTEMPTS, member
        assert len(counted) == member["attempts"], (member, counted)


def assert_every_call_is_recorded(calls: dict[str, Told], attempts: list[dict[str, Any]]) -> None:
    """Each call the carrier saw is one attempt in history, with a cause."""
    recorded = [row["call_id"] for row in attempts if row.get("cause")]
    assert len(recorded) == len(set(recorded))
    assert set(calls) <= set(recorded)


async def everything_ended(carrier: Carrier) -> dict[str, Told]:
    """Waits for the last goodbyes: an answer nobody acknowledged is repeated every four seconds at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(12):
            await carrier.journal.until(lambda entries: all(call.ended_at for call in tell(entries).values()))
    calls = tell(carrier.journal.entries)
    assert [call for call in calls.values() if not call.ended_at] == []
    return calls
