"""What every driver does with digits sent, calls handed on and calls connected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from outdial.switch.port import Answered, Call, Digit, Silence
from outdial.switch.simulated import SimulatedSwitch
from tests.contracts.test_switch import (
    LISTENS,
    PRESSES,
    REFUSES_REFER,
    SILENT,
    TELLS_NOTHING,
    Driver,
    Embedded,
    Simulated,
    Stage,
    end_of,
    the_rest,
    until,
)


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    driver = Embedded(33_600)
    yield driver
    driver.close()


@pytest.fixture(params=["simulated", "embedded"])
def driver(request: pytest.FixtureRequest) -> Driver:
    driver: Driver = Simulated() if request.param == "simulated" else request.getfixturevalue("embedded")
    return driver


async def answered(stage: Stage, number: str) -> Call:
    call = stage.ring(number)
    await until(call, Answered)
    return call


def keys_at(stage: Stage, call: Call) -> str:
    """What the far end of a call heard pressed."""
    if stage.carrier is None:
        assert isinstance(stage.switch, SimulatedSwitch)
        rows = stage.switch.log.rows
        return "".join(event[4:] for _, event, call_id, _ in rows if event.startswith("key ") and call_id == call.id)
    entries = stage.carrier.journal.entries
    return "".join(e.more["key"] for e in entries if e.event == "key" and e.call == call.id)


async def key_at(stage: Stage, call: Call) -> None:
    """Returns when its far end has heard one."""
    if stage.carrier is not None:
        await stage.carrier.journal.until(lambda _: bool(keys_at(stage, call)))


async def hang_up(*calls: Call) -> None:
    for call in calls:
        call.hang_up("NORMAL_CLEARING", "F")
    for call in calls:
        assert end_of(await the_rest(call)) == ("NORMAL_CLEARING", 200, "F")


def test_digits_arrive_once_each_in_order(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = await answered(stage, LISTENS)
        assert await call.send_digits("19w#*A", 100) == "sent"
        assert keys_at(stage, call) == "19#*A"
        await hang_up(call)

    driver.run(scenario)


def test_no_digits_to_a_call_that_is_not_answered_or_over(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        ringing, call = stage.ring(SILENT), await answered(stage, LISTENS)
        assert await ringing.send_digits("1", 100) == "unsupported"
        ringing.hang_up("NORMAL_CLEARING", "B")
        await the_rest(ringing)
        sending = asyncio.create_task(call.send_digits("WWWW1", 100))
        await asyncio.sleep(0.05)
        await hang_up(call)
        assert await sending == "hungup"
        assert await call.send_digits("1", 100) == "hungup"

    driver.run(scenario)


def test_a_call_is_handed_on(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = await answered(stage, LISTENS)
        referral = await call.refer(LISTENS)
        assert (referral.end, referral.code) == ("transferred", 200)
        await hang_up(call)

    driver.run(scenario)


def test_a_refused_transfer_leaves_the_call_up(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = await answered(stage, REFUSES_REFER)
        referral = await call.refer(LISTENS)
        assert (referral.end, referral.code) == ("refused", 603)
        assert (await call.play([Silence(60)])).end == "done"
        await hang_up(call)

    driver.run(scenario)


def test_a_transfer_that_is_cut_off_by_the_end(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = await answered(stage, TELLS_NOTHING)
        referring = asyncio.create_task(call.refer("sip:1@127.0.0.1"))
        await asyncio.sleep(0.1)
        await hang_up(call)
        assert (await referring).end == "hungup"
        assert (await call.refer("1")).end == "hungup"

    driver.run(scenario)


def test_a_target_must_be_one(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = await answered(stage, LISTENS)
        with pytest.raises(ValueError, match=r"."):
            await call.refer("")
        await hang_up(call)

    driver.run(scenario)


def test_keys_pass_from_one_connected_call_to_the_other_and_are_reported_too(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        listener = await answered(stage, LISTENS)
        presser = stage.ring(PRESSES)
        await until(presser, Answered)
        presser.connect(listener)
        assert (await until(presser, Digit)).digit == "1"
        await key_at(stage, listener)
        assert keys_at(stage, listener) == "1"
        assert keys_at(stage, presser) == ""
        await hang_up(listener, presser)

    driver.run(scenario)


def test_connecting_stops_what_played_and_parting_leaves_both_up(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        first, second = await answered(stage, LISTENS), await answered(stage, LISTENS)
        playing = asyncio.create_task(first.play([Silence(0)]))
        await asyncio.sleep(0.1)
        first.connect(second)
        assert (await playing).end == "stopped"
        second.part()
        first.part()
        assert (await first.play([Silence(60)])).end == "done"
        assert (await second.play([Silence(60)])).end == "done"
        await hang_up(first, second)

    driver.run(scenario)


def test_the_end_of_one_leaves_the_other_up(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        first, second = await answered(stage, LISTENS), await answered(stage, LISTENS)
        first.connect(second)
        await hang_up(first)
        assert (await second.play([Silence(60)])).end == "done"
        await hang_up(second)

    driver.run(scenario)
