"""The after-flow of the user's own document, from the ring to the record, line by line (flow-engine §5.2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from outdial.store import domains
from outdial.switch.simulated import Person
from tests.dialer.world import Setup, World, simulate

TALK: list[dict[str, Any]] = [{"playback": {"files": [{"type": "silence", "name": "60000"}]}}, {"hangup": ""}]
QUEUES_WAIT, AN_HOUR = 1800, 3600


def rings(**more: Any) -> Person:
    """Rings after 100 ms and answers, or refuses, after 2 s."""
    return Person(rings_after=100, answers_after=2000, **more)


@dataclass(frozen=True)
class End:
    """What must be on record after the first call."""

    cause: str
    sip_code: int
    talk_s: int
    status: str | None
    """The variable the after-flow sets, with the member and in the call history."""
    result: str
    waits_s: int | None
    """Until the member is rung again, from the end of the call; None: never."""
    steps: tuple[tuple[str, str, str], ...]
    """The after-flow, line by line: path, application, result."""


ASKED = (("[0]", "if", "false"), ("[1]", "if", "false"))
BUSY = (("[0]", "if", "true"), ("[0].if.then[0]", "set", "ok"), ("[0].if.then[1]", "abandoned", "ok"))
UNHEARD = (ASKED[0], ("[1]", "if", "true"), ("[1].if.then[0]", "set", "ok"), ("[1].if.then[1]", "abandoned", "ok"))
# fmt: off
ENDS = [
    pytest.param(rings(refuses_with=486),
                 End("USER_BUSY", 486, 0, "Busy", "abandoned", AN_HOUR, BUSY), id="busy"),
    pytest.param(rings(refuses_with=603),
                 End("CALL_REJECTED", 603, 0, "Busy", "abandoned", AN_HOUR, BUSY), id="rejected"),
    pytest.param(rings(hangs_up_after=5000),
                 End("NORMAL_CLEARING", 200, 5, "Not listened", "abandoned", QUEUES_WAIT, UNHEARD), id="answered 5 s"),
    pytest.param(rings(),
                 End("NORMAL_CLEARING", 200, 60, None, "success", None, ASKED), id="answered 60 s"),
    pytest.param(Person(rings_after=100, answers_after=None),
                 End("NO_ANSWER", 487, 0, "Not listened", "abandoned", QUEUES_WAIT, UNHEARD), id="no answer"),
    pytest.param(rings(refuses_with=404),
                 End("UNALLOCATED_NUMBER", 404, 0, "Not listened", "abandoned", QUEUES_WAIT, UNHEARD),
                 id="invalid number"),
    pytest.param(rings(refuses_with=503),
                 End("NORMAL_TEMPORARY_FAILURE", 503, 0, "Not listened", "abandoned", QUEUES_WAIT, UNHEARD),
                 id="trunk failure"),
]
# fmt: on


@pytest.mark.parametrize(("person", "end"), ENDS)
def test_the_seeds_after_flow_from_ring_to_record(person: Person, end: End, tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(120)
        [(cause, code, talk, call_variables, result, hangup_at, trace)] = await world.rows(
            "call_history", "cause, sip_code, talk_sec, variables, result, hangup_at, flow_trace"
        )
        assert (cause, code, talk, result) == (end.cause, end.sip_code, end.talk_s, end.result)
        steps = [step for step in json.loads(trace) if step["flow"] == "after"]
        assert tuple((step["path"], step["app"], step["result"]) for step in steps) == end.steps
        assert json.loads(call_variables).get("status") == end.status
        [(attempts, stop_cause, member_variables, ready_at)] = await world.rows(
            "member", "attempts, stop_cause, variables, ready_at"
        )
        assert json.loads(member_variables).get("status") == end.status
        assert (attempts, stop_cause) == (1, "success" if end.waits_s is None else "")
        if end.waits_s is not None:
            assert ready_at == hangup_at + end.waits_s * 1000
        [(recorded, kept)] = await world.rows("attempt_history", "result, variables")
        assert (recorded, json.loads(kept).get("status")) == (end.result, end.status)

    simulate(test, tmp_path, lambda order: person, Setup(voice=TALK))


@pytest.mark.parametrize(("person", "end"), ENDS)
def test_the_seeds_member_stops_when_its_attempts_are_used_up(person: Person, end: End, tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(3 * AN_HOUR)
        assert world.switch.log.count("invite") == (1 if end.waits_s is None else 2)
        wanted = (1, "success") if end.waits_s is None else (2, "abandoned")
        assert await world.rows("member", "attempts, stop_cause") == [wanted]

    simulate(test, tmp_path, lambda order: person, Setup(voice=TALK, payload={"max_attempts": 2}))


def test_the_domains_time_zone_is_that_of_its_flows(tmp_path: Path) -> None:
    """The clock of the world starts at noon UTC."""
    asks: list[dict[str, Any]] = [{"if": {"expression": "&hour(14)", "then": [{"set": {"seen": "${seen}Kyiv"}}]}}]
    tells = [*asks, {"export": ["seen"]}]

    async def test(world: World) -> None:
        await world.store.write(lambda conn: domains.set_zone(conn, world.domain_id, "Europe/Kyiv"))
        await world.dial(60)
        [(variables,)] = await world.rows("call_history", "variables")
        assert json.loads(variables)["seen"] == "KyivKyivKyiv"  # before, during and after the call

    before = [*asks, {"confirm": {"export": ["seen"]}}]
    setup = Setup(before=before, voice=[*tells, {"hangup": ""}], after=[*tells, {"success": {}}])
    simulate(test, tmp_path, lambda order: rings(), setup)


def test_the_disconnected_trigger_knows_how_the_call_ended(tmp_path: Path) -> None:
    late: list[dict[str, Any]] = [
        {"if": {"expression": "${hangup_time} > ${answered_time} && ${answered_time} > ${created_time}",
                "then": [{"set": {"late": "${hangup_cause}"}}]}},
        {"export": ["late"]},
    ]  # fmt: skip

    async def test(world: World) -> None:
        await world.dial(60)
        assert await world.rows("call_history", "json_extract(variables, '$.late')") == [("NORMAL_CLEARING",)]

    setup = Setup(voice=[{"trigger": {"disconnected": late}}, {"sleep": 1000}, {"hangup": ""}])
    simulate(test, tmp_path, lambda order: rings(), setup)
