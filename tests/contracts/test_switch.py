"""What every driver of the telephony port does: the simulated carrier and real SIP give the same story."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pytest

from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from outdial.domain.errors import CallRefused
from outdial.domain.resource import EarlyMedia, Gateway
from outdial.flow.virtual import VirtualLoop
from outdial.switch.embedded.config import SwitchConfig
from outdial.switch.embedded.switch import EmbeddedSwitch
from outdial.switch.port import Answered, Call, CallEvent, Digit, HungUp, Order, Referral, Ringing, Silence, Switch
from outdial.switch.simulated import Person, SimulatedSwitch

LISTENS, HANGS_UP, BUSY, DECLINES, SILENT, PRESSES, EARLY = "100", "130", "140", "150", "154", "180", "175"
REFUSES_REFER, TELLS_NOTHING = "120", "121"
"""Numbers whose last two digits say how they behave (the test carrier's table)."""

PEOPLE = {
    LISTENS: Person(speaks=((0, 800),)),
    HANGS_UP: Person(hangs_up_after=300),
    BUSY: Person(rings_after=None, refuses_with=486),
    DECLINES: Person(refuses_with=603),
    SILENT: Person(answers_after=None),
    PRESSES: Person(presses=((100, "1"),)),
    EARLY: Person(early_media=True),
    REFUSES_REFER: Person(referral=Referral("refused", 603)),
    TELLS_NOTHING: Person(referral=Referral("timeout", 202)),
}


@dataclass
class Stage:
    """A started switch and a trunk behind which the numbers above live."""

    switch: Switch
    gateway: Gateway
    carrier: Carrier | None = None
    """Behind a real trunk."""
    calls: int = 0

    def prepare(self, number: str, early: EarlyMedia = "", ring_timeout_ms: int = 10_000) -> Call:
        self.calls += 1
        order = Order(
            call_id=f"contract-{id(self):x}-{self.calls}",
            destination=number,
            gateway=self.gateway,
            display="700",
            ignore_early_media=early,
            ring_timeout_ms=ring_timeout_ms,
        )
        return self.switch.prepare(order)

    def ring(self, number: str, early: EarlyMedia = "", ring_timeout_ms: int = 10_000) -> Call:
        call = self.prepare(number, early, ring_timeout_ms)
        call.ring()
        return call


E = TypeVar("E", bound=CallEvent)
Scenario = Callable[[Stage], Awaitable[None]]


class Driver(Protocol):
    def run(self, scenario: Scenario) -> None: ...


class Simulated:
    def run(self, scenario: Scenario) -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            loop = runner.get_loop()
            assert isinstance(loop, VirtualLoop)
            switch = SimulatedSwitch(lambda order: PEOPLE[order.destination], loop.now_ms)

            async def play() -> None:
                await switch.start()
                await scenario(Stage(switch, Gateway(1, "virtual", True, "127.0.0.1")))
                await switch.close()

            runner.run(play())


class Embedded:
    """One switch and one carrier for many scenarios: starting the media process takes its time."""

    def __init__(self, rtp_first: int) -> None:
        self._rtp_first = rtp_first
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.stage = self._runner.run(self._open())

    async def _open(self) -> Stage:
        times = Times(ring_ms=(5, 10), pick_up_ms=(60, 90), hang_up_ms=300, press_ms=100)
        carrier = await self._stack.enter_async_context(Carrier(Config(times=times)))
        config = SwitchConfig(sip_port=0, rtp_first=self._rtp_first, rtp_last=self._rtp_first + 199)
        switch = EmbeddedSwitch(config, lambda: time.time_ns() // 1_000_000)
        await switch.start()
        self._stack.push_async_callback(switch.close)
        host, port = carrier.address
        return Stage(switch, Gateway(1, "carrier", True, f"{host}:{port}", host=host), carrier)

    def run(self, scenario: Scenario) -> None:
        async def play() -> None:
            async with asyncio.timeout(20):
                await scenario(self.stage)

        self._runner.run(play())

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    driver = Embedded(33_000)
    yield driver
    driver.close()


@pytest.fixture(params=["simulated", "embedded"])
def driver(request: pytest.FixtureRequest) -> Driver:
    driver: Driver = Simulated() if request.param == "simulated" else request.getfixturevalue("embedded")
    return driver


async def the_rest(call: Call) -> list[CallEvent]:
    return [event async for event in call.events()]


async def until(call: Call, kind: type[E]) -> E:
    """Reads on to the first event of this kind; the rest can be read after it."""
    async for event in call.events():
        if isinstance(event, kind):
            return event
    raise AssertionError(f"no {kind.__name__} came")


def end_of(events: list[CallEvent]) -> tuple[str, int, str]:
    """Cause, SIP code and who; HungUp is the last event and the only one of its kind."""
    ends = [event for event in events if isinstance(event, HungUp)]
    assert len(ends) == 1
    assert events[-1] is ends[0]
    return ends[0].cause, ends[0].sip_code, ends[0].by


def test_a_person_answers_listens_and_is_hung_up_on(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS)
        ringing = await until(call, Ringing)
        answered = await until(call, Answered)
        played = await call.play([Silence(100), Silence(60)])
        assert (played.end, played.ms) == ("done", 160)
        assert played.first_packet_at >= answered.at >= ringing.at
        call.hang_up("NORMAL_CLEARING", "F")
        events = await the_rest(call)
        assert end_of(events) == ("NORMAL_CLEARING", 200, "F")
        assert isinstance(events[-1], HungUp)
        assert events[-1].at >= answered.at

    driver.run(scenario)


def test_a_dialog_is_there_before_the_invite_and_with_the_answer(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.prepare(LISTENS)
        assert call.dialog
        call.ring()
        answered = await until(call, Answered)
        assert answered.dialog == call.dialog
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)

    driver.run(scenario)


@pytest.mark.parametrize(("number", "end"), [(BUSY, ("USER_BUSY", 486, "A")), (DECLINES, ("CALL_REJECTED", 603, "A"))])
def test_a_refusal_has_its_cause_and_no_answer(driver: Driver, number: str, end: tuple[str, int, str]) -> None:
    async def scenario(stage: Stage) -> None:
        events = await the_rest(stage.ring(number))
        assert end_of(events) == end
        assert not any(isinstance(event, Answered) for event in events)

    driver.run(scenario)


def test_nobody_answers_in_time(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        events = await the_rest(stage.ring(SILENT, ring_timeout_ms=200))
        assert end_of(events) == ("NO_ANSWER", 487, "B")
        assert isinstance(events[0], Ringing)

    driver.run(scenario)


def test_the_answer_stops_the_ring_timer(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS, ring_timeout_ms=250)
        await until(call, Answered)
        assert (await call.play([Silence(400)])).end == "done"
        call.hang_up("NORMAL_CLEARING", "F")
        assert end_of(await the_rest(call)) == ("NORMAL_CLEARING", 200, "F")

    driver.run(scenario)


def test_we_hang_up_while_it_rings(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(SILENT)
        await until(call, Ringing)
        call.hang_up("MANAGER_REQUEST", "B")
        call.hang_up("NORMAL_CLEARING", "F")  # too late: the first one counts
        assert end_of(await the_rest(call)) == ("MANAGER_REQUEST", 487, "B")

    driver.run(scenario)


def test_a_call_given_back_before_it_rang_ends_too(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.prepare(LISTENS)
        call.hang_up("NORMAL_CLEARING", "B")
        call.ring()
        assert end_of(await the_rest(call)) == ("NORMAL_CLEARING", 487, "B")

    driver.run(scenario)


def test_the_person_hangs_up_while_we_play(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(HANGS_UP)
        await until(call, Answered)
        played = await call.play([Silence(0)])
        assert played.end == "hungup"
        assert end_of(await the_rest(call)) == ("NORMAL_CLEARING", 200, "A")

    driver.run(scenario)


def test_keys_are_reported_once_each(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(PRESSES)
        await until(call, Answered)
        digit = await until(call, Digit)
        assert digit.digit == "1"
        assert digit.ms > 0
        call.hang_up("NORMAL_CLEARING", "F")
        assert not any(isinstance(event, Digit) for event in await the_rest(call))

    driver.run(scenario)


@pytest.mark.parametrize(
    ("rule", "early"), [("", True), ("false", True), ("true", False), ("consume", False), ("ring_ready", False)]
)
def test_early_media_is_offered_unless_the_order_ignores_it(driver: Driver, rule: EarlyMedia, early: bool) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(EARLY, early=rule)
        ringing = await until(call, Ringing)
        assert (ringing.code, ringing.early_media) == (183, early)
        await until(call, Answered)
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)

    driver.run(scenario)


def test_playing_is_stopped(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS)
        await until(call, Answered)
        playing = asyncio.create_task(call.play([Silence(0)]))
        await asyncio.sleep(0.1)
        call.stop_playing()
        assert (await playing).end == "stopped"
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)

    driver.run(scenario)


def test_a_second_play_stops_the_first(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(LISTENS)
        await until(call, Answered)
        first = asyncio.create_task(call.play([Silence(0)]))
        await asyncio.sleep(0.1)
        assert (await call.play([Silence(100)])).end == "done"
        assert (await first).end == "stopped"
        call.hang_up("NORMAL_CLEARING", "F")
        await the_rest(call)

    driver.run(scenario)


def test_after_the_end_nothing_does_anything(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        call = stage.ring(BUSY)
        await the_rest(call)
        call.ring()
        call.stop_playing()
        call.hang_up("NORMAL_CLEARING", "F")
        assert (await call.play([Silence(0)])).end == "hungup"
        assert call.figures.record_bytes == 0

    driver.run(scenario)


def test_calls_do_not_hear_each_other(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        calls = {number: stage.ring(number) for number in (HANGS_UP, BUSY, DECLINES)}
        assert len({call.id for call in calls.values()}) == 3
        ends = {number: end_of(await the_rest(call))[0] for number, call in calls.items()}
        assert ends == {HANGS_UP: "NORMAL_CLEARING", BUSY: "USER_BUSY", DECLINES: "CALL_REJECTED"}

    driver.run(scenario)


def test_a_healthy_switch_says_so(driver: Driver) -> None:
    async def scenario(stage: Stage) -> None:
        assert stage.switch.ill() is None
        assert stage.switch.why_unreachable(stage.gateway) is None
        await stage.switch.set_gateways([stage.gateway])
        await stage.switch.set_gateways([stage.gateway])

    driver.run(scenario)


@pytest.mark.parametrize("kind", ["simulated", "embedded"])
def test_closing_ends_every_call_and_takes_no_more(kind: str) -> None:
    driver: Simulated | Embedded = Simulated() if kind == "simulated" else Embedded(33_200)

    async def scenario(stage: Stage) -> None:
        talking, ringing = stage.ring(LISTENS), stage.ring(SILENT)
        await until(talking, Answered)
        await until(ringing, Ringing)
        ends = asyncio.gather(the_rest(talking), the_rest(ringing))
        await stage.switch.close()
        first, second = await ends
        assert end_of(first) == ("SYSTEM_SHUTDOWN", 200, "service")
        assert end_of(second) == ("SYSTEM_SHUTDOWN", 487, "service")
        with pytest.raises(CallRefused):
            stage.prepare(LISTENS)

    driver.run(scenario)
    if isinstance(driver, Embedded):
        driver.close()
