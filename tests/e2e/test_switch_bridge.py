"""The embedded switch against sipp: two calls connected, keys sent, calls handed on."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from outdial.audio.law import FRAME
from outdial.rtp.events import Keypad, Press
from outdial.rtp.packet import Packet
from outdial.switch.port import Call, Referral
from tests.e2e.ear import Ear
from tests.e2e.rig import Flow, Rang, a_prompt, a_switch, a_trunk, hang_up, stage
from tests.e2e.sipp import Sipp

pytestmark = pytest.mark.sipp

CLEARED = ("NORMAL_CLEARING", 200, "F")


async def speak(ear: Ear, sound: bytes, ssrc: int) -> None:
    """A packet for each one heard: the media process gives the beat."""
    await ear.heard(1)
    for n in range(len(sound) // FRAME):
        frame = sound[n * FRAME : (n + 1) * FRAME]
        ear.say(Packet(8, n, n * FRAME, ssrc, frame))
        await ear.heard(len(ear.packets) + 1)
    await ear.heard(len(ear.packets) + 15)


async def test_two_callees_hear_each_other_byte_for_byte(tmp_path: Path) -> None:
    sounds = [a_prompt(tmp_path, 0.6, seed).alaw.read_bytes() for seed in (1, 2)]
    async with a_switch(tmp_path) as rig, Ear() as first, Ear() as second, AsyncExitStack() as carriers:
        ears = first, second
        sipps = [await carriers.enter_async_context(Sipp("answers", tmp_path, ear=ear.port)) for ear in ears]
        up = [asyncio.get_running_loop().create_future() for _ in ears]
        done = asyncio.Event()

        def wait(n: int) -> Flow:
            async def flow(call: Call) -> None:
                up[n].set_result(call)
                await done.wait()
                await hang_up(call)

            return flow

        calls = [asyncio.create_task(rig.ring(a_trunk(sipp.port), wait(n))) for n, sipp in enumerate(sipps)]
        a, b = await asyncio.gather(*up)
        a.connect(b)
        await asyncio.gather(
            *(speak(ear, sound, 7 + n) for n, (ear, sound) in enumerate(zip(ears, sounds, strict=True)))
        )
        done.set()
        rang: list[Rang] = list(await asyncio.gather(*calls))
    assert [each.ending for each in rang] == [CLEARED, CLEARED]
    assert as_heard(second) == sounds[0]
    assert as_heard(first) == sounds[1]


def as_heard(ear: Ear) -> bytes:
    """Without the packets of silence before, after, and where the machine stalled."""
    frames = [packet.payload for packet in ear.packets]
    return b"".join(frame for frame in frames if frame.strip(b"\xd5"))


@pytest.mark.parametrize(("keys", "ms"), [("15#", 120), ("*0wD", 60)])
async def test_keys_arrive_as_telephone_events_of_the_right_length(tmp_path: Path, keys: str, ms: int) -> None:
    async def press(call: Call) -> None:
        assert await call.send_digits(keys, ms) == "sent"
        await hang_up(call)

    async with stage("answers", tmp_path) as on:
        rang = await on.ring(press)
    assert rang.ending == CLEARED
    events = [packet for packet in on.ear.packets if packet.payload_type == 101]
    keypad, presses = Keypad(), list[Press]()
    for packet in events:
        presses += keypad.take(packet.timestamp, packet.payload, 0)
    assert presses == [Press(key, ms) for key in keys if key != "w"]
    for stamp in {packet.timestamp for packet in events}:
        mine = [packet for packet in events if packet.timestamp == stamp]
        assert [packet.marker for packet in mine] == [True] + [False] * (len(mine) - 1)
        assert sum(packet.payload[1] >> 7 for packet in mine) == 3, "the end is sent three times (§2.5.1.4)"
    sequences = [packet.sequence for packet in on.ear.packets]
    assert sequences == [(sequences[0] + n) & 0xFFFF for n in range(len(sequences))]


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("refer", Referral("transferred", 200, "OK")),
        ("refer-in-vain", Referral("failed", 486, "Busy Here")),
        ("refer-refused", Referral("refused", 603, "Decline")),
    ],
)
async def test_handed_on(tmp_path: Path, scenario: str, told: Referral) -> None:
    outcome: list[Referral] = []

    async def refer(call: Call) -> None:
        outcome.append(await call.refer("sip:101@198.51.100.7"))
        await hang_up(call)

    async with stage(scenario, tmp_path) as on:
        rang = await on.ring(refer)
    assert outcome == [told]
    assert rang.ending == CLEARED
    (asked,) = on.sipp.requests("REFER")
    assert asked.first("refer-to") == "<sip:101@198.51.100.7>"
    assert on.sipp.requests("BYE")[0].cseq[0] == asked.cseq[0] + 1
