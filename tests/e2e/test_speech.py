"""Spoken text from the schema to the callee's ear, by the real service over real SIP and RTP."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outdial.audio.g711 import decode
from outdial.audio.law import ALAW, FRAME
from outdial.audio.wav import read
from outdial.carrier.server import Carrier, Config
from outdial.cli.demo.campaign import AFTER_FLOW
from tests.e2e.campaign import Wanted, set_up
from tests.e2e.ear import Ear
from tests.e2e.service import OutdialService, is_alive
from tests.e2e.sipp import Sipp

UKRAINIAN = "Добрий день! Ваш код чотири, два."
FLOW: list[dict[str, Any]] = [
    {"tts": {"text": UKRAINIAN, "language": "uk-UA"}},
    {"playback": {"files": [{"type": "tts", "tts": {"text": "Hello ${destination}", "language": "en-US"}}]}},
    {"say": "en number pronounced 42"},
    {"hangup": ""},
]


def spoken(folder: Path) -> list[bytes]:
    """What lies in the service's cache, as A-law."""
    return [path.read_bytes() for path in (folder / "data" / "speech").glob("*.alaw")]


def voiced(sound: bytes) -> bytes:
    """Without its frames of silence, to which a stalled machine adds."""
    frames = (sound[at : at + FRAME] for at in range(0, len(sound), FRAME))
    return b"".join(frame for frame in frames if frame.strip(bytes([ALAW.silence])))


@pytest.mark.sipp
async def test_the_callee_hears_what_was_spoken_sample_by_sample(tmp_path: Path) -> None:
    async with OutdialService(tmp_path) as service, Ear() as ear, Sipp("answers", tmp_path, ear=ear.port) as sipp:
        campaign = await set_up(service.rest, Wanted(("380440000001",), ("127.0.0.1", sipp.port), voice=FLOW))
        await campaign.enable()
        await campaign.ended(1)
        sounds = spoken(tmp_path)
    assert len(sounds) == 3
    assert all(ear.heard_whole(sound) for sound in sounds)
    samples = decode(b"".join(sounds), ALAW).astype(float)
    assert np.sqrt(np.mean(samples**2)) > 1000


async def test_the_recording_of_a_spoken_campaign_has_every_text(tmp_path: Path) -> None:
    """With the test carrier: ten calls, the common text rendered once, the after-flow content."""
    numbers = tuple(f"38044000000{n}" for n in range(10))
    async with Carrier(Config()) as carrier, OutdialService(tmp_path) as service:
        wanted = Wanted(numbers, carrier.address, voice=FLOW, after=AFTER_FLOW, recordings=True)
        campaign = await set_up(service.rest, wanted)
        await campaign.enable()
        await campaign.ended(len(numbers))
        calls = await campaign.calls()
        recording = read(await service.rest.stream(f"/storage/recordings/{calls[0]['files'][0]['id']}/stream"))
        sounds = spoken(tmp_path)
    assert len(sounds) == 2 + len(numbers)
    recorded = voiced(recording.channels[0])
    heard = [sound for sound in sounds if voiced(sound) in recorded]
    assert len(heard) == 3
    assert {call["cause"] for call in calls} == {"NORMAL_CLEARING"}


async def test_a_text_is_heard_without_any_call_and_the_process_ends_with_the_service(tmp_path: Path) -> None:
    async with OutdialService(tmp_path) as service:
        before = set(service.children())
        wav = await service.rest.stream("/storage/tts/stream?text=Hello&language=en-US")
        assert len(wav) > 4000
        (speaking,) = set(service.children()) - before
        await service.kill()
    async with asyncio.timeout(10):
        while is_alive(speaking):  # noqa: ASYNC110 - not our child, nothing to await
            await asyncio.sleep(0.02)


async def test_a_voice_that_fails_leaves_the_flow_going(tmp_path: Path) -> None:
    """A speech server that is not there: the text is left out, the prompt is played."""
    async with Carrier(Config()) as carrier, OutdialService(tmp_path, tts_url="http://127.0.0.1:9/") as service:
        wanted = Wanted(("380440000001",), carrier.address, voice=[{"tts": {"text": "Hello"}}, {"hangup": "USER_BUSY"}])
        campaign = await set_up(service.rest, wanted)
        await campaign.enable()
        (row,) = await campaign.ended(1)
    assert row["cause"] == "USER_BUSY"
