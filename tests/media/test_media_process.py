"""The media process itself, over its control socket and real RTP on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from outdial.audio.errors import BadAudio
from outdial.audio.law import ALAW, FRAME, ULAW
from outdial.audio.wav import read
from outdial.domain.errors import Misconfigured
from outdial.rtp.events import press
from outdial.rtp.rtcp import Bye, Report
from outdial.rtp.rtcp import parse as parse_rtcp
from outdial.switch.embedded.media.client import Lease, MediaClient
from outdial.switch.port import Frames, Silence, Tone
from tests.media.far_end import PATIENCE_S, Ear, FarEnd, speech

QUIET = bytes([ALAW.silence]) * FRAME
PROMPT = bytes(n * 7 % 251 for n in range(15 * FRAME))
"""0.3 s of bytes that name their place."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def free_range(calls: int) -> range:
    """Ports for so many calls, free just now."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1] & ~1
        ports = range(first, first + 2 * calls)
        if ports.stop < 65536 and all(is_free(port) for port in ports):
            return ports


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@asynccontextmanager
async def media(ports: range | None = None, now: Callable[[], int] = now_ms) -> AsyncIterator[MediaClient]:
    client = MediaClient("127.0.0.1", ports or free_range(4), now)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


def call(client: MediaClient, far: FarEnd, dtmf: int | None = 101) -> tuple[Lease, Ear]:
    ear = Ear()
    lease = client.lease(ear)
    assert lease
    client.point(lease, "127.0.0.1", far.port, ALAW.payload_type, dtmf)
    return lease, ear


def prompt(folder: Path, name: str = "prompt", sound: bytes = PROMPT) -> Frames:
    for law in (ALAW, ULAW):
        (folder / f"{name}.{law.name}").write_bytes(sound if law is ALAW else sound[::-1])
    return Frames(folder / f"{name}.alaw", folder / f"{name}.ulaw")


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(coroutine)


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


def test_the_recording_holds_both_sides_on_one_timeline(tmp_path: Path) -> None:
    recording = tmp_path / "new folder" / "call.wav"
    said = [bytes([n + 1]) * FRAME for n in range(100)]

    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, recording, 0)
            client.play(lease, 1, [prompt(tmp_path)])
            await far.hear()  # from here on it listens, too
            order = [n for n in range(100) if n not in (7, 8, 40)]
            order[20], order[21] = order[21], order[20]
            for turn, n in enumerate(order):
                far.say(lease, speech(n, said[n]))
                await far.hear()
                if turn == 30:
                    far.say(lease, speech(n, said[n]))  # twice
            client.release(lease)
            await ear.wait(lambda ear: ear.ended)
            assert ear.figures.record_bytes == recording.stat().st_size
            assert (ear.figures.received, ear.figures.lost) == (98, 2)

    run(ring())
    found = read(recording.read_bytes())
    left, right = found.channels
    assert found.law is ALAW
    assert len(left) == len(right)
    assert PROMPT in left
    assert left.replace(PROMPT, b"").strip(bytes([ALAW.silence])) == b""
    expected = b"".join(QUIET if n in (7, 8, 40) else said[n] for n in range(100))
    at = right.find(said[0])
    assert at >= 0
    heard = right[at : at + len(expected)]
    assert heard == expected[: len(heard)]
    assert len(heard) >= 90 * FRAME


def test_either_law_is_understood_and_recorded_in_the_calls_own(tmp_path: Path) -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, tmp_path / "call.wav", 0)
            await far.hear()
            for n in range(10):
                far.say(lease, speech(n, bytes([ULAW.silence]) * FRAME, payload_type=0))
                await far.hear()
            client.point(lease, "127.0.0.1", far.port, ULAW.payload_type, None)
            await far.hear_until(lambda packet: packet.payload_type == 0)
            client.release(lease)
            await ear.wait(lambda ear: ear.ended)

    run(ring())
    found = read((tmp_path / "call.wav").read_bytes())
    assert found.law is ALAW
    assert set(b"".join(found.channels)) == {ALAW.silence}


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


def test_ports_run_out_rest_two_seconds_and_come_back() -> None:
    clock = [1_000_000]

    async def ring() -> None:
        async with media(free_range(2), lambda: clock[0]) as client:
            first, second = client.lease(ear := Ear()), client.lease(Ear())
            assert first
            assert second
            assert {first.port % 2, second.port % 2} == {0}
            assert client.lease(Ear()) is None
            client.release(first)
            await ear.wait(lambda ear: ear.ended)
            clock[0] += 1999
            assert client.lease(Ear()) is None
            clock[0] += 1
            again = client.lease(Ear())
            assert again
            assert again.port == first.port

    run(ring())


def test_a_port_in_use_is_skipped_and_a_range_in_use_is_named() -> None:
    async def ring() -> None:
        ports = free_range(2)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", ports.start + 1))
            async with media(ports) as client:
                lease = client.lease(Ear())
                assert lease
                assert lease.port == ports.start + 2
                assert client.lease(Ear()) is None
            with pytest.raises(Misconfigured, match=f"No RTP port of {ports.start}–{ports.start + 1} is free"):
                await MediaClient("127.0.0.1", ports[:2], now_ms).start()

    run(ring())


def test_killed_it_leaves_a_playable_file_tells_its_calls_and_comes_back(tmp_path: Path) -> None:
    recording = tmp_path / "call.wav"

    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, recording, 0)
            client.play(lease, 1, [Tone("%(100,100,400);loops=-1")])
            await far.hear_until(lambda _: recording.exists() and recording.stat().st_size > 16_000)
            assert client.pid
            os.kill(client.pid, signal.SIGKILL)
            await ear.wait(lambda ear: ear.ended)
            assert ear.ended == ["gone"]
            assert client.ill() == "the media process is not running"
            assert client.lease(Ear()) is None
            client.stop(lease)
            async with asyncio.timeout(PATIENCE_S):
                while client.ill():  # noqa: ASYNC110 – nobody is told when it is back
                    await asyncio.sleep(0.01)
            lease, ear = call(client, far)
            client.play(lease, 1, [Silence(20)])
            await ear.wait(lambda ear: ear.plays)

    run(ring())
    left, right = read(recording.read_bytes()).channels
    assert len(left) == len(right) > 8000
    assert left.strip(bytes([ALAW.silence]))


def test_closing_completes_the_recordings_and_ends_the_process(tmp_path: Path) -> None:
    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, tmp_path / "call.wav", 0)
            await far.hear(10)
            pid = client.pid
            assert pid
            os.kill(pid, signal.SIGINT)  # a Ctrl-C in the terminal is the service's business
            await far.hear(2)
        assert ear.ended == ["gone"]
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    run(ring())
    left, _ = read((tmp_path / "call.wav").read_bytes()).channels
    assert len(left) >= 9 * FRAME


def test_a_recording_that_cannot_be_written_does_not_end_the_call(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    async def ring() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, tmp_path / "file" / "call.wav", 0)
            await far.hear(5)
            client.release(lease)
            await ear.wait(lambda ear: ear.ended)
            assert (ear.ended, ear.figures.record_bytes) == (["closed"], 0)

    run(ring())
