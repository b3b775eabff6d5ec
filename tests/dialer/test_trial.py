"""Test calls: somebody's own number is rung with a flow, and each step is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outdial.dialer.engine import Dialer
from outdial.domain.happening import Happening, Moved, Stepped
from outdial.store import commands, drafts
from outdial.switch.simulated import Person
from tests.dialer.test_campaign import ANSWERS, everybody
from tests.dialer.world import Setup, World, simulate

NOBODY_DUE = Setup(numbers=[], voice=[{"sleep": "2000"}, {"set": [{"x": "1"}]}, {"hangup": ""}])


def listening(world: World) -> list[Happening]:
    told: list[Happening] = []
    world.tools = replace(world.tools, tell=told.append)
    world.dialer = Dialer(world.tools, world.dialer._rng, poll_s=60.0)
    return told


async def order(world: World, kind: str = "trial", **wanted: Any) -> None:
    ((schema_id,),) = await world.rows("schema", "id", "name = 'schema'")
    payload = {"schema_id": schema_id, "destination": "380999", "gateway_id": 1, "call_id": "mine", **wanted}
    await world.store.write(lambda conn: commands.add(conn, world.domain_id, kind, payload=payload))


def stages(told: list[Happening]) -> list[str]:
    return [one.stage for one in told if isinstance(one, Moved)]


def test_a_flow_is_heard_and_every_step_of_it_told(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        await order(world, display="100")
        await world.dial(20)
        assert stages(told) == ["offering", "ringing", "bridged", "leaving", "over"]
        steps = [one.step for one in told if isinstance(one, Stepped)]
        assert [(step["path"], step["app"]) for step in steps if "result" not in step] == [
            ("[0]", "sleep"), ("[1]", "set"), ("[2]", "hangup"),
        ]  # fmt: skip
        assert [step["result"] for step in steps if "result" in step][:2] == ["ok", "ok"]
        assert {step["flow"] for step in steps} == {"voice"}
        assert {one.attempt.call_id for one in told} == {"mine"}
        assert await world.rows("bridge_leg", "call_id") == []
        assert await world.rows("call_history", "id") == []

    simulate(test, tmp_path, everybody(ANSWERS), NOBODY_DUE)


def test_the_draft_is_heard_before_it_is_published(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        ((schema_id,),) = await world.rows("schema", "id", "name = 'schema'")
        draft = {"schema": [{"answer": ""}, {"hangup": "USER_BUSY"}]}
        await world.store.write(lambda conn: drafts.put(conn, world.domain_id, schema_id, draft))
        await order(world, draft=True)
        await world.dial(20)
        over = told[-1]
        assert isinstance(over, Moved) and over.facts and over.facts.cause == "USER_BUSY"

    simulate(test, tmp_path, everybody(ANSWERS), NOBODY_DUE)


def test_it_is_hung_up_on_demand_by_its_own_domain_only(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        running = asyncio.create_task(world.dialer.run())
        await order(world)
        await asyncio.sleep(3)
        await world.store.write(lambda conn: commands.add(conn, 1, "trial_end", payload={"call_id": "other"}))
        await asyncio.sleep(0.5)
        assert "leaving" not in stages(told)
        await order(world, "trial_end")
        await asyncio.sleep(1)
        await world.dialer.stop(0)
        await running
        over = told[-1]
        assert isinstance(over, Moved) and over.facts and over.facts.cause == "MANAGER_REQUEST"

    long = replace(NOBODY_DUE, voice=[{"sleep": "60000"}])
    simulate(test, tmp_path, everybody(ANSWERS), long)


@pytest.mark.parametrize(
    ("person", "cause"), [(Person(refuses_with=486), "USER_BUSY"), (Person(answers_after=None), "NO_ANSWER")]
)
def test_who_does_not_answer(tmp_path: Path, person: Person, cause: str) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        await order(world)
        await world.dial(90)
        over = told[-1]
        assert isinstance(over, Moved) and over.facts
        assert (over.facts.cause, over.result) == (cause, "failed")
        assert not [one for one in told if isinstance(one, Stepped)]

    simulate(test, tmp_path, everybody(person), NOBODY_DUE)


def test_an_order_that_is_too_old_and_a_gateway_that_is_off_ring_nobody(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        told = listening(world)
        await order(world)
        await asyncio.sleep(31)
        await world.dial(5)
        await world.store.write(lambda conn: conn.exec_driver_sql("UPDATE gateway SET enable = 0"))
        await order(world)
        world.dialer = world.next_start().dialer
        listener = listening(world)
        await world.dial(5)
        reasons = [one.reason for one in [*told, *listener] if isinstance(one, Moved)]
        assert reasons == ["too_late", "gateway_off"]
        assert world.switch.log.count("invite") == 0

    simulate(test, tmp_path, everybody(ANSWERS), NOBODY_DUE)


def test_what_a_dead_service_left_up_is_ended_at_the_next_start(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        listening(world)
        await order(world)
        later = await world.die(4)
        assert await world.rows("bridge_leg", "call_id, answered") == [("mine", 1)]
        await later.dial(10)
        assert await world.rows("bridge_leg", "call_id") == []

    long = replace(NOBODY_DUE, voice=[{"sleep": "60000"}])
    simulate(test, tmp_path, everybody(ANSWERS), long)
