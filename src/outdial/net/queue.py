"""Publishing to the message queue of the settings: NATS or AMQP, whichever its URL says."""

from __future__ import annotations

import asyncio
import re
from typing import Protocol

import aiormq
import nats
import nats.errors
from aiormq.abc import AbstractChannel, AbstractConnection
from nats.aio.client import Client
from pamqp.commands import Basic

from outdial.net.errors import Refused, Unreachable

WAIT_S = 5.0
"""For one message, the connection included."""
MAX_BYTES = 1_000_000
MAX_NAME = 255
_SUBJECT = re.compile(r"[^\s.*>]+(\.[^\s.*>]+)*")


class Queue(Protocol):
    async def publish(self, exchange: str, topic: str, body: bytes) -> None:
        """Returns when the broker has it. Raises Refused or Unreachable."""
        ...

    async def close(self) -> None: ...


def open_queue(url: str) -> Queue:
    """Connects when first needed, and again when the connection is gone. Raises ValueError for another URL."""
    scheme = url.partition("://")[0]
    if scheme in ("nats", "tls"):
        return NatsQueue(url)
    if scheme in ("amqp", "amqps"):
        return AmqpQueue(url)
    raise ValueError("expected nats://… or amqp://…")


def _check(exchange: str, topic: str, body: bytes) -> None:
    """AMQP's short strings have 255 bytes; NATS has no use for longer ones."""
    if max(len(exchange.encode()), len(topic.encode())) > MAX_NAME:
        raise Refused(f"exchange and topic have at most {MAX_NAME} bytes")
    if len(body) > MAX_BYTES:
        raise Refused(f"the message is longer than {MAX_BYTES} bytes")


class NatsQueue:
    """The subject is ``exchange.topic``."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Client | None = None
        self._connecting = asyncio.Lock()

    async def publish(self, exchange: str, topic: str, body: bytes) -> None:
        subject = f"{exchange}.{topic}"
        if not _SUBJECT.fullmatch(subject):
            raise Refused(f"{subject!r} is no subject: words parted by dots, without blanks, * and >")
        _check(exchange, topic, body)
        try:
            async with asyncio.timeout(WAIT_S):
                client = await self._connected()
                await client.publish(subject, body)
                await client.flush()
        except (nats.errors.Error, OSError, TimeoutError, ValueError) as error:
            raise Unreachable(f"NATS: {error or 'no answer'}") from None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _connected(self) -> Client:
        async with self._connecting:
            if self._client is None or not self._client.is_connected:
                self._client = await nats.connect(
                    self._url,
                    allow_reconnect=False,
                    max_reconnect_attempts=1,
                    reconnect_time_wait=0.1,
                    connect_timeout=int(WAIT_S),
                    error_cb=_told_by_publish,
                )
            return self._client


async def _told_by_publish(error: Exception) -> None:
    """The library reports every error twice; the one that ``publish`` raises is enough."""


class AmqpQueue:
    """Publishes to an exchange that exists, with the broker's confirmation."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._connecting = asyncio.Lock()

    async def publish(self, exchange: str, topic: str, body: bytes) -> None:
        _check(exchange, topic, body)
        properties = Basic.Properties(content_type="application/json", delivery_mode=2)
        try:
            async with asyncio.timeout(WAIT_S):
                channel = await self._opened()
                await channel.basic_publish(body, exchange=exchange, routing_key=topic, properties=properties)
        except aiormq.exceptions.ChannelNotFoundEntity:
            raise Refused(f"AMQP: there is no exchange {exchange!r}") from None
        except (aiormq.exceptions.AMQPError, OSError, TimeoutError, asyncio.InvalidStateError, ValueError) as error:
            raise Unreachable(f"AMQP: {error or 'no answer'}") from None

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _opened(self) -> AbstractChannel:
        async with self._connecting:
            if self._connection is None or self._connection.is_closed:
                self._connection = await aiormq.connect(self._url)
                self._channel = None
            if self._channel is None or self._channel.is_closed:
                self._channel = await self._connection.channel(publisher_confirms=True)
            return self._channel
