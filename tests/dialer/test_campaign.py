"""The dialer against the simulated carrier: what people experience, and what history says of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from outdial.switch.port import Order
from outdial.switch.simulated import Person
from tests.dialer.world import Setup, World, simulate

HOUR = 3600.0
Flow = list[dict[str, Any]]
ANSWERS = Person(rings_after=100, answers_after=2000)


def everybody(person: Person) -> Callable[[Order], Person]:
    return lambda order: person


def by_number(**people: Person) -> Callable[[Order], Person]:
    return lambda order: people[f"n{order.destination}"]


def test_an_answered_call_plays_to_the_end_and_is_a_success(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        assert await world.rows("call_history", "cause, sip_code, hangup_by, talk_sec, result") == [
            ("NORMAL_CLEARING", 200, "F", 12, "success")
        ]
        assert await world.rows("member", "attempts, stop_cause") == [(1, "success")]
        assert world.switch.log.count("invite") == 1

    simulate(test, tmp_path, everybody(ANSWERS))


def test_a_busy_person_is_rung_again_after_the_hour_of_the_after_flow(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(2.5 * HOUR)
        at = [t for t, event, _, _ in world.switch.log.rows if event == "invite"]
        gaps = [(later - earlier) / 1000 for earlier, later in pairwise(at)]
        assert len(at) == 3 and all(3600 <= gap < 3605 for gap in gaps)
        assert await world.rows("member", "attempts, stop_cause") == [(3, "abandoned")]
        rows = await world.rows("attempt_history", "seq, cause, sip_code, result, disposition, variables")
        assert [r[:5] for r in rows] == [(n, "USER_BUSY", 486, "abandoned", "busy") for n in (1, 2, 3)]
        assert all('"status":"Busy"' in r[5].replace(" ", "") for r in rows)

    simulate(test, tmp_path, everybody(Person(answers_after=300, refuses_with=486)))


def test_the_exported_status_is_with_the_member_and_in_the_call_history(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        [(member,)] = await world.rows("member", "variables")
        [(call,)] = await world.rows("call_history", "variables")
        assert '"status":"Not listened"' in member.replace(": ", ":")
        assert '"status":"Not listened"' in call.replace(": ", ":")

    simulate(test, tmp_path, everybody(Person(hangs_up_after=5000)))


def test_nobody_answers_and_the_ring_timeout_of_the_queue_ends_it(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(120)
        [(cause, code, by, created, hangup)] = await world.rows(
            "call_history", "cause, sip_code, hangup_by, created_at, hangup_at"
        )
        assert (cause, code, by, hangup - created) == ("NO_ANSWER", 487, "B", 30_000)

    simulate(test, tmp_path, everybody(Person(answers_after=None)), Setup(payload={"max_attempts": 1}))


def test_max_tasks_is_never_exceeded(tmp_path: Path) -> None:
    peak = 0

    async def test(world: World) -> None:
        nonlocal peak

        def watch(order: Order) -> Person:
            nonlocal peak
            peak = max(peak, world.switch.calls_up + 1)
            return ANSWERS

        world.switch.behaviour = watch
        await world.dial(400)
        assert await world.rows("member", "count(*), stop_cause", "1=1 GROUP BY stop_cause") == [(40, "success")]
        assert peak == 4

    setup = Setup(numbers=[[f"3800{i}"] for i in range(40)], payload={"max_calls": 4})
    simulate(test, tmp_path, everybody(ANSWERS), setup)


def test_the_resources_limit_and_rate_hold(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(100)
        at = sorted(t for t, event, _, _ in world.switch.log.rows if event == "invite")
        assert len(at) == 30
        assert all(b - a >= 199 for a, b in pairwise(at))

    setup = Setup(numbers=[[f"3800{i}"] for i in range(30)], limit=7, rps=5, payload={"max_calls": -1})
    simulate(test, tmp_path, everybody(ANSWERS), setup)


def test_a_number_of_the_stop_list_is_never_rung_however_it_is_spelled(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.bar("00 380 001")
        await world.dial(30)
        assert world.switch.log.count("invite") == 0
        assert await world.rows("attempt_history", "result, disposition") == [("barred", "blocked_dnc")]
        assert await world.rows("member", "attempts, stop_cause") == [(0, "barred")]

    simulate(test, tmp_path, everybody(ANSWERS), Setup(numbers=[["+380-001"]]))


def test_a_number_that_the_pre_flow_chose_is_checked_too(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.bar("777")
        await world.dial(30)
        assert world.switch.log.count("invite") == 0
        assert await world.rows("attempt_history", "result, destination") == [("barred", "777")]

    simulate(test, tmp_path, everybody(ANSWERS), Setup(before=[{"confirm": {"destination": "777"}}]))


def test_the_pre_flow_may_change_number_and_caller_id(tmp_path: Path) -> None:
    seen: list[Order] = []

    def watch(order: Order) -> Person:
        seen.append(order)
        return ANSWERS

    async def test(world: World) -> None:
        await world.dial(30)
        assert [(o.destination, o.display) for o in seen] == [("999", "55")]

    simulate(test, tmp_path, watch, Setup(before=[{"confirm": {"destination": "999", "display": "55"}}]))


def test_a_cancelled_attempt_is_not_counted_and_waits(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(100)
        assert world.switch.log.count("invite") == 0
        assert await world.rows("attempt_history", "result, description") == [("cancel", "no"), ("cancel", "no")]
        assert await world.rows("member", "attempts, stop_cause") == [(0, "")]

    flow = [{"cancel": {"description": "no", "waitBetweenRetries": "60"}}]
    simulate(test, tmp_path, everybody(ANSWERS), Setup(before=flow))


def test_a_pre_flow_that_does_not_end_forbids_the_call(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(35)
        assert world.switch.log.count("invite") == 0
        assert await world.rows("attempt_history", "reason, result") == [("preflow_failed", "cancel")]

    simulate(test, tmp_path, everybody(ANSWERS), Setup(before=[{"softSleep": 40000}]))


def test_outside_hours_nobody_is_rung_and_the_queue_says_when_it_opens(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(10)
        assert world.switch.log.count("invite") == 0
        assert (await world.queue())["why_idle"].startswith("Calendar hours is closed now in UTC; the next change is")

    simulate(test, tmp_path, everybody(ANSWERS), Setup(hours=(780, 800)))


def test_the_queue_begins_when_the_calendar_opens_and_stops_when_it_closes(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(2 * HOUR)
        minutes = {(t // 60_000) % 1440 for t, event, _, _ in world.switch.log.rows if event == "invite"}
        assert minutes and min(minutes) == 780 and max(minutes) < 800

    setup = Setup(numbers=[[f"3800{i}"] for i in range(200)], hours=(780, 800), payload={"max_calls": 1})
    simulate(test, tmp_path, everybody(ANSWERS), setup)


def test_several_numbers_take_turns(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(3 * HOUR)
        rung = [number for _, event, _, number in world.switch.log.rows if event == "invite"]
        assert rung == ["1", "2", "1"]

    simulate(test, tmp_path, everybody(Person(refuses_with=480)), Setup(numbers=[["1", "2"]]))


def test_one_number_of_two_members_is_never_in_two_calls(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        at: list[int] = []
        await world.dial(100)
        for t, event, _, _ in world.switch.log.rows:
            at.append(1 if event == "invite" else -1 if event == "ended" else 0)
            assert sum(at) <= 1, t
        assert world.switch.log.count("invite") == 2

    simulate(test, tmp_path, everybody(ANSWERS), Setup(numbers=[["380001"], ["+380 001"]]))


def test_early_media_starts_the_flow_before_the_answer_unless_ignored(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        assert await world.rows("call_history", "answered_at - created_at, hangup_at - created_at, cause") == [
            (3000, 13_000, "NORMAL_CLEARING")
        ]

    simulate(test, tmp_path, everybody(Person(rings_after=1000, answers_after=3000, early_media=True)))


def test_a_flow_that_runs_out_is_hung_up_after_a_minute(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(100)
        assert await world.rows("call_history", "talk_sec, hangup_by") == [(60, "F")]

    simulate(test, tmp_path, everybody(ANSWERS), Setup(voice=[{"log": "nothing more"}]))


def test_the_far_end_hangs_up_in_the_middle_and_the_flow_stops(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        [(talk, by, trace)] = await world.rows("call_history", "talk_sec, hangup_by, flow_trace")
        assert (talk, by) == (5, "A")
        assert "hangup" not in [step["app"] for step in json.loads(trace)]

    simulate(test, tmp_path, everybody(Person(hangs_up_after=5000)))


def test_what_the_disconnected_trigger_exports_is_in_the_call_history_only(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        assert await world.rows("call_history", "json_extract(variables, '$.late')") == [("NORMAL_CLEARING",)]
        assert await world.rows("member", "json_extract(variables, '$.late')") == [(None,)]

    trigger = {"trigger": {"disconnected": [{"set": {"late": "NORMAL_CLEARING"}}, {"export": ["late"]}]}}
    simulate(test, tmp_path, everybody(ANSWERS), Setup(voice=[trigger, {"hangup": ""}]))


def test_what_the_voice_flow_exports_is_seen_by_the_after_flow(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        assert await world.rows("member", "json_extract(variables, '$.said')") == [("yes",)]

    voice: Flow = [{"set": {"answer": "yes", "hidden": "no"}}, {"export": ["answer"]}, {"hangup": ""}]
    after: Flow = [{"set": {"said": "${answer}${hidden}"}}, {"success": {"export": ["said"]}}]
    simulate(test, tmp_path, everybody(ANSWERS), Setup(voice=voice, after=after))


def test_a_numbers_own_keys_are_pressed_after_the_answer_and_before_the_flow(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.store.write(lambda conn: conn.exec_driver_sql("UPDATE member_number SET dtmf = '1w|2'"))
        await world.dial(30)
        pressed = [(at, event) for at, event, _, _ in world.switch.log.rows if event.startswith("key ")]
        answered = next(at for at, event, _, _ in world.switch.log.rows if event == "answered")
        assert [event for _, event in pressed] == ["key 1", "key 2"]
        assert pressed[0][0] - answered == 1000, "a pause comes before them"
        assert pressed[1][0] - pressed[0][0] == 700
        ((trace,),) = await world.rows("call_history", "flow_trace")
        steps = json.loads(trace)
        assert next(step["at"] for step in steps if step["app"] == "playback") >= pressed[-1][0]

    simulate(test, tmp_path, everybody(ANSWERS))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (Person(refuses_with=486), ("USER_BUSY", "Busy", "abandoned")),
        (Person(refuses_with=603), ("CALL_REJECTED", "Busy", "abandoned")),
        (Person(hangs_up_after=5000), ("NORMAL_CLEARING", "Not listened", "abandoned")),
        (ANSWERS, ("NORMAL_CLEARING", None, "success")),
        (Person(answers_after=None), ("NO_ANSWER", "Not listened", "abandoned")),
        (Person(refuses_with=484), ("INVALID_NUMBER_FORMAT", "Not listened", "abandoned")),
        (Person(refuses_with=503), ("NORMAL_TEMPORARY_FAILURE", "Not listened", "abandoned")),
    ],
)
def test_the_example_after_flow_on_every_kind_of_end(
    person: Person, expected: tuple[str, str | None, str], tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        sql = "cause, json_extract(variables, '$.status'), result"
        assert await world.rows("call_history", sql) == [expected]

    simulate(test, tmp_path, everybody(person), Setup(payload={"max_attempts": 1}))


def test_a_change_of_the_configuration_between_claim_and_invite_is_obeyed(tmp_path: Path) -> None:
    """The queue is switched off while the attempt waits for its moment: it must not ring, and is not counted."""

    async def test(world: World) -> None:
        async def switch_off() -> None:
            await world.patch_queue(enabled=False)

        world.loop.call_later(2.0, lambda: world.loop.create_task(switch_off()))
        await world.dial(30)
        assert world.switch.log.count("invite") == 0
        assert await world.rows("attempt_history", "reason") == [("queue_off",)]
        assert await world.rows("member", "attempts, stop_cause") == [(0, "")]

    simulate(test, tmp_path, everybody(ANSWERS), Setup(before=[{"softSleep": 5000}]))


def test_a_stop_lets_calls_finish_and_rings_nobody_more(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        running = asyncio.create_task(world.dialer.run())
        await asyncio.sleep(5)
        await world.dialer.stop(60)
        await running
        assert await world.rows("call_history", "talk_sec, hangup_by") == [(12, "F")]
        assert world.switch.log.count("invite") == 1

    simulate(test, tmp_path, everybody(ANSWERS), Setup(numbers=[["1"], ["2"]], payload={"max_calls": 1}))


def test_a_stop_ends_what_goes_on_too_long_and_records_it(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        running = asyncio.create_task(world.dialer.run())
        await asyncio.sleep(6)
        await world.dialer.stop(2)
        await running
        assert await world.rows("call_history", "cause, hangup_by") == [("SYSTEM_SHUTDOWN", "service")]
        assert await world.rows("attempt", "count(*)") == [(0,)]

    simulate(test, tmp_path, everybody(ANSWERS))


def test_a_week_of_retries_never_passes_max_attempts(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(7 * 24 * HOUR)
        rung = [number for _, event, _, number in world.switch.log.rows if event == "invite"]
        assert all(rung.count(number) <= 5 for number in set(rung))
        assert await world.rows("member", "count(*)", "stop_cause <> ''") == [(50,)]
        assert await world.rows("attempt_history", "count(*)") == [(len(rung),)]

    people = [Person(refuses_with=486), Person(answers_after=None), Person(hangs_up_after=4000), ANSWERS]
    setup = Setup(numbers=[[f"{i}"] for i in range(50)], hours=(540, 1200), payload={"max_attempts": 5})
    simulate(test, tmp_path, lambda order: people[int(order.destination) % 4], setup)


@pytest.mark.parametrize(
    ("change", "left"),
    [("stop_at = 5, stop_cause = 'terminate'", (0, "terminate")), ("expire_at = 5", (0, ""))],
)
def test_a_member_stopped_between_claim_and_invite_is_not_rung(
    change: str, left: tuple[int, str], tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        async def stop() -> None:
            await world.store.write(lambda conn: conn.exec_driver_sql(f"UPDATE member SET {change}"))

        world.loop.call_later(2.0, lambda: world.loop.create_task(stop()))
        await world.dial(8)
        assert world.switch.log.count("invite") == 0
        assert await world.rows("attempt_history", "reason") == [("member_stopped",)]
        assert await world.rows("member", "attempts, stop_cause") == [left]

    simulate(test, tmp_path, everybody(ANSWERS), Setup(before=[{"softSleep": 5000}]))
