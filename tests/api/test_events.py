"""The live feed over the wire: what is told, to whom, and how a stream goes on after a break."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from outdial.store import tokens
from tests.api.calling import Campaign
from tests.api.campaign import a_queue
from tests.api.door import Door
from tests.api.people import a_person, grant
from tests.api.stream import first, followed, moved, served, until

Test = Callable[[str], Awaitable[None]]


def over_the_wire(door: Door, test: Test) -> None:
    async def run() -> None:
        async with served(door) as address:
            await test(address)

    door.loop.run_until_complete(run())


def test_stages_of_attempts_come_in_order_each_with_an_id(door: Door) -> None:
    async def test(address: str) -> None:
        async with followed(address, door.token, kinds="attempt") as events:
            (hello,) = await first(events, 1)
            for stage in ("waiting", "offering", "ringing"):
                door.feed.tell(moved(stage))
            told = await first(events, 3)
        assert (hello.kind, hello.body["resumed"]) == ("hello", False)
        assert [event.body["state"] for event in told] == ["waiting", "offering", "ringing"]
        assert [int(event.id) - int(hello.id) for event in told] == [1, 2, 3]
        body = told[1].body
        assert body["queue"] == {"id": "1", "name": "Reminder"} and body["member"] == {"id": "1", "name": "Ann"}
        assert (body["destination"], body["call_id"], body["attempts"]) == ("380441", "uuid-1", 1)
        assert (body["created_at"], body["cause"], body["sip_code"]) == ("0", "", 0)

    over_the_wire(door, test)


def test_a_stream_goes_on_after_the_last_event_that_was_seen(door: Door) -> None:
    async def test(address: str) -> None:
        async with followed(address, door.token, kinds="attempt") as events:
            await first(events, 1)
            door.feed.tell(moved(id=1))
            (seen,) = await first(events, 1)
        door.feed.tell(moved(id=2))  # nobody watches
        door.feed.tell(moved(id=3))
        async with followed(address, door.token, after=seen.id, kinds="attempt") as events:
            hello, *missed = await first(events, 3)
        assert hello.body["resumed"] is True
        assert [event.body["id"] for event in missed] == ["2", "3"]

    over_the_wire(door, test)


def test_a_place_that_is_not_known_any_more_is_not_resumed(door: Door) -> None:
    async def test(address: str) -> None:
        door.feed.tell(moved())
        for unknown in ("17", str(door.feed.last + 1), "no number"):
            async with followed(address, door.token, after=unknown, kinds="attempt") as events:
                (hello,) = await first(events, 1)
            assert hello.body["resumed"] is False and hello.id == str(door.feed.last)

    over_the_wire(door, test)


def test_queue_call_and_kind_narrow_a_stream(door: Door) -> None:
    async def test(address: str) -> None:
        narrowed: list[tuple[dict[str, Any], list[str]]] = [
            ({"queue_id": "2"}, ["2", "3"]),
            ({"queue_id": ["1", "2"]}, ["1", "2", "3"]),
            ({"call_id": "uuid-3"}, ["3"]),
        ]
        for params, ids in narrowed:
            place = str(door.feed.last)
            for id_, queue_id in ((1, 1), (2, 2), (3, 2), (4, 3)):
                door.feed.tell(moved(id=id_, queue_id=queue_id))
            async with followed(address, door.token, after=place, kinds="attempt", **params) as events:
                told = await first(events, 1 + len(ids))
            assert [event.body["id"] for event in told[1:]] == ids

    over_the_wire(door, test)


def test_another_domain_hears_nothing(door: Door) -> None:
    async def test(address: str) -> None:
        place = str(door.feed.last)
        door.feed.tell(moved(id=1, domain_id=2))
        door.feed.tell(moved(id=2))
        async with followed(address, door.token, after=place, kinds="attempt") as events:
            told = await first(events, 2)
        assert told[1].body["id"] == "2"

    over_the_wire(door, test)


def test_who_was_granted_one_queue_hears_of_no_other(door: Door) -> None:
    mine, other, ann = a_queue(door, "Mine"), a_queue(door, "Other"), a_person(door, "ann")
    grant(door, mine.path, ann, "r")

    async def test(address: str) -> None:
        place = str(door.feed.last)
        door.feed.tell(moved(id=1, queue_id=int(other.id)))
        door.feed.tell(moved(id=2, queue_id=int(mine.id)))
        async with followed(address, ann.token, after=place) as events:
            hello, figures, attempt = await first(events, 3)
            assert (hello.body["resumed"], figures.body["name"], attempt.body["id"]) == (True, "Mine", "2")
        async with followed(address, ann.token, after=place, queue_id=other.id) as events:
            (hello,) = await first(events, 1)
            door.feed.close()
            assert [event async for event in events] == []

    over_the_wire(door, test)


def test_the_figures_of_queues_come_at_the_start_and_when_they_change(door: Door) -> None:
    campaign = Campaign(door)
    campaign.member("380441")
    campaign.member("380442")
    door.post(f"{campaign.queue.path}/resource_groups", {"resource_group": {"id": campaign.group}}).ok()

    async def test(address: str) -> None:
        async with followed(address, door.token, kinds="queue") as events:
            _, before = await first(events, 2)
            assert (before.body["count"], before.body["waiting"], before.body["active"]) == (2, 2, 0)
            await door.store.write(campaign._claim)
            changed = await until(events, "queue")
        assert (changed.body["id"], changed.body["active"]) == (campaign.queue.id, 2)
        (trunk,) = changed.body["resources"]
        assert (trunk["limit"], trunk["rps"], trunk["lines"]) == (10, 5, 0)

    over_the_wire(door, test)


def test_the_figures_say_how_attempts_ended(door: Door) -> None:
    campaign = Campaign(door)
    campaign.member("380441")
    campaign.member("380442")
    answered, busy = campaign.claim()
    for attempt in (answered, busy):
        campaign.offer(attempt)
    campaign.finish(answered)
    campaign.finish(busy, answered_at=0, cause="USER_BUSY")
    found = door.get(f"{campaign.queue.path}/figures").ok()
    assert (found["attempts"], found["calls"], found["answered"], found["answer_rate"]) == (2, 2, 1, 0.5)
    assert found["talk_sec"] == 7
    assert found["results"] == [{"name": "abandoned", "count": 2}]
    assert found["causes"] == [{"name": "NORMAL_CLEARING", "count": 1}, {"name": "USER_BUSY", "count": 1}]
    assert [point["attempts"] for point in found["by_hour"]] == [2]
    assert [(point["attempt"], point["calls"]) for point in found["by_attempt"]] == [(1, 2)]
    hour = int(found["by_hour"][0]["hour"])
    assert hour <= door.clock.now < hour + 3_600_000
    assert door.get(f"{campaign.queue.path}/figures", to=hour).ok()["attempts"] == 0
    assert door.get(f"{campaign.queue.path}/figures", **{"from": hour}).ok()["attempts"] == 2


def test_calls_per_second_are_those_of_the_last_seconds(door: Door) -> None:
    campaign = Campaign(door)
    door.post(f"{campaign.queue.path}/resource_groups", {"resource_group": {"id": campaign.group}}).ok()
    door.patch(f"/call_center/resources/{campaign.resource}", {"enabled": True}).ok()
    rung: Any = moved(queue_id=int(campaign.queue.id))
    for _ in range(10):
        door.feed.tell(rung)
    door.clock.now = rung.at + 1000
    found = door.get(f"{campaign.queue.path}/figures").ok()
    assert (found["calls_per_second"], found["calls_per_second_limit"]) == (2.0, 5)
    door.clock.now += 6000
    assert door.get(f"{campaign.queue.path}/figures").ok()["calls_per_second"] == 0


def test_a_stream_ends_when_the_service_stops_and_when_its_token_does(door: Door) -> None:
    async def test(address: str) -> None:
        async with followed(address, door.token) as events:
            await first(events, 1)
            await door.store.write(lambda conn: tokens.forget(conn, door.token))
            door.clock.now += 61_000
            door.feed.tell(moved())
            rest = [event async for event in events]
        assert [event.kind for event in rest] == ["attempt"]

    over_the_wire(door, test)


def test_a_stream_is_for_those_who_are_signed_in_and_know_its_kinds(door: Door) -> None:
    async def test(address: str) -> None:
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{address}/events")).status_code == 401
            wrong = await client.get(f"{address}/events", params={"kinds": "wether", "access_token": door.token})
        assert wrong.status_code == 400 and wrong.json()["field"] == "kinds"

    over_the_wire(door, test)
