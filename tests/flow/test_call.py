"""Answering, hanging up, and what the end of the call does to a flow (flow-engine §4.1, §7.3, §7.4)."""

from __future__ import annotations

import asyncio

import pytest

from outdial.flow.connection import VoiceConnection
from outdial.flow.parse import parse
from outdial.flow.ports import Env
from outdial.flow.run import run, run_disconnected

from .world import START_MS, call, clock, on_virtual_time


@pytest.mark.parametrize(
    ("cause", "expected"),
    [("", "NORMAL_CLEARING"), ("user_busy", "USER_BUSY"), ("17", "USER_BUSY"), ("nonsense", "NORMAL_CLEARING")],
)
def test_hangup_by_name_or_number_ends_the_flow(cause: str, expected: str) -> None:
    done = call([{"hangup": cause}, {"log": "never"}])
    assert done.person.cause == expected
    assert done.ended.how == "hung_up"
    assert done.lines == []


def test_hangup_in_a_function_ends_the_flow() -> None:
    schema = [{"function": {"name": "f", "actions": [{"hangup": ""}]}}, {"execute": {"name": "f"}}, {"log": "never"}]
    assert call(schema).lines == []


def test_answer_is_harmless() -> None:
    assert call([{"answer": ""}]).person.asked_to_answer == 1


def test_the_end_of_the_call_interrupts_a_playback() -> None:
    done = call([{"playback": {"files": [{"id": 1}] * 10}}, {"log": "never"}], hangs_up_at=2500)
    assert (done.ended.how, done.ms, done.lines) == ("closed", 2500, [])
    assert [(row["app"], row["ms"], row["result"]) for row in done.ended.trace] == [("playback", 2500, "interrupted")]


def test_the_end_of_the_call_interrupts_a_pause() -> None:
    done = call([{"softSleep": 60_000}, {"log": "never"}], hangs_up_at=100)
    assert (done.ended.how, done.ms) == ("closed", 100)


def test_a_schema_that_runs_out_leaves_the_call_up() -> None:
    done = call([{"log": "a"}])
    assert (done.ended.how, done.person.cause) == ("finished", "")


def test_a_call_that_is_over_runs_nothing() -> None:
    async def work() -> None:
        connection = VoiceConnection({})
        connection.close()
        ended = await run(parse([{"log": "a"}]), Env(connection, clock))
        assert (ended.how, ended.trace) == ("closed", ())

    on_virtual_time(work())


def test_who_cancels_the_task_of_a_flow_sees_it_cancelled() -> None:
    async def work() -> None:
        task = asyncio.create_task(run(parse([{"softSleep": 1000}]), Env(VoiceConnection({}), clock)))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    on_virtual_time(work())


def test_exported_names_travel_with_their_value_at_that_time() -> None:
    done = call([{"set": {"a": "1", "b": "2"}}, {"export": ["a", "none"]}, {"set": {"a": "3"}}], {"usr_m": "member"})
    assert done.ended.payload == {"m": "member", "a": "1", "none": ""}


def test_sleep_is_a_pause_on_the_call() -> None:
    done = call([{"sleep": "1500"}])
    assert (done.ms, len(done.person.heard)) == (1500, 1)


def test_a_voice_application_without_a_call_fails_and_the_flow_goes_on() -> None:
    async def work() -> None:
        ended = await run(parse([{"answer": ""}, {"log": "x"}]), Env(VoiceConnection({}), clock))
        assert [row["result"] for row in ended.trace] == ["failed: not allowed without a call", "x"]

    on_virtual_time(work())


# ── trigger.disconnected ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["trigger", "triggers"])
def test_the_disconnected_trigger_runs_afterwards_and_exports_only_its_own(name: str) -> None:
    inner = [{"hangup": ""}, {"set": {"why": "${hangup_cause}"}}, {"export": ["why"]}]
    done = call([{name: {"disconnected": inner}}, {"export": ["a"]}, {"softSleep": 9000}], {"a": "1"}, hangs_up_at=50)
    assert done.ended.payload == {"a": "1"}

    async def afterwards() -> dict[str, str]:
        assert done.ended.disconnected is not None
        connection = VoiceConnection({**done.variables, "hangup_cause": "NORMAL_CLEARING"})
        return await run_disconnected(done.ended.disconnected, Env(connection, clock))

    assert on_virtual_time(afterwards()) == {"why": "NORMAL_CLEARING"}


def test_the_disconnected_trigger_has_a_minute() -> None:
    async def work() -> None:
        program = parse([{"export": ["a"]}, {"softSleep": 61_000}, {"export": ["b"]}])
        assert await run_disconnected(program, Env(VoiceConnection({"a": "1", "b": "2"}), clock)) == {"a": "1"}
        assert clock() - START_MS == 60_000

    on_virtual_time(work())
