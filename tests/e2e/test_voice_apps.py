"""Voice applications over the wire: what the person says is recorded and comes back, what they hear is mixed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outdial.audio.g711 import decode, encode
from outdial.audio.law import ALAW, BY_PAYLOAD_TYPE, FRAME, ULAW
from outdial.audio.tones import render
from outdial.audio.wav import read
from outdial.carrier.media import GREETING
from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from outdial.rtp.packet import Packet
from outdial.switch.port import Call
from tests.e2e.campaign import Campaign, Wanted, a_wav, set_up, some_sound
from tests.e2e.ear import Ear, recorded_whole
from tests.e2e.rig import stage
from tests.e2e.service import OutdialService
from tests.e2e.sipp import Sipp
from tests.net.web import Says
from tests.net.web import web as a_web

QUICK = Times(ring_ms=(5, 50), pick_up_ms=(50, 300), hang_up_ms=300, press_ms=400)


async def rung(
    service: OutdialService, carrier: tuple[str, int], number: str, *voice: dict[str, Any]
) -> dict[str, Any]:
    """One call with this flow; its row in history."""
    wanted = Wanted((number,), carrier, voice=list(voice), after=None, name=f"ring {number}")
    campaign: Campaign = await set_up(service.rest, replace(wanted, originate_timeout_s=5))
    await campaign.enable()
    await campaign.ended(1)
    (call,) = await campaign.calls()
    return call


async def files_of(service: OutdialService, call: dict[str, Any]) -> dict[str, bytes]:
    """By name, as the API streams them."""
    return {
        file["name"]: await service.rest.stream(f"/storage/recordings/{file['id']}/stream") for file in call["files"]
    }


@pytest.mark.sipp
async def test_a_voice_mail_is_what_the_carrier_sent_sample_by_sample(tmp_path: Path) -> None:
    spoken = encode(np.random.default_rng(5).integers(-8000, 8000, 8000).astype(np.int16), ULAW)
    (tmp_path / "voice.ulaw").write_bytes(spoken)
    record = {"recordFile": {"name": "the mail", "maxSec": 20, "silenceHits": 1, "voiceMail": True}}
    async with OutdialService(tmp_path) as service, Ear() as ear:
        async with Sipp("leaves-a-message", tmp_path, ear=ear.port) as sipp:
            steps = record, {"export": ["record_seconds"]}, {"hangup": ""}
            call = await rung(service, ("127.0.0.1", sipp.port), "380441", *steps)
        files = await files_of(service, call)
    assert list(files) == ["the_mail.wav"]
    recording = read(files["the_mail.wav"])
    (heard,) = recording.channels
    assert recording.law is ULAW
    assert spoken + spoken in heard
    assert heard.strip(b"\xff\x7f") == (spoken + spoken).strip(b"\xff\x7f"), "nothing else is in it"
    assert call["variables"] == {"wbt_tags": ["vm"], "record_seconds": str(len(heard) // 8000)}
    assert call["tags"] == ["vm"]
    assert call["hangup_by"] == "F", "the silence ended it, and the flow hung up"


async def test_sessions_of_the_flow_are_listed_beside_the_recording_of_the_queue(tmp_path: Path) -> None:
    async with Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path) as service:
        start = {"recordSession": {"name": "${destination}", "stereo": True, "minSec": 1}}
        call = await rung(service, carrier.address, "380100", start, {"sleep": 2000}, {"hangup": ""})
        files = await files_of(service, call)
    left, right = read(files["380100.wav"]).channels
    assert 15_000 <= len(left) == len(right) <= 20_000
    assert not left.strip(b"\xd5\x55"), "we are silent"
    assert encode(render(GREETING).samples, ALAW)[-2400:] in right, (
        "the person's greeting, whose start is before the flow"
    )


async def test_a_key_during_the_prompt_barges_in(tmp_path: Path) -> None:
    ask = {"playback": {"files": [{"type": "silence", "name": "20000"}], "getDigits": {"setVar": "d"}}}
    names = {"export": ["d", "playback_seconds", "read_result"]}
    async with Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path) as service:
        call = await rung(service, carrier.address, "380180", ask, names, {"hangup": ""})
    assert (call["variables"]["d"], call["variables"]["read_result"]) == ("1", "success")
    assert int(call["variables"]["playback_seconds"]) < 10


async def test_a_scheduled_hang_up_ends_a_silent_call(tmp_path: Path) -> None:
    async with Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path) as service:
        park = {"park": {"name": "lot", "lot": "1-9"}}
        call = await rung(service, carrier.address, "380100", {"scheduleHangup": {"seconds": 1}}, park)
    assert (call["cause"], call["hangup_by"]) == ("NORMAL_CLEARING", "F")


@pytest.mark.sipp
async def test_a_sound_from_the_web_is_heard_byte_for_byte(tmp_path: Path) -> None:
    samples = some_sound(1.0)
    async with a_web() as web, OutdialService(tmp_path, allow_networks="127.0.0.0/8") as service, Ear() as ear:
        web.answer = lambda asked: Says(body=a_wav(samples))
        file = {"type": "http_audio", "args": {"url": web.url("/hello.wav"), "headers": {"X-Key": "${destination}"}}}
        async with Sipp("answers", tmp_path, ear=ear.port) as sipp:
            play = {"playback": {"files": [file]}}
            await rung(service, ("127.0.0.1", sipp.port), "380442", play, play, {"hangup": ""})
        assert [asked.headers["x-key"] for asked in web.asked] == ["380442"], "the second time it is at hand"
    assert ear.heard_whole(encode(samples, ALAW))


@pytest.mark.sipp
async def test_a_background_is_mixed_at_its_level_and_stops(tmp_path: Path) -> None:
    """A tone of -10 dB, 12 dB lower."""
    start = {
        "backgroundPlayback": {"file": {"type": "tone", "name": "%(1000,0,400)"}, "name": "m", "volumeReduction": 12}
    }
    stop = {"backgroundPlaybackStop": {"name": "m"}}
    steps = start, {"sleep": 1000}, stop, {"sleep": 600}, {"hangup": ""}
    async with OutdialService(tmp_path) as service, Ear() as ear, Sipp("answers", tmp_path, ear=ear.port) as sipp:
        await rung(service, ("127.0.0.1", sipp.port), "380443", *steps)
    frames = [decode(p.payload, BY_PAYLOAD_TYPE[p.payload_type]).astype(float) for p in ear.packets]
    levels = [20 * np.log10(max(1.0, np.sqrt(np.mean(frame**2))) / 32767) for frame in frames]
    expected = -10 - 12 - 20 * np.log10(np.sqrt(2))
    loud = [level for level in levels if level > -40]
    assert len(loud) >= 45
    assert abs(float(np.median(loud)) - expected) < 0.3
    assert max(levels[-20:]) < -60, "silent at the end"


@pytest.mark.sipp
async def test_the_echo_comes_back_byte_for_byte(tmp_path: Path) -> None:
    words = [bytes(1 + (n * FRAME + i) * 7 % 83 for i in range(FRAME)) for n in range(50)]

    async def echo(call: Call) -> None:
        echoing = asyncio.ensure_future(call.echo(0))
        at = 0
        while not on.ear.heard_whole(b"".join(words)):
            await on.ear.heard(len(on.ear.packets) + 1)  # its packets are the beat
            frame = words[at] if at < len(words) else bytes([ALAW.silence]) * FRAME
            on.ear.say(Packet(ALAW.payload_type, at, at * FRAME, 9, frame))
            at += 1
        call.stop_playing()
        assert (await echoing).end == "stopped"
        call.hang_up("NORMAL_CLEARING", "F")

    async with stage("answers", tmp_path) as on:
        await on.ring(echo)
    assert recorded_whole(b"".join(words), b"".join(p.payload for p in on.ear.packets), ALAW.silence)
