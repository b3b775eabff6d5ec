"""Every field of an after-flow's and a pre-flow's answer, on record (flow-engine §5.2, §5.3)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from outdial.store import lists, variables
from outdial.switch.simulated import Person
from tests.dialer.world import Setup, World, simulate

BUSY = Person(answers_after=300, refuses_with=486)
ANSWERS = Person(rings_after=100, answers_after=2000)
HOUR = 3600


def recorded(after: dict[str, Any], columns: str, expected: Any, folder: Path, **setup: Any) -> None:
    """What is in the member's row after one busy call with this answer."""

    async def test(world: World) -> None:
        await world.dial(20)
        assert world.switch.log.count("invite") == 1
        [row] = await world.rows("member", columns)
        assert row == expected

    simulate(test, folder, lambda order: BUSY, Setup(after=[{"set": {"why": "busy"}}, after], **setup))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"success": {}}, (1, "success")),
        ({"abandoned": {"status": "success"}}, (1, "success")),
        ({"abandoned": {"status": "anything"}}, (1, "")),
        ({"abandoned": {"maxAttempts": "1"}}, (1, "abandoned")),
        ({"abandoned": {"display": True}}, (1, "")),
        ({"retry": {"sleep": 100, "nextResource": True}}, (1, "")),
        ({"cancel": {"stop": True}}, (1, "")),  # the wrong kind of answer: the queue's own rule
        ({"confirm": {}}, (1, "")),
    ],
)
def test_whether_the_member_is_done(answer: dict[str, Any], expected: tuple[int, str], tmp_path: Path) -> None:
    recorded(answer, "attempts, stop_cause", expected, tmp_path)


@pytest.mark.parametrize(
    ("wait", "seconds"), [({"waitBetweenRetries": "3600"}, 3600), ({"waitBetweenRetries": 0}, 1800), ({}, 1800)]
)
def test_how_long_it_waits(wait: dict[str, Any], seconds: int, tmp_path: Path) -> None:
    recorded({"abandoned": wait}, "(ready_at - last_hangup_at) / 1000", (seconds,), tmp_path)


def test_its_agent_and_its_variables(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(20)
        [(agent, kept)] = await world.rows("member", "agent_id, variables")
        assert (agent, json.loads(kept)) == (7, {"city": "Kyiv", "why": "busy"})
        [(text, agent)] = await world.rows("attempt_history", "description, agent_id")
        assert (text, agent) == ("told busy", 7)

    answer = {"agentId": "7", "description": "told ${why}", "export": ["why"]}
    setup = Setup(after=[{"set": {"why": "busy"}}, {"abandoned": answer}], variables={"city": "Kyiv"})
    simulate(test, tmp_path, lambda order: BUSY, setup)


def test_a_success_exports_too(tmp_path: Path) -> None:
    recorded({"success": {"export": ["why"]}}, "json_extract(variables, '$.why')", ("busy",), tmp_path)


def test_quirk_what_a_retry_exports_is_lost(tmp_path: Path) -> None:
    recorded({"retry": {"export": ["why"]}}, "json_extract(variables, '$.why')", (None,), tmp_path)


def test_the_number_is_excluded_and_the_others_go_on(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(2 * HOUR)
        rung = [number for _, event, _, number in world.switch.log.rows if event == "invite"]
        assert rung == ["1", "2"]
        assert await world.rows("member", "stop_cause") == [("no_communications",)]

    setup = Setup(numbers=[["1", "2"]], after=[{"abandoned": {"excludeCurrentCommunication": "true"}}])
    simulate(test, tmp_path, lambda order: BUSY, setup)


@pytest.mark.parametrize(("redial", "second"), [(True, "1"), (False, "2")])
def test_a_redial_puts_the_number_first_in_turn_again(redial: bool, second: str, tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(0.75 * HOUR)
        rung = [number for _, event, _, number in world.switch.log.rows if event == "invite"]
        assert rung == ["1", second]

    setup = Setup(numbers=[["1", "2"]], after=[{"abandoned": {"redial": redial}}])
    simulate(test, tmp_path, lambda order: BUSY, setup)


@pytest.mark.parametrize(
    ("answer", "expected", "invites"),
    [
        ({"cancel": {"stop": True, "description": "no ${why}"}}, (0, "cancel"), 0),
        ({"cancel": {"waitBetweenRetries": "3600"}}, (0, ""), 0),
        ({"confirm": {}}, (1, ""), 1),
        ({"set": {"a": 1}}, (1, ""), 1),
        ({"abandoned": {}}, (1, ""), 1),
        ({"nothing of the kind": {}}, (1, ""), 1),
    ],
)
def test_every_answer_before_the_call(
    answer: dict[str, Any], expected: tuple[int, str], invites: int, tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        await world.dial(20)
        assert await world.rows("member", "attempts, stop_cause") == [expected]
        assert world.switch.log.count("invite") == invites
        if invites == 0:
            [(result, text, wait)] = await world.rows("attempt_history", "result, description, leaving_at")
            assert result == "cancel"
            assert text == ("no wish" if expected[1] else "")
            [(ready,)] = await world.rows("member", "ready_at")
            assert ready == (wait if expected[1] else wait + HOUR * 1000)

    setup = Setup(before=[{"set": {"why": "wish"}}, answer], after=None)
    simulate(test, tmp_path, lambda order: BUSY, setup)


def test_what_confirm_exports_is_seen_in_the_call_and_after_it_but_not_stored(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        [(seen,)] = await world.rows("call_history", "json_extract(variables, '$.seen')")
        assert seen == "gold gold"
        assert await world.rows("member", "json_extract(variables, '$.rank')") == [(None,)]

    before: list[dict[str, Any]] = [{"set": {"rank": "gold"}}, {"confirm": {"export": ["rank"]}}]
    voice: list[dict[str, Any]] = [{"set": {"in_call": "${rank}"}}, {"export": ["in_call"]}, {"hangup": ""}]
    after: list[dict[str, Any]] = [{"set": {"seen": "${in_call} ${rank}"}}, {"export": ["seen"]}]
    simulate(test, tmp_path, lambda order: ANSWERS, Setup(before=before, voice=voice, after=after))


def test_a_number_put_on_a_list_for_a_while_is_taken_off_when_its_time_is_over(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        until = world.loop.now_ms() + 60_000
        await world.store.write(
            lambda conn: lists.add_number(conn, world.domain_id, world.list_id, "5", expire_at=until)
        )
        await world.dial(50)
        assert await world.rows("list_number", "number") == [("5",)]
        await world.next_start().dial(60)
        assert await world.rows("list_number", "number") == []

    simulate(test, tmp_path, lambda order: BUSY)


def test_a_flow_that_runs_sees_a_global_variable_that_changed_meanwhile(tmp_path: Path) -> None:
    """Within the ten seconds of the cache."""

    async def test(world: World) -> None:
        async def change() -> None:
            await world.store.write(lambda conn: variables.put(conn, world.domain_id, "rate", "42", encrypt=False))

        world.loop.call_later(4.0, lambda: world.loop.create_task(change()))
        await world.dial(60)
        assert await world.rows("call_history", "json_extract(variables, '$.seen')") == [(" 42",)]

    voice: list[dict[str, Any]] = [
        {"set": {"first": "$${rate}"}}, {"sleep": 15_000}, {"set": {"seen": "${first} $${rate}"}},
        {"export": ["seen"]}, {"hangup": ""},
    ]  # fmt: skip
    simulate(test, tmp_path, lambda order: ANSWERS, Setup(voice=voice, after=None))
