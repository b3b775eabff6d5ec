"""The API on a store in memory, spoken to as the outside world does: bytes in, bytes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import Connection
from starlette.applications import Starlette

from outdial.api import session
from outdial.api.app import build
from outdial.api.doors import Deps
from outdial.api.feed import Feed
from outdial.api.figures import Board
from outdial.audio.prompt import Cut, cut
from outdial.flow.ports.speech import NO_SPEECH, Speech
from outdial.flow.validate import validate
from outdial.net.links import Links
from outdial.store import Store, open_store
from outdial.store.files import Files

T = TypeVar("T")
NOON = 1_764_000_000_000
TOKEN = "preset-token"
API = "http://outdial.test/api"


@dataclass
class Clock:
    now: int = NOON

    def __call__(self) -> int:
        return self.now


@dataclass
class Answer:
    """What came back; ``ok`` gives the body of a success, ``refused`` that of a refusal."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> Any:
        return self.response.json()

    def ok(self) -> Any:
        assert self.status == 200, self.response.text
        return self.body

    def items(self) -> list[Any]:
        return list(self.ok()["items"])

    def refused(self, code: int = 400) -> dict[str, Any]:
        """The error object, checked for what every one of them has."""
        assert self.status == code, self.response.text
        error = self.body
        assert error["code"] == code and error["status"] and error["id"] and error["detail"]
        assert error["request_id"] == self.response.headers["x-request-id"]
        return dict(error)


@dataclass
class Door:
    store: Store
    clock: Clock
    ill: dict[str, str | None]
    site: Starlette
    loop: asyncio.AbstractEventLoop
    files: Files
    feed: Feed
    token: str = TOKEN
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """``more`` is httpx's: params, content, files, headers."""
        if body is not None:
            more["json"] = body
        headers = {"X-Webitel-Access": self.token} if self.token else {}
        more["headers"] = {**headers, **more.get("headers", {})}
        return self.loop.run_until_complete(self._send(method, path, more))

    async def _send(self, method: str, path: str, more: dict[str, Any]) -> Answer:
        transport = httpx.ASGITransport(self.site)
        base = API.removesuffix("/api") if path == "/" else API
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return Answer(await client.request(method, path, **more))

    def site_at(self, address: str) -> httpx.Response:
        """An address outside the API."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.site)
            async with httpx.AsyncClient(transport=transport, base_url=API.removesuffix("/api")) as client:
                return await client.get(address)

        return self.loop.run_until_complete(send())

    def get(self, path: str, **params: Any) -> Answer:
        return self("GET", path, params=params or None)

    def post(self, path: str, body: Any = None) -> Answer:
        return self("POST", path, {} if body is None else body)

    def put(self, path: str, body: Any) -> Answer:
        return self("PUT", path, body)

    def patch(self, path: str, body: Any) -> Answer:
        return self("PATCH", path, body)

    def delete(self, path: str, body: Any = None) -> Answer:
        return self("DELETE", path, body)

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Straight into the store, for what only the dialer writes."""
        return self.loop.run_until_complete(self.store.write(fn))

    def id(self, path: str, body: Any) -> str:
        """Creates a record and answers its id."""
        created = self.post(path, body).ok()
        assert isinstance(created["id"], str)
        return str(created["id"])


async def cut_here(source: Path, into: Path) -> Cut:
    return cut(source, into)


async def opened(folder: Path, loop: asyncio.AbstractEventLoop, speech: Speech = NO_SPEECH) -> Door:
    clock, ill, files = Clock(), dict[str, str | None](), Files(folder)
    store = await open_store(":memory:", now=clock)
    links = Links(b"key of the tests")
    feed = Feed(clock)
    deps = Deps(store, files, cut_here, validate, lambda: ill, clock, links, feed, Board(store, feed), speech=speech)
    site = build(deps)
    await session.ensure_admin(store)
    await session.preset_token(store, TOKEN)
    return Door(store, clock, ill, site, loop, files, feed)
