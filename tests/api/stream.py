"""The API behind a real socket, and a reader of its event streams."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.happening import Moved, Stage
from outdial.domain.member import Communication
from tests.api.door import Door

PATIENCE_S = 20


@dataclass(frozen=True)
class Event:
    id: str
    kind: str
    body: dict[str, Any]


class Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        return


@asynccontextmanager
async def served(door: Door) -> AsyncIterator[str]:
    """The address of the API while it is served on the loop that runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(
        uvicorn.Config(door.site, log_config=None, lifespan="off", ws="websockets-sansio", ws_max_size=65536)
    )
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[listener])
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"
    finally:
        door.feed.close()
        await server.shutdown(sockets=[listener])


@asynccontextmanager
async def followed(address: str, token: str, after: str = "", **params: Any) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of one stream, its ``hello`` first."""
    headers = {"X-Webitel-Access": token, **({"Last-Event-ID": after} if after else {})}
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S) as client,
        client.stream("GET", f"{address}/events", headers=headers, params=params) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[Event]:
    found: dict[str, str] = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            found[name] = value
        elif "data" in found:
            yield Event(found.get("id", ""), found["event"], json.loads(found["data"]))
            found = {}


async def first(events: AsyncIterator[Event], count: int) -> list[Event]:
    async with asyncio.timeout(PATIENCE_S):
        return [await anext(events) for _ in range(count)]


async def until(events: AsyncIterator[Event], kind: str) -> Event:
    """The next one of a kind."""
    async with asyncio.timeout(PATIENCE_S):
        return await anext(event async for event in events if event.kind == kind)


def an_attempt(id: int = 1, queue_id: int = 1, domain_id: int = 1) -> Attempt:
    number = Communication(id, 0, "380441", 1)
    return Attempt(
        id=id, domain_id=domain_id, queue_id=queue_id, member_id=id, member_name="Ann", member_timezone="UTC",
        communication=number, other_numbers=0, resource_id=4, group_id=5, display="380440000000",
        call_id=f"uuid-{id}", seq=1, joined_at=1_764_000_000_000, variables={},
    )  # fmt: skip


def moved(stage: Stage = "offering", facts: CallFacts | None = None, **attempt: int) -> Moved:
    return Moved(1_764_000_001_000, stage, an_attempt(**attempt), "Reminder", "Line", facts)
