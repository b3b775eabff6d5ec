"""What every driver does with digits sent, calls handed on and calls connected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from outdial.switch.port import Answered, Call, Digit, Silence
from tests.contracts.switches import Driver, Embedded, Simulated, Stage, end_of, the_rest, until

LISTENS, PRESSES, SILENT, REFUSES, MUM = "100", "180", "154", "120", "121"


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    driver = Embedded(33_400)
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


async def hang_up(*calls: Call) -> None:
    for call in calls:
        call.hang_up("NORMAL_CLEARING", "F")
    for call in calls:
        assert end_of(await the_rest(call)) == ("NORMAL_CLEARING", 200, "F")


def test_digits_arrive_once_each_in_order(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = await answered(stage, LISTENS)
        assert await call.send_digits("19w#*A", 100) == "sent"
        assert stage.keys_at(call) == "19#*A"
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
        call = await answered(stage, REFUSES)
        referral = await call.refer(LISTENS)
        assert (referral.end, referral.code) == ("refused", 603)
        assert (await call.play([Silence(60)])).end == "done"
        await hang_up(call)

    driver.run(scenario)


def test_a_transfer_that_is_cut_off_by_the_end(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = await answered(stage, MUM)
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
        await stage.key_at(listener)
        assert stage.keys_at(listener) == "1"
        assert stage.keys_at(presser) == ""
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
