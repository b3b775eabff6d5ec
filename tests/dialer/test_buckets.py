"""Buckets decide who is rung first, and who not at all (dialer-core §1.2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from outdial.store import buckets, members
from outdial.switch.simulated import Person
from tests.dialer.world import Setup, World, simulate

BUSY = Person(answers_after=300, refuses_with=486)
ONE_AT_A_TIME = Setup(numbers=[], payload={"max_calls": 1, "max_attempts": 1})


async def put(world: World, name: str, people: int, **link: Any) -> int:
    """A bucket of the queue with so many members, whose numbers begin with its name."""

    def build(conn: Any) -> int:
        bucket = buckets.create(conn, world.domain_id, {"name": name})["id"]
        if link:
            buckets.OF_QUEUE.create(conn, world.domain_id, {"bucket": bucket, **link}, parent=world.queue_id)
        type_ = conn.exec_driver_sql("SELECT id FROM communication_type").scalar()
        rows = [
            {"name": name, "bucket": bucket, "communications": [{"destination": f"{name}{n}", "type": type_}]}
            for n in range(people)
        ]
        members.bulk(conn, world.domain_id, world.queue_id, rows)
        return int(bucket)

    return int(await world.store.write(build))


async def rung(world: World) -> str:
    """The first digits of the numbers in the order of their calls."""
    rows = await world.rows("attempt_history", "id, destination")
    return "".join(destination[0] for _, destination in rows)


def test_priority_then_the_bucket_that_the_queue_says_nothing_of(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await put(world, "1", 2)
        await put(world, "2", 2, priority=1)
        await put(world, "3", 2, priority=7)
        await world.dial(60)
        assert await rung(world) == "332211"

    simulate(test, tmp_path, lambda order: BUSY, ONE_AT_A_TIME)


def test_ratio_is_a_share_of_the_slots_also_when_they_come_one_by_one(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await put(world, "1", 8, ratio=1)
        await put(world, "2", 8, ratio=3)
        await world.dial(60)
        assert (await rung(world))[:8].count("2") == 6

    simulate(test, tmp_path, lambda order: BUSY, ONE_AT_A_TIME)


def test_nobody_in_a_bucket_that_is_off_is_rung_and_the_queue_says_so(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        bucket = await put(world, "1", 1, disabled=True)
        await world.dial(20)
        assert world.switch.log.count("invite") == 0
        assert "buckets that are switched off" in (await world.queue())["why_idle"]
        assert bucket

    simulate(test, tmp_path, lambda order: BUSY, ONE_AT_A_TIME)


def test_the_record_of_an_attempt_names_the_bucket(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        bucket = await put(world, "1", 1, priority=1)
        await world.dial(20)
        assert await world.rows("attempt_history", "bucket_id, bucket_name") == [(bucket, "1")]

    simulate(test, tmp_path, lambda order: BUSY, ONE_AT_A_TIME)
