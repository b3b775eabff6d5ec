"""``mq`` against a real NATS and a real RabbitMQ."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import aiormq
import nats as nats_client
import pytest

from .brokers import free_port, nats, rabbit
from .flows import DOMAIN, flow, outside

BODY = {"n": 1, "name": "${name}"}


@pytest.fixture(scope="module")
def nats_url() -> Iterator[str]:
    with nats() as url:
        yield url


@pytest.fixture(scope="module")
def amqp_url() -> Iterator[str]:
    with rabbit() as url:
        yield url


async def test_nats_gets_json_under_exchange_dot_topic(nats_url: str) -> None:
    listener = await nats_client.connect(nats_url)
    heard = await listener.subscribe("crm.>")
    await listener.flush()
    async with outside(mq_url=nats_url) as world:
        step = {"mq": {"exchange": "crm", "topic": "calls.${kind}", "body": BODY, "setErr": "error"}}
        done = await flow(world.of(DOMAIN), step, step, variables={"name": 'O"N', "kind": "ended"})
    assert done.results == ["ok", "ok"]
    assert "error" not in done.variables
    for _ in range(2):
        message = await heard.next_msg(30)
        assert (message.subject, json.loads(message.data)) == ("crm.calls.ended", {"n": 1, "name": 'O"N'})
    await listener.close()


async def test_a_subject_that_listens_to_all_is_refused(nats_url: str) -> None:
    async with outside(mq_url=nats_url) as world:
        done = await flow(world.of(DOMAIN), {"mq": {"exchange": "crm", "topic": ">", "body": 1, "setErr": "error"}})
    assert "is no subject" in done.variables["error"]


async def test_a_broker_that_is_away_is_said_and_found_again_later() -> None:
    with nats() as url:
        async with outside(mq_url=url) as world:
            step = {"mq": {"exchange": "a", "topic": "b", "body": 1}}
            assert (await flow(world.of(DOMAIN), step)).results == ["ok"]
    for url in (f"nats://127.0.0.1:{free_port()}", f"amqp://127.0.0.1:{free_port()}/"):
        async with outside(mq_url=url) as world:
            done = await flow(world.of(DOMAIN), step | {"tag": "x"})
            assert done.results[0].startswith("failed: ")


async def test_what_is_missing_is_said() -> None:
    async with outside() as world:
        done = await flow(
            world.of(DOMAIN), {"mq": {"exchange": "a", "topic": "b"}}, {"mq": {"topic": "b", "setErr": "error"}}
        )
    assert "OUTDIAL_MQ_URL" in done.results[0]
    assert done.variables == {"error": "exchange and topic are needed"}


@pytest.mark.parametrize("topic", ["a" * 256, "б" * 128])
async def test_names_too_long_for_a_broker_are_refused(topic: str) -> None:
    for url in ("nats://127.0.0.1:1", "amqp://127.0.0.1:1/"):
        async with outside(mq_url=url) as world:
            done = await flow(world.of(DOMAIN), {"mq": {"exchange": "a", "topic": topic}})
            assert "at most 255 bytes" in done.results[0]


@pytest.mark.slow
async def test_rabbitmq_gets_json_for_the_routing_key(amqp_url: str) -> None:
    connection = await aiormq.connect(amqp_url)
    channel = await connection.channel()
    await channel.exchange_declare("crm", exchange_type="topic")
    queue = await channel.queue_declare(exclusive=True)
    assert queue.queue
    await channel.queue_bind(queue.queue, "crm", routing_key="calls.*")
    got: asyncio.Queue[aiormq.abc.DeliveredMessage] = asyncio.Queue()
    await channel.basic_consume(queue.queue, got.put, no_ack=True)
    async with outside(mq_url=amqp_url) as world:
        step = {"mq": {"exchange": "crm", "topic": "calls.ended", "body": BODY}}
        lost = {"mq": {"exchange": "nowhere", "topic": "x", "body": 1, "setErr": "error"}}
        done = await flow(world.of(DOMAIN), step, lost, step, variables={"name": "Оля"})
    assert done.results[0] == done.results[2] == "ok", "a missing exchange does not spoil the next message"
    assert done.variables["error"] == "AMQP: there is no exchange 'nowhere'"
    for _ in range(2):
        message = await got.get()
        assert json.loads(message.body) == {"n": 1, "name": "Оля"}
        assert message.header.properties.content_type == "application/json"
    await connection.close()
