"""What the flows of an attempt did stays with its call, or with the attempt when nobody was called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from outdial.store import history, variables
from outdial.switch.port import Order
from outdial.switch.simulated import Person
from tests.dialer.world import Setup, World, simulate


def answers(order: Order) -> Person:
    return Person(answers_after=1000)


async def steps(world: World) -> list[dict[str, Any]]:
    [(trace,)] = await world.rows("call_history", "flow_trace")
    return list(json.loads(trace))


def test_every_flow_of_an_attempt_is_in_the_trace_of_its_call(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(30)
        assert [(step["flow"], step["app"]) for step in await steps(world)] == [
            ("before", "confirm"),
            ("voice", "log"),
            ("voice", "hangup"),
            ("after", "success"),
            ("disconnected", "set"),
        ]
        [(attempt_id, schema_ids)] = await world.rows("call_history", "attempt_id, schema_ids")
        queue = await world.queue()
        ids = [queue[name]["id"] for name in ("do_schema", "schema", "after_schema")]
        assert json.loads(schema_ids) == ids
        assert [step["schema_id"] for step in await steps(world)] == [str(ids[n]) for n in (0, 1, 1, 2, 1)]
        found = await world.read(lambda conn: history.get(conn, world.domain_id, attempt_id))
        assert found["flow_trace"] == await steps(world)
        assert await world.rows("attempt_history", "flow_trace") == [(None,)]

    setup = Setup(
        before=[{"confirm": {}}],
        voice=[{"trigger": {"disconnected": [{"set": {"a": "1"}}]}}, {"log": "hello"}, {"hangup": ""}],
        after=[{"success": {}}],
    )
    simulate(test, tmp_path, answers, setup)


def test_an_attempt_that_the_pre_flow_called_off_keeps_it_itself(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(30)
        [(attempt_id,)] = await world.rows("attempt_history", "id")
        found = await world.read(lambda conn: history.get(conn, world.domain_id, attempt_id))
        (step,) = found["flow_trace"]
        assert (step["flow"], step["app"], step["args"]["description"]) == ("before", "cancel", "no")

    flow = [{"cancel": {"description": "no", "waitBetweenRetries": "60"}}]
    simulate(test, tmp_path, answers, Setup(before=flow))


def test_the_value_of_an_encrypted_variable_is_in_no_trace(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        secret = {"name": "key", "value": "sesame", "encrypt": True}
        await world.store.write(lambda conn: variables.create(conn, world.domain_id, secret))
        await world.store.write(
            lambda conn: variables.create(conn, world.domain_id, {"name": "city", "value": "Kyiv", "encrypt": False})
        )
        await world.dial(30)
        found = await steps(world)
        assert "sesame" not in str(found)
        assert [step["result"] for step in found if step["app"] == "log"] == ["•••• Kyiv"] * 3

    log: dict[str, Any] = {"log": "$${key} $${city}"}
    setup = Setup(before=[log], voice=[log, {"hangup": ""}], after=[log])
    simulate(test, tmp_path, answers, setup)
