"""Webhooks: written with the fact, signed, tried again, given up; whatever the receiver does."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from outdial.net.addresses import read_networks
from outdial.net.guard import Guard
from outdial.net.http import HttpClient
from outdial.outbox import Outbox
from outdial.store.outbox import WAITS_S
from tests.api.calling import Campaign
from tests.api.door import Door
from tests.net.web import Asked, Says, Web, moved
from tests.net.web import web as serving

LOOPBACK_ALLOWED = "127.0.0.0/8"
Json = dict[str, Any]


@asynccontextmanager
async def sending(door: Door, allowed: str = LOOPBACK_ALLOWED) -> AsyncIterator[Outbox]:
    client = HttpClient(Guard(read_networks(allowed)))
    outbox = Outbox(door.store, client, door.clock)
    try:
        yield outbox
    finally:
        await outbox.settled()
        await client.close()


async def sent(outbox: Outbox) -> None:
    """All that is due now has been tried once."""
    while await outbox.round():
        await outbox.settled()


def a_webhook(door: Door, url: str, **fields: Any) -> Json:
    found: Json = door.post("/webhooks", {"name": f"hook {url}", "url": url, **fields}).ok()
    return found


def rung(door: Door, people: int = 1, **queue: Any) -> Campaign:
    """A campaign whose people were all called once."""
    campaign = Campaign(door, **queue)
    for n in range(people):
        campaign.member(f"38044{n}")
    for attempt in campaign.claim():
        campaign.offer(attempt)
        campaign.finish(attempt)
    return campaign


def deliveries(door: Door, hook: Json) -> list[Json]:
    return door.get(f"/webhooks/{hook['id']}/deliveries").items()


def drive(door: Door) -> None:
    """One start of the service: what is due is tried once."""

    async def run() -> None:
        async with sending(door) as outbox:
            await sent(outbox)

    door.loop.run_until_complete(run())


@pytest.fixture
def web(door: Door) -> Any:
    """A receiver on the door's own loop."""
    serving_web = serving()
    receiver = door.loop.run_until_complete(serving_web.__aenter__())
    yield receiver
    door.loop.run_until_complete(serving_web.__aexit__(None, None, None))


def test_the_end_of_an_attempt_is_sent_signed(door: Door, web: Web) -> None:
    hook = a_webhook(door, web.url("/hook?a=1"))
    campaign = rung(door)
    drive(door)
    (asked,) = web.asked
    assert (asked.method, asked.path, asked.headers["content-type"]) == ("POST", "/hook?a=1", "application/json")
    signed = asked.headers["x-outdial-timestamp"].encode() + b"." + asked.body
    expected = hmac.new(hook["secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert asked.headers["x-outdial-signature"] == f"sha256={expected}"
    told = json.loads(asked.body)
    assert (told["id"], told["event"]) == (asked.headers["x-outdial-delivery"], "attempt.over")
    assert (told["data"]["queue_id"], told["data"]["result"]) == (campaign.queue.id, "abandoned")
    assert (told["data"]["cause"], told["data"]["variables"]) == ("NORMAL_CLEARING", {"status": "Busy"})
    (row,) = deliveries(door, hook)
    assert (row["state"], row["tries"], row["status"], row["id"]) == ("delivered", 1, 200, told["id"])


def test_the_secret_is_shown_once_and_renewed(door: Door, web: Web) -> None:
    hook = a_webhook(door, web.url())
    path = f"/webhooks/{hook['id']}"
    assert "secret" not in door.get(path).ok() and "secret" not in door.get("/webhooks").items()[0]
    renewed = door.post(f"{path}/secret").ok()["secret"]
    assert renewed != hook["secret"]
    door.post(f"{path}/test").ok()
    drive(door)
    (asked,) = web.asked
    signed = asked.headers["x-outdial-timestamp"].encode() + b"." + asked.body
    assert asked.headers["x-outdial-signature"].endswith(hmac.new(renewed.encode(), signed, hashlib.sha256).hexdigest())
    assert json.loads(asked.body)["event"] == "test"


def test_a_receiver_that_is_down_is_tried_again_and_again_and_given_up(door: Door, web: Web) -> None:
    web.answer = lambda asked: Says(500)
    hook = a_webhook(door, web.url())
    rung(door)
    for number, wait_s in enumerate(WAITS_S, 1):
        drive(door)
        (row,) = deliveries(door, hook)
        assert (row["state"], row["tries"], row["status"]) == ("waiting", number, 500)
        assert int(row["due_at"]) == door.clock.now + wait_s * 1000
        drive(door)
        assert len(web.asked) == number, "not before its time"
        door.clock.now += wait_s * 1000
    drive(door)
    (row,) = deliveries(door, hook)
    assert (row["state"], row["problem"], "due_at" in row) == ("failed", "It answered 500.", False)
    assert len({asked.headers["x-outdial-delivery"] for asked in web.asked}) == 1
    assert [asked.headers["x-outdial-try"] for asked in web.asked] == [str(n) for n in range(1, len(WAITS_S) + 2)]


def test_nobody_there_is_a_problem_in_words(door: Door) -> None:
    hook = a_webhook(door, "http://127.0.0.1:9009/")
    door.post(f"/webhooks/{hook['id']}/test").ok()
    drive(door)
    (row,) = deliveries(door, hook)
    assert (row["state"], row.get("status", 0)) == ("waiting", 0) and row["problem"]


def test_a_redirect_is_not_followed_wherever_it_leads(door: Door, web: Web) -> None:
    web.answer = lambda asked: moved("http://127.0.0.1:8080/secret", 307)
    hook = a_webhook(door, web.url())
    door.post(f"/webhooks/{hook['id']}/test").ok()
    drive(door)
    assert len(web.asked) == 1
    assert "redirects" in deliveries(door, hook)[0]["problem"]


def test_loopback_is_not_reached_unless_the_operator_allows_it(door: Door, web: Web) -> None:
    hook = a_webhook(door, web.url())
    door.post(f"/webhooks/{hook['id']}/test").ok()

    async def run() -> None:
        async with sending(door, allowed="") as outbox:
            await sent(outbox)

    door.loop.run_until_complete(run())
    assert web.asked == []
    assert "127.0.0.1" in deliveries(door, hook)[0]["problem"]


def test_a_slow_receiver_holds_up_only_its_own(door: Door, web: Web) -> None:
    def answer(asked: Asked) -> Says:
        return Says(silent=True) if asked.path == "/slow" else Says()

    web.answer = answer
    slow, quick = a_webhook(door, web.url("/slow")), a_webhook(door, web.url("/quick"))
    rung(door, people=10)

    async def run() -> None:
        client = HttpClient(Guard(read_networks(LOOPBACK_ALLOWED)))
        running = asyncio.create_task(Outbox(door.store, client, door.clock, poll_s=0.01).run())
        async with asyncio.timeout(20):
            while sum(asked.path == "/quick" for asked in web.asked) < 10:  # noqa: ASYNC110 - the receiver tells nobody
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])
        await client.close()

    door.loop.run_until_complete(run())
    assert sum(asked.path == "/slow" for asked in web.asked) <= 8, "no more than so many at once"
    assert {row["state"] for row in deliveries(door, slow)} == {"waiting"}
    assert "delivered" in {row["state"] for row in deliveries(door, quick)}


def test_what_a_dead_service_left_is_sent_by_the_next_once_for_each_id(door: Door, web: Web) -> None:
    hook = a_webhook(door, web.url())
    rung(door, people=3)
    drive(door)
    drive(door)  # another start on the same store
    ids = [asked.headers["x-outdial-delivery"] for asked in web.asked]
    assert len(ids) == 3 and len(set(ids)) == 3
    assert {row["state"] for row in deliveries(door, hook)} == {"delivered"}


def test_only_who_wants_to_hear_is_told(door: Door, web: Web) -> None:
    other = Campaign(door, name="Other")
    hooks = [
        a_webhook(door, web.url("/all")),
        a_webhook(door, web.url("/other"), queue={"id": other.queue.id}),
        a_webhook(door, web.url("/off"), enabled=False),
        a_webhook(door, web.url("/none"), events=[]),
    ]
    other.member("380777")
    other.ring()
    assert [len(deliveries(door, hook)) for hook in hooks] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "a"}, "url"),
        ({"name": "a", "url": "ftp://x/"}, "url"),
        ({"name": "a", "url": "http://127.0.0.1:22/"}, "url"),
        ({"name": "a", "url": "http://example.com/", "events": ["weather"]}, "events"),
    ],
)
def test_a_webhook_that_makes_no_sense(door: Door, body: Json, field: str) -> None:
    assert door.post("/webhooks", body).refused()["field"] == field


def test_the_secret_is_sealed_on_disk(door: Door) -> None:
    hook = a_webhook(door, "http://example.com/")
    rows = door.write(lambda conn: conn.exec_driver_sql("SELECT * FROM webhook").fetchall())
    assert hook["secret"] not in repr(rows)
