"""Recordings, echoes and sounds under others, the same from every driver of the telephony port."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from outdial.audio.wav import read
from outdial.switch.port import Answered, Sides, Silence, Tape, Tone
from tests.contracts.test_switch import LISTENS, Driver, Embedded, Simulated, Stage, the_rest, until


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    driver = Embedded(33_400)
    yield driver
    driver.close()


@pytest.fixture(params=["simulated", "embedded"])
def driver(request: pytest.FixtureRequest) -> Driver:
    driver: Driver = Simulated() if request.param == "simulated" else request.getfixturevalue("embedded")
    return driver


@pytest.mark.parametrize(("sides", "channels"), [("both", 2), ("mixed", 1), ("heard", 1)])
def test_a_recording_ends_at_its_limit(driver: Driver, tmp_path: Path, sides: Sides, channels: int) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS)
        await until(call, Answered)
        taped = await call.record(Tape(tmp_path / "a.wav", sides, max_ms=300)).ended()
        assert (taped.end, taped.ms, taped.size) == ("limit", 300, (tmp_path / "a.wav").stat().st_size)
        recorded = read((tmp_path / "a.wav").read_bytes()).channels
        assert [len(channel) for channel in recorded] == [2400] * channels
        assert recorded[-1].strip(b"\xd5\x55"), "the person said something"
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)

    driver.run(scenario)


def test_a_recording_ends_after_so_much_silence(driver: Driver, tmp_path: Path) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS)
        await until(call, Answered)
        tape = Tape(tmp_path / "a.wav", "heard", max_ms=10_000, silence_level=200, silence_ms=600)
        taped = await call.record(tape).ended()
        assert taped.end == "silence"
        assert 600 <= taped.ms < 3000
        (heard,) = read((tmp_path / "a.wav").read_bytes()).channels
        assert len(heard) == taped.ms * 8
        assert not heard[-580 * 8 :].strip(b"\xd5\x55"), "but for the 20 ms in which the last word ended"
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)

    driver.run(scenario)


def test_recordings_end_when_told_and_with_the_call(driver: Driver, tmp_path: Path) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS)
        await until(call, Answered)
        first, second = (call.record(Tape(tmp_path / f"{n}.wav")) for n in (1, 2))
        await call.play([Silence(200)])
        first.stop()
        first.stop()
        assert (await first.ended()).end == "stopped"
        await call.play([Silence(100)])
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)
        taped = await second.ended()
        assert taped.end == "hungup"
        assert taped.size == (tmp_path / "2.wav").stat().st_size > (tmp_path / "1.wav").stat().st_size
        late = await call.record(Tape(tmp_path / "3.wav")).ended()
        assert (late.end, late.size, (tmp_path / "3.wav").exists()) == ("hungup", 0, False)

    driver.run(scenario)


def test_an_echo_lasts_until_it_is_stopped(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS)
        await until(call, Answered)
        echo = asyncio.create_task(call.echo(0))
        await asyncio.sleep(0.3)
        call.stop_playing()
        assert (await echo).end == "stopped"
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)

    driver.run(scenario)


def test_a_sound_under_others_ends_nothing(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS)
        await until(call, Answered)
        call.play_under("music", Tone("%(100,100,425)"), 10)
        assert (await call.play([Silence(100)])).end == "done"
        call.stop_under("music")
        call.stop_under("music")
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)
        call.play_under("music", Tone("%(100,100,425)"), 10)

    driver.run(scenario)
