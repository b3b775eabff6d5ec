"""Campaign calls connected with a second leg behind the trunk: the whole service and the test carrier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outdial.audio.g711 import decode
from outdial.audio.wav import read
from outdial.carrier.journal import Entry, tell
from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from tests.e2e.campaign import Campaign, Wanted, set_up
from tests.e2e.service import OutdialService
from tests.e2e.test_kill import everything_ended

TIMES = Times(ring_ms=(5, 20), pick_up_ms=(200, 400), hang_up_ms=3000, press_ms=1500)
HUMS, LEAVES, PRESSES = "380440000022", "380440000030", "380440000080"
"""The person: hums 1000 Hz; hangs up three seconds after the answer; presses 1."""
AGENT, BUSY, SILENT, LEAVING_AGENT = "123", "140", "154", "130"
"""The other side: hums 1400 Hz, is busy, never answers, hangs up after three seconds."""


def bridge(*numbers: str, **more: Any) -> dict[str, Any]:
    endpoints = [{"type": "gateway", "gateway": {"name": "campaign"}, "dialString": number} for number in numbers]
    return {"bridge": {"endpoints": endpoints, "strategy": "failover"} | more}


async def begin(service: OutdialService, carrier: Carrier, number: str, *steps: dict[str, Any]) -> Campaign:
    voice = [*steps, {"hangup": ""}]
    wanted = Wanted((number,), carrier.address, voice=voice, after=None, recordings=True, originate_timeout_s=20)
    campaign = await set_up(service.rest, wanted)
    await campaign.enable()
    return campaign


def seen(event: str, number: str, **more: Any) -> Callable[[list[Entry]], bool]:
    """Whether it has happened to that number."""

    def happened(entries: list[Entry]) -> bool:
        return any(e.event == event and e.number == number and more.items() <= e.more.items() for e in entries)

    return happened


def pitches(side: bytes, law: Any) -> list[int]:
    """The strongest frequency of each second of one side of a recording, in steps of 50 Hz; 0 = silence."""
    samples = decode(side, law).astype(np.float64)
    found = []
    for at in range(0, len(samples) - 8000, 8000):
        second = samples[at : at + 8000]
        loud = float(np.abs(second).mean()) > 200
        found.append(round(int(np.abs(np.fft.rfft(second)).argmax()) / 50) * 50 if loud else 0)
    return found


async def test_they_hear_each_other_and_both_are_on_the_recording(tmp_path: Path) -> None:
    """Failover from a busy endpoint; what runs beside the talk ends it."""
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        campaign = await begin(
            service, carrier, HUMS, bridge(BUSY, AGENT, bridged=[{"softSleep": 3000}, {"hangup": ""}])
        )
        await campaign.ended(1)
        (call,) = await campaign.calls()
        recording = await service.rest.stream(f"/storage/recordings/{call['files'][0]['id']}/stream")
        calls = await everything_ended(carrier)
    heard = read(recording)
    ours, theirs = (pitches(side, heard.law) for side in heard.channels)
    assert theirs.count(1000) >= 2
    assert ours.count(1400) >= 2, "what the agent said is on our side"
    assert set(ours) <= {0, 1400}
    assert (call["bridge_to"], call["bridge_cause"]) == (AGENT, "NORMAL_CLEARING")
    assert int(call["bridged_at"]) > int(call["answered_at"])
    assert call["bill_sec"] == (int(call["hangup_at"]) - int(call["bridged_at"])) // 1000
    assert {told.number: told.ended_by for told in calls.values()} == {HUMS: "caller", BUSY: "refused", AGENT: "caller"}
    agents = next(told for told in calls.values() if told.number == AGENT)
    assert agents.figures["first_sound_ms"] is not None, "the agent heard the person"


async def test_the_agent_hangs_up_and_the_call_with_it(tmp_path: Path) -> None:
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        campaign = await begin(service, carrier, HUMS, bridge(LEAVING_AGENT))
        await campaign.ended(1)
        (call,) = await campaign.calls()
        calls = await everything_ended(carrier)
    assert (call["cause"], call["hangup_by"], call["bridge_cause"]) == ("NORMAL_CLEARING", "F", "NORMAL_CLEARING")
    assert {told.number: told.ended_by for told in calls.values()} == {HUMS: "caller", LEAVING_AGENT: "callee"}


@pytest.mark.parametrize(("other", "ended_by"), [(SILENT, "refused"), (AGENT, "caller")])
async def test_the_person_hangs_up_while_the_other_rings_or_talks(tmp_path: Path, other: str, ended_by: str) -> None:
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        campaign = await begin(service, carrier, LEAVES, bridge(other))
        await campaign.ended(1)
        calls = await everything_ended(carrier)
        cancelled = seen("cancel", other)(carrier.journal.entries)
    assert {told.number: told.ended_by for told in calls.values()} == {LEAVES: "callee", other: ended_by}
    assert cancelled == (other == SILENT)


async def test_keys_pass_to_the_other_side_and_on_answer(tmp_path: Path) -> None:
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        await begin(service, carrier, PRESSES, bridge(AGENT, sendOnAnswer="97"))
        await carrier.journal.until(seen("key", AGENT, key="1"))
        keys = [(e.number, e.more["key"], e.more["ms"]) for e in carrier.journal.entries if e.event == "key"]
    assert keys == [(AGENT, "9", 100), (AGENT, "7", 100), (AGENT, "1", 100)]


async def test_a_numbers_own_keys_and_those_of_the_flow(tmp_path: Path) -> None:
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        campaign = await begin(service, carrier, HUMS, {"sendDtmf": "#4@240"}, {"sipRedirect": ["155", "100"]})
        await campaign.ended(1)
        (call,) = await campaign.calls()
        keys = [(e.more["key"], e.more["ms"]) for e in carrier.journal.entries if e.event == "key"]
        targets = [e.more["target"] for e in carrier.journal.entries if e.event == "refer"]
    assert keys == [("#", 240), ("4", 240)]
    assert [target[:9] for target in targets] == ["<sip:155@", "<sip:100@"]
    assert (call["cause"], call["hangup_by"]) == ("BLIND_TRANSFER", "F")


MOMENTS = {
    "the second leg rings": (SILENT, seen("invite", SILENT)),
    "the second leg talks": (AGENT, seen("ack", AGENT)),
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_and_no_leg_stays_up(tmp_path: Path, moment: str) -> None:
    """kill -9, a new start: the carrier sees both legs ended, and the attempt is lost, not repeated."""
    other, until = MOMENTS[moment]
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path) as service:
        campaign = await begin(service, carrier, HUMS, bridge(other))
        await carrier.journal.until(until)
        await service.restart()
        rows: Sequence[dict[str, Any]] = await campaign.ended(1)
        calls = await everything_ended(carrier)
    assert [(row["result"], row["cause"], row["disposition"]) for row in rows] == [("abandoned", "CRASH", "lost")]
    rung = sorted(told.number for told in calls.values())
    assert rung == sorted((HUMS, other))
    ends = {told.number: told.ended_by for told in tell(carrier.journal.entries).values()}
    assert ends == {HUMS: "caller", other: "refused" if other == SILENT else "caller"}
