"""What the dialer tells of its attempts, to those who watch."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from outdial.dialer.engine import Dialer
from outdial.domain.happening import Happening, Moved
from outdial.store import queues
from outdial.switch.simulated import Person
from tests.dialer.test_campaign import ANSWERS, everybody
from tests.dialer.world import Setup, World, simulate


def listening(world: World) -> list[Moved]:
    told: list[Moved] = []

    def tell(happening: Happening) -> None:
        if isinstance(happening, Moved):
            told.append(happening)

    world.tools = replace(world.tools, tell=tell)
    world.dialer = Dialer(world.tools, world.dialer._rng, poll_s=60.0)
    return told


def test_every_stage_of_an_answered_call_with_what_is_known_by_then(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        await world.dial(60)
        assert [moved.stage for moved in told] == ["waiting", "offering", "ringing", "bridged", "leaving", "over"]
        assert [bool(moved.facts) for moved in told] == [False, True, True, True, True, True]
        at = {moved.stage: moved for moved in told}
        bridged, over = at["bridged"].facts, at["over"].facts
        assert bridged and over
        assert bridged.answered_at and not bridged.hangup_at
        assert (over.cause, over.talk_s, at["over"].result) == ("NORMAL_CLEARING", 12, "success")
        assert {(moved.queue_name, moved.resource_name, moved.attempt.member_name) for moved in told} == {
            ("q", "r", "m0")
        }
        assert [moved.at for moved in told] == sorted(moved.at for moved in told)

    simulate(test, tmp_path, everybody(ANSWERS))


def test_a_busy_person_is_never_bridged(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        await world.dial(60)
        assert [moved.stage for moved in told] == ["waiting", "offering", "ringing", "leaving", "over"]
        assert told[-1].facts and told[-1].facts.cause == "USER_BUSY"

    simulate(test, tmp_path, everybody(Person(refuses_with=486)))


def test_an_attempt_that_was_no_call_ends_with_its_reason(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        await world.dial(30)
        waiting, over, *_ = told
        assert (waiting.stage, over.stage) == ("waiting", "over")
        assert (over.reason, over.result, over.facts) == ("preflow_cancel", "cancel", None)

    refuses = Setup(before=[{"cancel": {"description": "not today"}}])
    simulate(test, tmp_path, everybody(ANSWERS), refuses)


def test_what_a_dead_service_left_is_told_when_it_is_on_record(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        later = await world.die(8)
        told = listening(later)
        await later.dial(20)
        assert [(moved.stage, moved.facts and moved.facts.cause) for moved in told] == [("over", "CRASH")]

    simulate(test, tmp_path, everybody(ANSWERS))


def test_a_queue_that_is_stopped_now_ends_its_calls_and_gives_back_what_has_not_rung(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        running = asyncio.create_task(world.dialer.run())
        await asyncio.sleep(5)
        await world.store.write(lambda conn: queues.stop(conn, world.domain_id, world.queue_id))
        await asyncio.sleep(5)
        await world.dialer.stop(0)
        await running
        over = [moved for moved in told if moved.stage == "over"]
        called = [moved.facts.cause for moved in over if moved.facts]
        assert called and set(called) == {"MANAGER_REQUEST"}
        assert {moved.reason for moved in over if not moved.facts} <= {"hung_up", "replanned", "queue_off"}
        assert not (await world.queue())["enabled"]
        assert await world.rows("attempt", "id") == []

    people = Setup(numbers=[[f"38000{n}"] for n in range(9)], rps=2)
    simulate(test, tmp_path, everybody(ANSWERS), people)
