"""The whole service: campaigns set up by REST, rung over real SIP and RTP, read back from history."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outdial.audio.g711 import encode
from outdial.audio.law import ALAW
from outdial.audio.wav import read
from outdial.carrier.journal import tell
from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from tests.e2e.campaign import AGAIN_SOON, Campaign, Wanted, set_up, told
from tests.e2e.ear import Ear, recorded_whole
from tests.e2e.service import OutdialService
from tests.e2e.sipp import Sipp

QUICK = Times(ring_ms=(5, 50), pick_up_ms=(50, 300), slow_ms=(600, 900), hang_up_ms=300, press_ms=150)
"""Who hangs up soon has talked for no whole second, so that the least duration tells him from who listened."""


async def test_every_number_ends_as_the_carriers_script_says(tmp_path: Path) -> None:
    numbers = tuple(f"38044{n:04}" for n in range(100))
    async with Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path) as service:
        wanted = Wanted(numbers, carrier.address, prompt_s=1.2, after=AGAIN_SOON, max_attempts=2)
        campaign = await set_up(service.rest, wanted)
        await campaign.enable()
        members = await campaign.settled()
        rows = await campaign.attempts()
    assert {number: told(rows, number) for number in numbers} == {n: campaign.expected(n) for n in numbers}
    calls = tell(carrier.journal.entries)
    assert set(calls) == {row["call_id"] for row in rows}
    assert [call for call in calls.values() if call.up] == []
    assert {members[n]["stop_cause"] for n in numbers} == {"success", "abandoned"}
    assert carrier.garbage == 0


async def test_the_seeds_campaign_with_its_after_flow_verbatim(tmp_path: Path) -> None:
    """Listened to the end, hung up after five seconds, busy, nobody there; with recording."""
    listens, leaves, busy, absent = numbers = ("380440000100", "380440000130", "380440000140", "380440000154")
    async with Carrier(Config()) as carrier, OutdialService(tmp_path) as service:
        wanted = Wanted(numbers, carrier.address, prompt_s=11.2, min_duration_s=3, max_attempts=3, wait_s=600)
        campaign = await set_up(service.rest, replace(wanted, recordings=True))
        await campaign.enable()
        rows = await campaign.ended(4)
        members, calls = await campaign.members(), {call["destination"]: call for call in await campaign.calls()}
        recording = await service.rest.stream(f"/storage/recordings/{calls[listens]['files'][0]['id']}/stream")
    assert {row["destination"]["destination"]: (row["cause"], row["result"]) for row in rows} == {
        listens: ("NORMAL_CLEARING", "success"),
        leaves: ("NORMAL_CLEARING", "abandoned"),
        busy: ("USER_BUSY", "abandoned"),
        absent: ("NO_ANSWER", "abandoned"),
    }
    statuses = {listens: None, leaves: "Not listened", busy: "Busy", absent: "Not listened"}
    assert {n: (members[n].get("variables") or {}).get("status") for n in numbers} == statuses
    assert {n: (calls[n].get("variables") or {}).get("status") for n in numbers} == statuses
    waits = {n: wait_s(members[n]) for n in numbers}
    assert (waits[leaves], waits[busy], waits[absent]) == (600, 3600, 600)
    assert members[listens]["stop_cause"] == "success"
    assert_recorded(recording, campaign)


def wait_s(member: dict[str, Any]) -> int:
    """From the end of the last attempt to the next."""
    return round((int(member["min_offering_at"]) - int(member["last_activity_at"])) / 1000)


def assert_recorded(recording: bytes, campaign: Campaign) -> None:
    """Left our prompt sample by sample, right the callee's greeting."""
    heard = read(recording)
    assert heard.law is ALAW
    assert recorded_whole(encode(campaign.samples, ALAW), heard.channels[0], ALAW.silence)
    assert heard.channels[1].strip(bytes([ALAW.silence]))


SCENARIOS: dict[str, tuple[str, int, str]] = {
    "answers": ("NORMAL_CLEARING", 200, "F"),
    "answer-crosses-cancel": ("NO_ANSWER", 487, "B"),
    "busy": ("USER_BUSY", 486, "A"),
    "busy-by-reason": ("USER_BUSY", 480, "A"),
    "capital-transport": ("NORMAL_CLEARING", 200, "F"),
    "contact-elsewhere": ("NORMAL_CLEARING", 200, "F"),
    "declines": ("CALL_REJECTED", 603, "A"),
    "early-media": ("NORMAL_CLEARING", 200, "F"),
    "first-invite-ignored": ("NORMAL_CLEARING", 200, "F"),
    "forked-answer": ("NORMAL_CLEARING", 200, "F"),
    "hangs-up": ("NORMAL_UNSPECIFIED", 200, "A"),
    "hangs-up-at-once": ("NORMAL_CLEARING", 200, "A"),
    "hold": ("NORMAL_CLEARING", 200, "F"),
    "incomplete-number": ("INVALID_NUMBER_FORMAT", 484, "A"),
    "late-bye": ("NORMAL_CLEARING", 200, "F"),
    "moved": ("NORMAL_UNSPECIFIED", 302, "A"),
    "no-answer": ("NO_ANSWER", 487, "B"),
    "no-such-number": ("UNALLOCATED_NUMBER", 404, "A"),
    "repeated-answer": ("NORMAL_CLEARING", 200, "F"),
    "repeated-bye": ("NORMAL_CLEARING", 200, "A"),
    "silent": ("NO_ANSWER", 487, "B"),
    "unavailable": ("NORMAL_TEMPORARY_FAILURE", 503, "A"),
}
"""sipp's scenario → what call history says of it: cause, SIP code, by whom."""
AT_ONCE = 8
LOOSE = ("repeated-answer", "repeated-bye")


@pytest.mark.sipp
async def test_history_tells_what_sipp_played(tmp_path: Path) -> None:
    """Each scenario with a trunk, a queue and a number of its own."""
    async with OutdialService(tmp_path) as service:
        turns = asyncio.Semaphore(AT_ONCE)
        played = await asyncio.gather(*(play(service, tmp_path, scenario, turns) for scenario in SCENARIOS))
    assert dict(zip(SCENARIOS, played, strict=True)) == SCENARIOS


async def play(service: OutdialService, folder: Path, scenario: str, turns: asyncio.Semaphore) -> tuple[str, int, str]:
    keys: dict[str, Any] = {"reason": "Q.850;cause=31"}
    number = f"38044{list(SCENARIOS).index(scenario):07}"
    async with turns, Ear() as ear, Sipp(scenario, folder, ear=ear.port, loose=scenario in LOOSE, **keys) as sipp:
        wanted = Wanted((number,), ("127.0.0.1", sipp.port), prompt_s=1.6, name=scenario)
        quick = {"silent", "no-answer", "answer-crosses-cancel"}
        campaign = await set_up(service.rest, replace(wanted, originate_timeout_s=1 if scenario in quick else 5))
        await campaign.enable()
        await campaign.ended(1)
        (call,) = await campaign.calls()
    if call["hangup_by"] == "F":
        assert ear.heard_whole(encode(campaign.samples, ALAW)) or scenario == "hold", scenario
    return call["cause"], call["sip_code"], call["hangup_by"]


async def test_a_registration_carries_calls(tmp_path: Path) -> None:
    async with Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path) as service:
        wanted = Wanted(("100",), carrier.address, register=True, after=None)
        campaign = await set_up(service.rest, wanted)
        await campaign.enable()
        rows = await campaign.ended(1)
        assert carrier.registrar.contacts == {"<sip:outdial@127.0.0.1>": f"<sip:outdial@127.0.0.1:{service.sip_port}>"}
        [gateway] = await service.rest.items("/sip/gateways")
        assert gateway["r_state"] == 3
        await service.stop()
        assert carrier.registrar.contacts == {}, "it leaves when it goes"
    assert told(rows, "100") == [("NORMAL_CLEARING", 200, "success")]


async def test_sigterm_ends_what_is_left_with_bye_and_records_it(tmp_path: Path) -> None:
    async with Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path, drain_s=0) as service:
        wanted = Wanted(("100", "154"), carrier.address, prompt_s=20, originate_timeout_s=20)
        campaign = await set_up(service.rest, wanted)
        await campaign.enable()
        await carrier.journal.until(lambda entries: sum(e.event in ("ack", "invite") for e in entries) == 3)
        assert await service.stop() == 0
        calls = {call.number: call for call in tell(carrier.journal.entries).values()}
        await service.start()
        causes = {call["destination"]: (call["cause"], call["hangup_by"]) for call in await campaign.calls()}
    assert (calls["100"].ended_by, calls["154"].ended_by) == ("caller", "refused")
    assert causes == dict.fromkeys(("100", "154"), ("SYSTEM_SHUTDOWN", "service"))


async def test_a_trunk_elsewhere_is_not_rung_from_loopback(tmp_path: Path) -> None:
    async with OutdialService(tmp_path) as service:
        campaign = await set_up(service.rest, Wanted(("100",), ("192.0.2.1", 5060)))
        await campaign.enable()
        assert "campaign" in await campaign.why_idle()
        assert await campaign.attempts() == []
