"""What outlasts a packet: recordings, ports, and the process itself, killed and closed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from outdial.audio.law import ALAW, FRAME, ULAW
from outdial.audio.wav import read
from outdial.domain.errors import Misconfigured
from outdial.switch.embedded.media.client import MediaClient
from outdial.switch.port import Silence, Tone
from tests.media.far_end import (
    PATIENCE_S,
    PROMPT,
    QUIET,
    Ear,
    FarEnd,
    call,
    free_range,
    media,
    now_ms,
    prompt,
    run,
    speech,
)


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
