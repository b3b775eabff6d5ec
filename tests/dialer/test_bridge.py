"""Second legs of campaign calls, on virtual time: rung, connected, hung up, forgotten, and on record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outdial.store import gateways
from outdial.switch.port import Order
from outdial.switch.simulated import Behaviour, Person
from tests.dialer.world import Setup, World, simulate

CALLEE = "380001"
AGENT, OTHER, BUSY, SILENT = "101", "102", "103", "104"
LATER = {"log": "${originate_disposition} ${bridge_hangup_cause}"}
STAYS = Person(rings_after=20, answers_after=1000)


def people(**known: Person) -> Behaviour:
    """The callee answers after a second and stays on; numbers as ``n101``."""
    everybody: Mapping[str, Person] = {
        CALLEE: STAYS,
        AGENT: Person(rings_after=20, answers_after=2000, hangs_up_after=10_000),
        OTHER: Person(rings_after=20, answers_after=3000, hangs_up_after=10_000),
        BUSY: Person(rings_after=None, answers_after=500, refuses_with=486),
        SILENT: Person(answers_after=None),
    } | {name[1:]: person for name, person in known.items()}

    def behave(order: Order) -> Person:
        return everybody[order.destination]

    return behave


def bridge(*numbers: str, gateway: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    endpoints = [{"type": "gateway", "gateway": gateway or {"name": "gw"}, "dialString": n} for n in numbers]
    return {"bridge": {"endpoints": endpoints, "strategy": "failover"} | more}


def flow(*steps: dict[str, Any], hangs_up: bool = False) -> list[dict[str, Any]]:
    """On a call of which more is to be heard after the bridge, unless it hangs up."""
    return [{"set": {"hangup_after_bridge": str(hangs_up).lower()}}, *steps, LATER, {"hangup": "USER_CHALLENGE"}]


async def the_call(world: World) -> dict[str, Any]:
    columns = "cause", "hangup_by", "bridge_to", "bridge_at", "bridge_cause", "answered_at", "hangup_at", "flow_trace"
    ((row),) = await world.rows("call_history", ", ".join(columns))
    found = dict(zip(columns, row, strict=True))
    steps = json.loads(found["flow_trace"])
    found["lines"] = [step["args"]["text"] for step in steps if step["app"] == "log" and "args" in step]
    return found


def events(world: World, number: str) -> list[tuple[int, str]]:
    return [(at, event.split()[0]) for at, event, _, dialled in world.switch.log.rows if dialled == number]


async def nothing_is_left(world: World) -> None:
    assert await world.rows("bridge_leg", "call_id") == []
    assert await world.rows("attempt", "id") == []
    assert world.switch.calls_up == 0


def test_connected_and_hung_up_with_the_second_leg(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        call = await the_call(world)
        assert [event for _, event in events(world, AGENT)] == ["invite", "answered", "parted", "ended"]
        assert (call["cause"], call["hangup_by"]) == ("NORMAL_CLEARING", "F")
        assert (call["bridge_to"], call["bridge_cause"]) == (AGENT, "NORMAL_CLEARING")
        assert call["bridge_at"] - call["answered_at"] == 2000
        assert call["hangup_at"] - call["bridge_at"] == 10_000
        ((exports,),) = await world.rows("attempt_history", "variables")
        assert json.loads(exports)["bill"] == "10"
        await nothing_is_left(world)

    after: list[dict[str, Any]] = [{"set": {"bill": "${call_bill_sec}"}}, {"success": {"export": ["bill"]}}]
    simulate(test, tmp_path, people(), Setup(voice=flow(bridge(AGENT), hangs_up=True), after=after))


def test_failover_to_the_second_endpoint(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        call = await the_call(world)
        assert world.switch.log.count("ended", BUSY) == 1
        assert call["lines"] == ["SUCCESS NORMAL_CLEARING"]
        assert (call["bridge_to"], call["cause"]) == (OTHER, "USER_CHALLENGE")
        await nothing_is_left(world)

    simulate(test, tmp_path, people(), Setup(voice=flow(bridge(BUSY, OTHER))))


def test_all_at_once_and_the_slower_one_is_taken_back(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        assert (await the_call(world))["bridge_to"] == AGENT
        (invited, _), *_, (ended, _) = events(world, OTHER)
        assert ended - invited == 2000, "as soon as the other answered"
        assert world.switch.log.count("answered", OTHER) == 0
        await nothing_is_left(world)

    simulate(test, tmp_path, people(), Setup(voice=flow(bridge(OTHER, AGENT, strategy="multiple"))))


def test_nobody_answers_in_time(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        call = await the_call(world)
        (invited, _), *_, (ended, _) = events(world, SILENT)
        assert ended - invited == 7000
        assert call["lines"] == ["NO_ANSWER NO_ANSWER"]
        assert (call["bridge_to"], call["bridge_at"], call["bridge_cause"]) == (SILENT, None, "NO_ANSWER")
        await nothing_is_left(world)

    simulate(test, tmp_path, people(), Setup(voice=flow(bridge(SILENT, parameters={"leg_timeout": "7"}))))


def test_the_person_hangs_up_while_the_second_leg_rings(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        (invited, _), *_, (ended, _) = events(world, SILENT)
        assert ended - invited == 3000
        call = await the_call(world)
        assert (call["hangup_by"], call["bridge_cause"]) == ("A", "ORIGINATOR_CANCEL")
        await nothing_is_left(world)

    gone = people(n380001=Person(answers_after=1000, hangs_up_after=3000))
    simulate(test, tmp_path, gone, Setup(voice=flow(bridge(SILENT))))


def test_the_person_hangs_up_while_they_talk(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        call = await the_call(world)
        assert (call["hangup_by"], call["bridge_cause"]) == ("A", "NORMAL_CLEARING")
        assert events(world, AGENT)[-1] == (call["hangup_at"], "ended")
        await nothing_is_left(world)

    gone = people(n380001=Person(answers_after=1000, hangs_up_after=5000))
    simulate(test, tmp_path, gone, Setup(voice=flow(bridge(AGENT))))


def test_keys_are_for_the_other_side_while_they_talk(tmp_path: Path) -> None:
    """Pressed before the bridge and after it they are the flow's."""

    async def test(world: World) -> None:
        await world.dial(60)
        pressed = [
            event for _, event, _, number in world.switch.log.rows if event.startswith("key") and number == AGENT
        ]
        assert pressed == ["key 7", "key 8", "key 2"]
        steps = json.loads((await the_call(world))["flow_trace"])
        assert [step["set"].get("got") for step in steps if step["app"] == "playback"] == ["3"]

    digits = {"setVar": "got", "max": 1, "timeout": 3000}
    ask = {"playback": {"files": [{"type": "silence", "name": "100"}], "getDigits": digits}}
    presses = Person(answers_after=1000, presses=((5000, "2"), (13_000, "3")))
    voice = flow(bridge(AGENT, sendOnAnswer="78"), ask)
    simulate(test, tmp_path, people(n380001=presses), Setup(voice=voice))


def test_a_gateway_that_is_unknown_or_switched_off_is_not_rung(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        values = {"name": "off", "enable": False, "proxy": "127.0.0.1:5071", "host": "x"}
        await world.store.write(lambda conn: gateways.create(conn, world.domain_id, values))
        await world.dial(60)
        call = await the_call(world)
        assert call["lines"] == ["GATEWAY_DOWN GATEWAY_DOWN"]
        assert (call["bridge_to"], call["bridge_cause"]) == (OTHER, "GATEWAY_DOWN")
        assert world.switch.log.count("invite") == 1
        await nothing_is_left(world)

    steps = bridge(AGENT, gateway={"name": "off"}), bridge(OTHER, gateway={"id": 99})
    simulate(test, tmp_path, people(), Setup(voice=flow(*steps)))


def test_a_second_leg_is_on_disk_before_its_invite_and_a_new_start_ends_it(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        next_start = await world.die(2)
        rows = await world.rows("bridge_leg", "call_id, destination, answered")
        assert [row[1:] for row in rows] == [(AGENT, 0)]
        assert world.switch.log.count("answered", AGENT) == 0
        await next_start.dial(1)
        forgotten = next_start.switch.forgotten
        assert (rows[0][0].encode(), False) in forgotten
        assert len(forgotten) == 2, "the person's own call, too"
        assert await world.rows("bridge_leg", "call_id") == []

    simulate(test, tmp_path, people(), Setup(voice=flow(bridge(AGENT))))


def test_a_second_leg_that_talked_is_ended_with_bye_by_a_new_start(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        next_start = await world.die(8)
        ((call_id, answered),) = await world.rows("bridge_leg", "call_id, answered")
        assert answered
        await next_start.dial(1)
        assert (call_id.encode(), True) in next_start.switch.forgotten
        assert await world.rows("bridge_leg", "call_id") == []

    simulate(test, tmp_path, people(), Setup(voice=flow(bridge(AGENT))))


def test_a_stop_ends_both(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(6)
        call = await the_call(world)
        assert call["cause"] == "SYSTEM_SHUTDOWN"
        assert world.switch.log.count("ended", AGENT) == 1
        await nothing_is_left(world)

    simulate(test, tmp_path, people(), Setup(voice=flow(bridge(AGENT))))


def test_the_bridge_is_in_the_calls_record(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        call = await the_call(world)
        assert (call["bridge_to"], call["bridge_cause"]) == (SILENT, "NO_ANSWER")
        assert call["lines"] == ["NO_ANSWER NO_ANSWER"]
        first = call["bridge_at"]
        (answered,) = [at for at, event in events(world, AGENT) if event == "answered"]
        assert first == answered, "the first connection counts, the last leg is named"

    voice = flow(bridge(AGENT), bridge(SILENT, parameters={"leg_timeout": "3"}))
    simulate(test, tmp_path, people(), Setup(voice=voice))


def test_handed_on(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(30)
        call = await the_call(world)
        assert (call["cause"], call["hangup_by"], call["lines"]) == ("BLIND_TRANSFER", "F", [])
        assert ("refer", CALLEE) in {(event.split()[0], number) for _, event, _, number in world.switch.log.rows}

    simulate(test, tmp_path, people(), Setup(voice=flow({"sipRedirect": ["sip:5@pbx"]})))


def test_a_fork_beside_the_talk_may_end_the_call(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        call = await the_call(world)
        assert (call["cause"], call["hangup_by"]) == ("USER_BUSY", "F")
        assert call["hangup_at"] - call["bridge_at"] == 3000
        await nothing_is_left(world)

    steps = [{"softSleep": "3000"}, {"hangup": "USER_BUSY"}]
    simulate(test, tmp_path, people(), Setup(voice=flow(bridge(AGENT, bridged=steps))))


def test_a_fork_beside_a_playback_may_end_the_call(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        assert (await the_call(world))["cause"] == "USER_BUSY"
        await nothing_is_left(world)

    steps = [{"softSleep": "3000"}, {"hangup": "USER_BUSY"}]
    voice: list[dict[str, Any]] = [
        {"function": {"name": "end", "actions": steps}},
        {"execute": {"name": "end", "async": True}},
        {"playback": {"files": [{"type": "silence", "name": "20000"}]}},
    ]
    simulate(test, tmp_path, people(), Setup(voice=voice))


def test_a_session_records_only_the_talk_when_it_is_asked_to(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        rows = await world.rows("file", "name, stop_at - start_at")
        assert [tuple(row) for row in rows] == [("talk.wav", 10_000)]
        await nothing_is_left(world)

    session = {"recordSession": {"name": "talk", "bridged": True}}
    simulate(test, tmp_path, people(), Setup(voice=flow(session, bridge(AGENT))))
