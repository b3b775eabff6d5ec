"""Flows that are started aside when an attempt changes its state (flow-engine §5.4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from outdial.store import hooks, schemas
from outdial.switch.simulated import Person
from tests.dialer.world import Setup, World, simulate

ANSWERS = Person(rings_after=100, answers_after=2000)
BUSY = Person(answers_after=300, refuses_with=486)


async def hook(world: World, event: str, flow: list[dict[str, Any]], *, enabled: bool = True) -> None:
    def build(conn: Any) -> None:
        values = {"name": f"hook {event} {enabled}", "type": "service", "schema": flow}
        schema = schemas.create(conn, world.domain_id, values)["id"]
        given = {"event": event, "schema": schema, "enabled": enabled}
        hooks.NOUN.create(conn, world.domain_id, given, parent=world.queue_id)

    await world.store.write(build)


def writes(world: World, text: str, place: int = 0) -> list[dict[str, Any]]:
    """Notes the text on the list, under a number that tells the places apart."""
    number = f"99{place}" + "${timestamp}"
    return [{"listAdd": {"list": {"id": world.list_id}, "destination": number, "description": text}}]


async def notes(world: World) -> list[str]:
    return [text for _, text in await world.rows("list_number", "id, description")]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (ANSWERS, ["joined", "offering", "bridged", "leaving"]),
        (BUSY, ["joined", "offering", "leaving"]),
    ],
)
def test_each_state_that_the_attempt_comes_to(person: Person, expected: list[str], tmp_path: Path) -> None:
    async def test(world: World) -> None:
        for place, event in enumerate(("joined", "answered", "offering", "bridged", "missed", "leaving")):
            await hook(world, event, writes(world, "${state}", place))
        await world.dial(40)
        assert await notes(world) == expected

    simulate(test, tmp_path, lambda order: person, Setup(payload={"max_attempts": 1}))


def test_the_last_one_knows_how_it_ended(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await hook(world, "leaving", writes(world, "${cc_result} ${call_cause} ${channel} ${member_name}"))
        await world.dial(40)
        assert await notes(world) == ["abandoned USER_BUSY call m0"]

    simulate(test, tmp_path, lambda order: BUSY, Setup(payload={"max_attempts": 2}))


def test_what_is_off_is_not_started(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await hook(world, "joined", writes(world, "off"), enabled=False)
        await world.dial(40)
        assert await notes(world) == []

    simulate(test, tmp_path, lambda order: BUSY, Setup())


def test_a_slow_or_answering_hook_changes_nothing_of_the_attempt(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await hook(world, "joined", [{"cancel": {"stop": True}}])
        await hook(world, "offering", [{"softSleep": 5000}, {"success": {}}])
        await world.dial(40)
        assert await world.rows("attempt_history", "result") == [("abandoned",)]

    simulate(test, tmp_path, lambda order: BUSY, Setup())


def test_a_new_member_starts_the_flow_that_waits_for_one(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await hook(world, "add_member", writes(world, "${state} ${member_name} ${destination}"))
        [(member,)] = await world.rows("member", "id")
        await world.store.write(lambda conn: hooks.member_added(conn, world.domain_id, world.queue_id, member))
        await world.dial(40)
        assert await notes(world) == ["add_member m0 380001"]

    simulate(test, tmp_path, lambda order: BUSY, Setup())


def test_a_member_whose_time_is_over_leaves_too(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await hook(world, "leaving", writes(world, "${state} ${cc_result} ${member_stop_cause} ${member_name}"))
        await world.patch_queue(enabled=False)
        await world.store.write(lambda conn: conn.exec_driver_sql("UPDATE member SET expire_at = 1").close())
        await world.dial(40)
        assert await notes(world) == ["leaving expired expired m0"]

    simulate(test, tmp_path, lambda order: BUSY, Setup())
