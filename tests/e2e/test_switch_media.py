"""What the callee hears and says: sample by sample."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import numpy as np
import pytest

from outdial.audio.g711 import encode
from outdial.audio.law import ULAW
from outdial.audio.wav import read
from outdial.rtp.events import press
from outdial.switch.port import Call, Played
from tests.e2e.ear import recorded_whole
from tests.e2e.rig import a_prompt, hang_up_later, play, stage, stay

pytestmark = pytest.mark.sipp


async def test_the_prompt_arrives_byte_for_byte(tmp_path: Path) -> None:
    prompt, told = a_prompt(tmp_path, 1.0), list[Played]()
    async with stage("answers", tmp_path) as on:
        await on.ring(play(prompt, told=told))
    assert on.ear.heard_whole(prompt.alaw.read_bytes())
    assert told[0].end == "done"
    assert abs(told[0].ms - 1000) <= 40


async def test_two_prompts_follow_without_a_gap(tmp_path: Path) -> None:
    first, second = a_prompt(tmp_path, 0.4, seed=1), a_prompt(tmp_path, 0.4, seed=2)
    async with stage("answers", tmp_path) as on:
        await on.ring(play(first, second))
    assert on.ear.heard_whole(first.alaw.read_bytes() + second.alaw.read_bytes())


async def test_a_playback_tells_when_its_first_packet_left(tmp_path: Path) -> None:
    prompt, told = a_prompt(tmp_path, 0.3), list[Played]()
    async with stage("answers", tmp_path) as on:
        rang = await on.ring(play(prompt, told=told))
    assert rang.answered_at <= told[0].first_packet_at <= on.ear.first_sound_at + 5


async def test_the_callee_hangs_up_while_the_prompt_plays(tmp_path: Path) -> None:
    prompt, told = a_prompt(tmp_path, 5.0), list[Played]()
    async with stage("hangs-up", tmp_path, reason="Q.850;cause=16") as on:
        rang = await on.ring(play(prompt, told=told))
    assert rang.ending == ("NORMAL_CLEARING", 200, "A")
    assert told[0].end == "hungup"
    assert on.ear.heard_whole(prompt.alaw.read_bytes()[:800])
    assert not on.ear.heard_whole(prompt.alaw.read_bytes())


@pytest.mark.parametrize(("early_media", "heard"), [("consume", False), ("true", False), ("false", True), ("", True)])
async def test_early_media(tmp_path: Path, early_media: str, heard: bool) -> None:
    async with stage("early-media", tmp_path) as on:
        rang = await on.ring(ignore_early_media=early_media)
    assert rang.ringing == [(183, heard)]
    assert rang.ending == ("NORMAL_CLEARING", 200, "F")


async def test_keys_pressed_as_telephone_events(tmp_path: Path) -> None:
    """From a plain socket: repeated ends, one press lost but for its end."""

    async def pressing(call: Call) -> None:
        await on.ear.heard(5)
        at = 0
        for key in "1#":
            packets = list(press(key, 100, packet_type=101, sequence=at, timestamp=at * 160, ssrc=9))
            on.ear.say(*packets, *packets[-1:])
            at += 50
        on.ear.say(list(press("7", 100, packet_type=101, sequence=at, timestamp=at * 160, ssrc=9))[-1])
        await hang_up_later(call)

    async with stage("answers", tmp_path) as on:
        rang = await on.ring(pressing)
    assert rang.digits == "1#7"


def may_capture() -> bool:
    """sipp plays captures through a raw socket."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
    except PermissionError:
        return False
    return True


@pytest.mark.skipif(not may_capture(), reason="sipp plays captures through a raw socket: for root only")
async def test_keys_pressed_from_a_capture(tmp_path: Path) -> None:
    async with stage("presses", tmp_path) as on:
        rang = await on.ring(hang_up_later)
    assert rang.digits == "1"


async def test_recording_has_both_sides(tmp_path: Path) -> None:
    """Answered in µ-law: left our prompt, right what sipp's stream says."""
    spoken = np.random.default_rng(3).integers(-8000, 8000, 8000).astype(np.int16)
    (tmp_path / "voice.ulaw").write_bytes(encode(spoken, ULAW))
    prompt = a_prompt(tmp_path, 1.5)
    async with stage("talks", tmp_path) as on:
        await on.ring(play(prompt), recording=tmp_path / "call.wav")
    recording = read((tmp_path / "call.wav").read_bytes())
    left, right = recording.channels
    assert recording.law is ULAW
    assert recorded_whole(prompt.ulaw.read_bytes(), left, ULAW.silence)
    assert encode(spoken, ULAW)[:4000] in right


async def test_garbage_and_oversize_datagrams_are_dropped(tmp_path: Path) -> None:
    junk = [b"", b"\0" * 10, os.urandom(1400), b"INVITE" * 10_000, b"A" * 65_000, b"SIP/2.0 200 OK\r\n\r\n"]
    junk += [b"INVITE sip:1@x SIP/2.0\r\nVia: \xff\r\nFrom: x\r\nTo: x\r\nCall-ID: x\r\nCSeq: x\r\n\r\n"]
    prompt = a_prompt(tmp_path, 0.5)

    async def under_fire(call: Call) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as enemy:
            for data in junk:
                enemy.sendto(data, ("127.0.0.1", on.rig.sip_port))
                if on.ear.source:
                    enemy.sendto(data[:1400], on.ear.source)
        await play(prompt)(call)

    async with stage("answers", tmp_path) as on:
        rang = await on.ring(under_fire)
        assert on.rig.switch.ill() is None
    assert rang.ending == ("NORMAL_CLEARING", 200, "F")
    assert on.ear.heard_whole(prompt.alaw.read_bytes())


async def test_no_audio_at_all_ends_the_call(tmp_path: Path) -> None:
    async with stage("answers", tmp_path) as on:
        rang = await on.ring(stay, media_timeout_ms=500)
    assert rang.ending[0] == "MEDIA_TIMEOUT"
