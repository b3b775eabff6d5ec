"""What the media process sends and hears, over its control socket and real RTP on loopback."""

from __future__ import annotations

import asyncio
import socket
from itertools import pairwise
from pathlib import Path

import pytest

from outdial.audio.errors import BadAudio
from outdial.audio.law import ALAW, FRAME
from outdial.rtp.events import press
from outdial.rtp.rtcp import Bye, Report
from outdial.rtp.rtcp import parse as parse_rtcp
from outdial.switch.port import Frames, Silence, Tone
from tests.media.far_end import (
    PATIENCE_S,
    PROMPT,
    QUIET,
    Ear,
    FarEnd,
    call,
    media,
    now_ms,
    prompt,
    run,
    speech,
)


def test_the_bytes_that_arrive_are_the_prompts_between_silence(tmp_path: Path) -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, None, 0)
            before = await far.hear(3)
            client.play(lease, 1, [prompt(tmp_path)])
            await far.hear_until(lambda packet: packet.payload == PROMPT[-FRAME:])
            after = await far.hear(3)
            await ear.wait(lambda ear: ear.plays)
            start = next(n for n, packet in enumerate(far.heard) if packet.payload != QUIET)
            sound = b"".join(packet.payload for packet in far.heard[start : start + 15])
            assert sound == PROMPT
            assert all(packet.payload == QUIET for packet in before + after)
            first = far.heard[0]
            assert first.marker
            assert [p.sequence for p in far.heard] == [(first.sequence + n) & 0xFFFF for n in range(len(far.heard))]
            assert {p.ssrc for p in far.heard} == {first.ssrc}
            assert {p.payload_type for p in far.heard} == {8}
            ((play_id, played),) = ear.plays
            assert (play_id, played.end, played.ms) == (1, "done", 300)
            assert abs(played.first_packet_at - now_ms()) < 60_000

    run(ring())


def test_nothing_is_sent_before_the_answer_but_early_media(tmp_path: Path) -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.play(lease, 1, [prompt(tmp_path)])
            await ear.wait(lambda ear: ear.plays)
            heard = await far.hear(15)
            assert b"".join(packet.payload for packet in heard) == PROMPT
            client.release(lease)
            await ear.wait(lambda ear: ear.ended)
            assert ear.figures.sent == 15

    run(ring())


def test_sounds_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    odd = prompt(tmp_path, "odd", PROMPT[:1000])

    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.play(lease, 1, [odd, Silence(50), odd, Tone("%(30,5,400);loops=2")])
            await ear.wait(lambda ear: ear.plays)
            heard = b"".join(
                packet.payload for packet in await far.hear((1000 + 400 + 1000 + 560 + FRAME - 1) // FRAME)
            )
            assert heard[:2400] == PROMPT[:1000] + bytes([ALAW.silence]) * 400 + PROMPT[:1000]
            assert heard[2400:2680] == heard[2680:2960]
            assert ear.plays[0][1].ms == 370
            times = [packet.timestamp for packet in far.heard]
            assert all((b - a) & 0xFFFFFFFF >= FRAME for a, b in pairwise(times))

    run(ring())


def test_stop_is_heard_at_once_and_a_second_play_stops_the_first(tmp_path: Path) -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, None, 0)
            client.play(lease, 1, [Tone("%(1000,0,400);loops=-1")])
            await far.hear_until(lambda packet: packet.payload != QUIET)
            client.play(lease, 2, [Silence(0)])
            await ear.wait(lambda ear: ear.plays)
            client.stop(lease)
            client.stop(lease)
            await ear.wait(lambda ear: len(ear.plays) == 2)
            client.play(lease, 3, [Silence(0)])
            client.release(lease)
            client.play(lease, 4, [Silence(10)])
            await ear.wait(lambda ear: ear.ended)
            assert [(play_id, played.end) for play_id, played in ear.plays] == [
                (1, "stopped"), (2, "stopped"), (3, "hungup"),
            ]  # fmt: skip
            assert ear.ended == ["closed"]

    run(ring())


def test_a_sound_that_cannot_be_played_ends_at_once(tmp_path: Path) -> None:
    async def ring() -> None:
        async with media() as client:
            lease, ear = call(client, FarEnd())
            client.play(lease, 1, [Frames(tmp_path / "none.alaw", tmp_path / "none.ulaw")])
            await ear.wait(lambda ear: ear.plays)
            with pytest.raises(BadAudio):
                client.play(lease, 2, [Tone("beep")])
            stranger, other = client.lease(late := Ear()), late
            assert stranger
            client.play(stranger, 3, [Silence(10)])
            await other.wait(lambda ear: ear.plays)
            assert (ear.plays[0][1].ms, other.plays[0][1].end) == (0, "stopped")

    run(ring())


def test_keys_are_heard_once_each() -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far, dtmf=96)
            client.answer(lease, None, 0)
            await far.hear()
            for n, key in enumerate("1*D"):
                for packet in press(key, 100, packet_type=96, sequence=n * 10, timestamp=n * 1600, ssrc=5):
                    far.say(lease, packet)
            far.say_raw(lease, b"garbage")
            await ear.wait(lambda ear: len(ear.digits) == 3)
            assert ear.digits == [("1", 100), ("*", 100), ("D", 100)]

    run(ring())


def test_without_any_rtp_the_call_is_told_once() -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, None, 200)
            await ear.wait(lambda ear: ear.ended)
            client.release(lease)
            await ear.wait(lambda ear: len(ear.ended) == 2)
            assert ear.ended == ["no rtp", "closed"]

    run(ring())


def test_rtp_and_hold_keep_the_timeout_away() -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, None, 400)
            for n in range(40):
                far.say(lease, speech(n, QUIET))
                await far.hear()
            client.point(lease, "127.0.0.1", 0, 8, 101)
            held, other = call(client, far)
            client.answer(held, None, 600)
            await other.wait(lambda ear: ear.ended)  # the other's time ran out, the held one's did not
            assert ear.ended == []

    run(ring())


def test_the_peer_is_where_its_packets_come_from_and_may_move() -> None:
    async def ring() -> None:
        async with media() as client:
            announced, real, moved = FarEnd(), FarEnd(), FarEnd()
            lease, _ = call(client, announced)
            client.answer(lease, None, 0)
            await announced.hear()
            real.say(lease, speech(0, QUIET))
            await real.hear(3)
            async with asyncio.timeout(PATIENCE_S):
                while not moved.heard:  # a stranger is not let in until the real one falls silent
                    moved.say(lease, speech(0, QUIET, ssrc=9))
                    await real.hear(5) if len(real.heard) < 100 else await moved.hear()
            assert len(real.heard) >= 90

    run(ring())


def test_rtcp_tells_what_was_sent_and_heard_and_says_goodbye() -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtcp:
                rtcp.bind(("127.0.0.1", far.port + 1))
                rtcp.settimeout(PATIENCE_S)
                lease, ear = call(client, far)
                client.answer(lease, None, 0)
                await far.hear()
                far.say(lease, speech(5, QUIET))
                far.say(lease, speech(7, QUIET))
                await far.hear(10)
                client.release(lease)
                await ear.wait(lambda ear: ear.ended)
                report, bye = parse_rtcp(rtcp.recv(2048))
                assert isinstance(report, Report)
                assert report.sender
                assert isinstance(bye, Bye)
                assert report.sender.packets >= 10
                assert [(b.ssrc, b.lost, b.highest) for b in report.blocks] == [(77, 1, 7)]

    run(ring())
