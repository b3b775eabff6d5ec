"""The store goes away, dawdles, or loses an answer at every moment of a campaign, on virtual time."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from outdial.domain.beat import BEAT_S
from outdial.domain.errors import StoreUnavailable
from outdial.store import lists, media
from outdial.store.base import Store
from outdial.switch.port import Order
from outdial.switch.simulated import Person
from tests.dialer.fickle import FickleStore, How
from tests.dialer.world import Setup, Test, World, simulate

ANSWERS = Person(rings_after=100, answers_after=2000)
ONCE = {"max_attempts": 1}


RPS = 2


def trouble(test: Any, folder: Path, setup: Setup | None = None, person: Person = ANSWERS) -> None:
    """Runs ``test(world, store)``."""
    made: list[FickleStore] = []

    def fickle(store: Store) -> Store:
        made.append(FickleStore(store))
        return made[0]

    def behaviour(order: Order) -> Person:
        return person

    wanted = setup or Setup()
    wanted.store = fickle
    run: Test = lambda world: test(world, made[0])  # noqa: E731
    simulate(run, folder, behaviour, wanted)


def invites(world: World) -> list[str]:
    return [number for _, event, _, number in world.switch.log.rows if event == "invite"]


BEFORE: list[dict[str, Any]] = [{"set": {"x": "${y}"}}]
CALLS = 34
"""More than the campaign below makes of the store from its start; the last ones are past its end."""


@pytest.mark.parametrize("how", ["refused", "answer lost"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_one_failure_anywhere_rings_everybody_once_and_loses_nobody(tmp_path: Path, call: int, how: How) -> None:
    async def test(world: World, store: FickleStore) -> None:
        store.fails[store.calls + call] = how
        await world.dial(300)
        store.fails.clear()
        assert sorted(invites(world)) == ["1", "2"]
        sql = "destination, cause, result"
        assert await world.rows("call_history", sql) == [(n, "NORMAL_CLEARING", "success") for n in ("1", "2")]
        assert await world.rows("attempt", "count(*)") == [(0,)]
        assert await world.rows("member", "attempts, stop_cause <> ''") == [(1, 1), (1, 1)]

    trouble(test, tmp_path, Setup(numbers=[["1"], ["2"]], payload=ONCE, before=BEFORE, rps=1))


def test_a_call_outlives_the_store_and_is_recorded_with_its_own_end(tmp_path: Path) -> None:
    async def test(world: World, store: FickleStore) -> None:
        world.loop.call_later(5, setattr, store, "away", True)
        world.loop.call_later(100, setattr, store, "away", False)
        await world.dial(150)
        assert invites(world) == ["380001"]
        sql = "cause, hangup_by, talk_sec, result, hangup_at - created_at"
        assert await world.rows("call_history", sql) == [("NORMAL_CLEARING", "F", 12, "success", 14_000)]

    trouble(test, tmp_path)


def test_a_file_that_was_played_before_is_played_while_the_store_is_away(tmp_path: Path) -> None:
    async def test(world: World, store: FickleStore) -> None:
        for law in ("alaw", "ulaw"):
            world.files.new(f"prompts/hello.{law}").write_bytes(bytes(8000))
        row = {"name": "hello", "mime_type": "audio/wav", "size": 1, "prompt_key": "prompts/hello"}
        made = await store.write(lambda conn: media.create(conn, world.domain_id, row))
        prompts = world.tools.flows.prompts
        known = await prompts.find(world.domain_id, made["id"], "")
        prompts.forget()
        store.away = True
        assert known and await prompts.find(world.domain_id, made["id"], "") == known
        with pytest.raises(StoreUnavailable):
            await prompts.find(world.domain_id, made["id"] + 1, "")

    trouble(test, tmp_path)


def test_a_store_that_hangs_does_not_make_the_call_deaf(tmp_path: Path) -> None:
    """The answer takes 90 seconds to be written; the key that ends the prompt is heard nevertheless."""

    async def test(world: World, store: FickleStore) -> None:
        world.loop.call_later(1, setattr, store, "step_s", 90.0)
        await world.dial(400)
        assert await world.rows("call_history", "cause, talk_sec") == [("NORMAL_CLEARING", 7)]

    trouble(test, tmp_path, Setup(payload=ONCE), Person(answers_after=2000, presses=((7000, "*"),)))


def test_nobody_is_rung_while_the_store_is_away(tmp_path: Path) -> None:
    async def test(world: World, store: FickleStore) -> None:
        store.away = True
        world.loop.call_later(100, setattr, store, "away", False)
        running = asyncio.create_task(world.dialer.run())
        await asyncio.sleep(99)
        assert (invites(world), world.dialer.ill()) == ([], "away")
        await asyncio.sleep(10)
        assert (invites(world), world.dialer.ill()) == (["380001"], None)
        await world.dialer.stop(60)
        await running

    trouble(test, tmp_path)


async def stopped(world: World, after_s: float, drain_s: float) -> float:
    """Starts, stops after so long, and tells how long the stop took."""
    running = asyncio.create_task(world.dialer.run())
    await asyncio.sleep(after_s)
    began = world.loop.time()
    await world.dialer.stop(drain_s)
    running.cancel()
    await asyncio.wait([running])
    return world.loop.time() - began


def test_what_is_being_reserved_while_the_stop_comes_does_not_ring(tmp_path: Path) -> None:
    async def test(world: World, store: FickleStore) -> None:
        store.write_s = 2.0
        await stopped(world, 1.0, 30)
        assert invites(world) == []
        assert await world.rows("attempt_history", "reason") == [("stopping",)]
        assert await world.rows("member", "attempts, stop_cause") == [(0, "")]

    trouble(test, tmp_path)


def test_what_is_being_written_as_offered_while_the_stop_comes_does_not_ring(tmp_path: Path) -> None:
    async def test(world: World, store: FickleStore) -> None:
        store.step_s = 2.0
        await stopped(world, 1.0, 30)
        assert invites(world) == []
        assert await world.rows("attempt_history", "reason") == [("stopping",)]

    trouble(test, tmp_path)


def test_a_stop_does_not_wait_for_pre_flows(tmp_path: Path) -> None:
    async def test(world: World, store: FickleStore) -> None:
        assert await stopped(world, 1.0, 20) < 1
        assert invites(world) == []

    trouble(test, tmp_path, Setup(before=[{"softSleep": 25000}]))


def test_a_commit_that_takes_until_closing_time_rings_nobody(tmp_path: Path) -> None:
    """It is noon, and the calendar closes a minute later."""

    async def test(world: World, store: FickleStore) -> None:
        store.step_s = 90.0
        await world.dial(300)
        assert invites(world) == []
        assert await world.rows("attempt_history", "reason, disposition") == [("outside_hours", "blocked_hours")]

    trouble(test, tmp_path, Setup(hours=(0, 721)))


def test_a_stop_ends_although_the_store_never_comes_back_and_the_next_start_ends_the_attempt(tmp_path: Path) -> None:
    async def test(world: World, store: FickleStore) -> None:
        world.loop.call_later(5, setattr, store, "away", True)
        assert 2 < await stopped(world, 6.0, 2) < 60
        assert world.switch.calls_up == 0
        store.away = False
        assert await world.rows("attempt", "state") == [("bridged",)]
        after = world.next_start()
        await after.dial(10)
        assert len(after.switch.forgotten) == 1
        assert await after.rows("call_history", "cause") == [("CRASH",)]

    trouble(test, tmp_path)


def test_a_stop_list_that_came_during_the_pre_flow_holds(tmp_path: Path) -> None:
    async def test(world: World, store: FickleStore) -> None:
        def change(conn: Any) -> None:
            other = lists.create(conn, world.domain_id, {"name": "other"})["id"]
            lists.add_number(conn, world.domain_id, other, "380001")
            conn.exec_driver_sql(f"UPDATE queue SET dnc_list_id = {other}")
            conn.exec_driver_sql("UPDATE config_revision SET revision = revision + 1")

        world.loop.call_later(2, lambda: world.loop.create_task(store.write(change)))
        await world.dial(60)
        assert invites(world) == []
        assert await world.rows("attempt_history", "result") == [("barred",)]

    trouble(test, tmp_path, Setup(before=[{"softSleep": 5000}]))


def test_a_trunk_that_changed_while_it_was_written_is_not_rung_as_it_was(tmp_path: Path) -> None:
    """The call was prepared for the old address; its member is claimed again, for the new one."""
    rung: list[str] = []

    async def test(world: World, store: FickleStore) -> None:
        def move(conn: Any) -> None:
            conn.exec_driver_sql("UPDATE gateway SET proxy = '127.0.0.1:5999'")
            conn.exec_driver_sql("UPDATE config_revision SET revision = revision + 1")

        def prepared(order: Order) -> Person:
            rung.append(order.gateway.proxy)
            return ANSWERS

        world.switch.behaviour = prepared
        store.before_step(move)
        await world.dial(60)
        assert rung == ["127.0.0.1:5070", "127.0.0.1:5999"]
        assert await world.rows("attempt_history", "reason, cause") == [("", "NORMAL_CLEARING"), ("replanned", "")]
        assert invites(world) == ["380001"]

    trouble(test, tmp_path)


def test_calls_that_overslept_in_the_pre_flow_still_keep_calls_per_second(tmp_path: Path) -> None:
    """The first sleeps longest: without new moments all would leave together. In any second so many leave and no
    more; within it they leave evenly, to a beat."""
    numbers = [[str(n)] for n in range(8)]
    before = [
        {"if": {"expression": f"${{destination}} == '{n}'", "then": [{"softSleep": (8 - n) * 500}]}} for n in range(8)
    ]

    async def test(world: World, store: FickleStore) -> None:
        await world.dial(60)
        at = [t for t, event, _, _ in world.switch.log.rows if event == "invite"]
        assert len(at) == 8
        assert min(later - earlier for earlier, later in zip(at, at[RPS:], strict=False)) >= 999
        assert min(later - earlier for earlier, later in pairwise(at)) >= 1000 / RPS - BEAT_S * 1000

    trouble(test, tmp_path, Setup(numbers=numbers, rps=RPS, before=before))
