"""The service dies in the middle of an attempt; what the next start makes of it, state by state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from outdial.store.recovery import open_attempts
from outdial.switch.port import Order
from outdial.switch.simulated import Person
from tests.dialer.world import Setup, World, simulate

ANSWERS = Person(rings_after=100, answers_after=2000)
WAIT_S = 1800
ONCE = {"max_attempts": 1}


def answers(order: Order) -> Person:
    return ANSWERS


def invites(world: World) -> list[int]:
    return [at for at, event, _, _ in world.switch.log.rows if event == "invite"]


async def call_id(world: World) -> bytes:
    [(found,)] = await world.rows("attempt", "call_id")
    return bytes(found, "ascii")


def test_what_had_not_rung_is_given_back_uncounted_and_rung_at_once(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        after = await world.die(2)
        assert await after.rows("attempt", "state") == [("idle",)]
        await after.dial(30)
        assert (invites(world), len(invites(after)), after.switch.forgotten) == ([], 1, [])
        assert await after.rows("attempt_history", "seq, cause") == [(1, "NORMAL_CLEARING")]
        assert await after.rows("member", "attempts, stop_cause") == [(1, "success")]

    simulate(test, tmp_path, answers, Setup(before=[{"softSleep": 5000}]))


def test_what_rang_is_cancelled_counted_and_waits_its_gap(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        after = await world.die(1)
        assert await after.rows("attempt", "state") == [("offering",)]
        left, died = await call_id(after), after.loop.now_ms()
        await after.dial(WAIT_S + 60)
        assert after.switch.forgotten == [(left, False)]
        assert (await after.rows("attempt_history", "seq, cause, result, disposition"))[0] == (
            1, "CRASH", "abandoned", "lost"
        )  # fmt: skip
        [again] = invites(after)
        assert WAIT_S <= (again - died) / 1000 < WAIT_S + 10
        assert await after.rows("member", "attempts, stop_cause") == [(2, "success")]

    simulate(test, tmp_path, answers)


def test_who_talked_is_hung_up_and_the_answer_is_in_history(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        after = await world.die(6)
        left = await call_id(after)
        await after.dial(WAIT_S - 60)
        assert after.switch.forgotten == [(left, True)]
        assert invites(after) == []
        sql = "cause, hangup_by, answered_at > 0, result"
        assert await after.rows("call_history", sql) == [("CRASH", "service", 1, "abandoned")]
        assert await after.rows("attempt", "count(*)") == [(0,)]

    simulate(test, tmp_path, answers)


def test_the_last_attempt_allowed_is_not_given_twice(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        after = await world.die(1)
        await after.dial(10 * WAIT_S)
        assert (len(invites(world)), len(invites(after))) == (1, 0)
        assert await after.rows("member", "attempts, stop_cause") == [(1, "abandoned")]

    simulate(test, tmp_path, answers, Setup(payload=ONCE))


AFTER: list[dict[str, Any]] = [
    {"softSleep": 5000},
    {"set": {"status": "told ${call_cause} ${said}"}},
    {"success": {"export": ["status"]}},
]


def test_who_had_hung_up_gets_the_after_flow_from_what_is_on_disk(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        after = await world.die(8)
        assert await after.rows("attempt", "state") == [("hangup",)]
        await after.dial(60)
        assert (after.switch.forgotten, invites(after)) == ([], [])
        sql = "cause, hangup_by, talk_sec, result, json_extract(variables, '$.status')"
        assert await after.rows("call_history", sql) == [
            ("NORMAL_CLEARING", "A", 5, "success", "told NORMAL_CLEARING yes")
        ]
        assert await after.rows("member", "attempts, stop_cause, json_extract(variables, '$.status')") == [
            (1, "success", "told NORMAL_CLEARING yes")
        ]

    voice: list[dict[str, Any]] = [{"set": {"said": "yes"}}, {"export": ["said"]}, {"softSleep": 60000}]
    person = Person(rings_after=100, answers_after=2000, hangs_up_after=5000)
    simulate(test, tmp_path, lambda order: person, Setup(voice=voice, after=AFTER))


def test_its_recording_is_listed(tmp_path: Path) -> None:
    """The simulated switch records nothing, so the file is put where the media process would have left it."""

    async def test(world: World) -> None:
        after = await world.die(8)
        [opened] = await after.read(open_attempts)
        after.tools.recordings.path(opened.attempt).write_bytes(bytes(2000))
        await after.dial(60)
        assert await after.rows("file", "size") == [(2000,)]

    person = Person(rings_after=100, answers_after=2000, hangs_up_after=5000)
    simulate(test, tmp_path, lambda order: person, Setup(after=AFTER, payload={"recordings": True}))


def test_what_its_flow_recorded_is_listed_too(tmp_path: Path) -> None:
    """The media process completed the files when the service died under it."""

    async def test(world: World) -> None:
        after = await world.die(6)
        left = (await call_id(after)).decode()
        [folder] = (tmp_path / "recordings").glob("*/*/*")
        for name, size in ((f"{left}-1.wav", 5000), (f"{left}-2.wav", 40), (f"{left}x-1.wav", 5000)):
            (folder / name).write_bytes(bytes(size))
        await after.dial(10)
        assert await after.rows("file", "name, size, call_id") == [(f"{left}-1.wav", 5000, left)]

    voice = [{"recordFile": {"name": "mail"}}]
    simulate(test, tmp_path, answers, Setup(voice=voice, payload=ONCE))


def test_a_slow_after_flow_does_not_keep_others_from_being_rung(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        after = await world.die(8)
        began = after.loop.now_ms()
        await after.dial(60)
        assert invites(after)[0] - began < 1000
        assert await after.rows("member", "attempts", "stop_cause = 'success'") == [(1,), (1,)]

    person = Person(rings_after=100, answers_after=2000, hangs_up_after=5000)
    setup = Setup(numbers=[["1"], ["2"]], after=AFTER, payload={"max_calls": 1}, rps=1)
    simulate(test, tmp_path, lambda order: person, setup)


def test_dying_again_and_again_rings_nobody_too_often(tmp_path: Path) -> None:
    """Every start is given less than a call takes; each ring costs one of the three attempts."""

    async def test(world: World) -> None:
        rung = 0
        for _ in range(8):
            after = await world.die(1)
            rung += len(invites(world))
            world = after
        assert rung == 3
        await world.dial(5)
        assert await world.rows("member", "attempts, stop_cause") == [(3, "abandoned")]
        assert await world.rows("attempt_history", "count(*), cause") == [(3, "CRASH")]

    simulate(test, tmp_path, answers, Setup(payload={"wait_between_retries": 0}))
