"""The live feed as Server-Sent Events."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from outdial.api import wire
from outdial.api.doc import Doc, Raw
from outdial.api.doors import Call, Doors, enter
from outdial.api.feed import Feed, Wish, frame
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Ids, Long, Text, Texts
from outdial.api.needs import Need
from outdial.domain.errors import BadField, OutdialError, StoreUnavailable
from outdial.store import queues
from outdial.store.base import Store
from outdial.store.context import Actor, acting

log = structlog.get_logger(__name__)
OBJECT = "cc_queue"
NEED = Need(OBJECT, "r", filtered=True)
STREAM = "text/event-stream"
NO_QUEUE = frozenset({-1})
KINDS = ("attempt", "queue", "step")
ASKS = Shape(kinds=Texts(), queue_id=Ids(), call_id=Text(), last_event_id=Field(Long()))
QUIET_MS = 15_000
"""A comment says that the stream still lives."""
LOOK_AGAIN_MS = 60_000
"""A stream ends so long after its token does."""


def install(doors: Doors) -> None:
    doors.add(
        "GET",
        "/events",
        _events,
        Doc("Follow what happens, as Server-Sent Events", Raw(STREAM), asks=ASKS, filtered=True),
    )


async def _events(call: Call) -> Response:
    """Kinds: ``attempt`` (a stage of an attempt), ``queue`` (the figures of a queue, at most once a second), ``step``
    (a flow's step, of test calls); all unless ``kinds`` names some. ``queue_id`` and ``call_id`` narrow it. The first
    event is ``hello``: ``resumed`` says whether the stream goes on after ``Last-Event-ID`` without a gap; figures
    follow of each queue as they are. ``lost`` says that events were missed: read again what you show."""
    asked = ASKS.read(wire.nested(call.request.url.query), partial=True)
    kinds = frozenset(name for given in asked.get("kinds", ()) for name in given.split(","))
    if not kinds <= set(KINDS):
        raise BadField("kinds", f"expected some of {', '.join(KINDS)}")
    seen = await queues_seen(call.deps.store, call.actor, call.domain_id)
    asked_for = frozenset(asked.get("queue_id", ()))
    wish = Wish(call.domain_id, kinds or frozenset(KINDS), both(seen, asked_for), asked.get("call_id", ""))
    return Stream(call, wish, seen, _place(call) or asked.get("last_event_id", 0))


async def queues_seen(store: Store, actor: Actor, domain_id: int) -> frozenset[int] | None:
    """The queues on which the right to read was granted; None = all. Raises StoreUnavailable."""
    if actor.wide:
        return None
    return await store.read(acting(actor, lambda conn: queues.granted_ids(conn, domain_id)))


def both(seen: frozenset[int] | None, asked_for: frozenset[int]) -> frozenset[int]:
    """What a wish names: empty would be all, so nothing at all is a queue that does not exist."""
    if seen is None:
        return asked_for
    return (seen & asked_for if asked_for else seen) or NO_QUEUE


def _place(call: Call) -> int:
    given = call.request.headers.get("last-event-id", "")
    return int(given) if given.isdecimal() and len(given) < 19 else 0


class Stream(Response):
    """Runs until the client goes, its token ends, or the service stops."""

    def __init__(self, call: Call, wish: Wish, seen: frozenset[int] | None, place: int) -> None:
        super().__init__(media_type=STREAM, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._call = call
        self._feed: Feed = call.deps.feed
        self._wish = wish
        self._seen = seen
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            both = [asyncio.create_task(self._write(send)), asyncio.create_task(_gone(receive))]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in both:
                    task.cancel()
                await asyncio.wait(both)
            self._tell_trouble(both[0])
        await send({"type": "http.response.body", "body": b""})

    def _tell_trouble(self, writing: asyncio.Task[None]) -> None:
        """The client comes again by itself; a fault of ours goes on to the server's log."""
        error = None if writing.cancelled() else writing.exception()
        if isinstance(error, StoreUnavailable):
            log.warning("events.store_unavailable", detail=error.detail)
        elif error is not None:
            raise error

    async def _write(self, send: Send) -> None:
        async def put(data: bytes) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": True})

        with ExitStack() as stack:
            stack.enter_context(self._feed.watched())
            if "queue" in self._wish.kinds:
                stack.enter_context(self._call.deps.board.watched(self._wish.domain_id))
            await put(await self._hello())
            await self._follow(put)

    async def _hello(self) -> bytes:
        """Where the stream begins, and the figures as they are then: what happens meanwhile is told after them."""
        feed, wish = self._feed, self._wish
        resumed = bool(self._place) and feed.knows(self._place)
        self._place = self._place if resumed else feed.last
        at = self._place
        hello = frame("hello", {"at": str(feed.now()), "resumed": resumed}, at)
        if "queue" not in wish.kinds or wish.call_id:
            return hello
        figures = await self._call.deps.board.now(wish.domain_id, wish.queue_ids)
        return hello + b"".join(frame("queue", one, at) for one in figures)

    async def _follow(self, put: Callable[[bytes], Awaitable[None]]) -> None:
        feed = self._feed
        written = looked = feed.now()
        while not feed.closed:
            news, now = feed.news(self._place, self._wish), feed.now()
            self._place = news.place
            told = (frame("lost", {"at": str(now)}, self._place),) if news.lost else news.frames
            if not told and now - written >= QUIET_MS:
                told = (b": still here\n\n",)
            for data in told:
                await put(data)
                written = now
            if now - looked >= LOOK_AGAIN_MS:
                looked = now
                if not await self._still_allowed():
                    return
            if not told:
                await feed.wait(QUIET_MS / 1000)

    async def _still_allowed(self) -> bool:
        """False ends the stream: who may still see something comes again, and sees what it may then."""
        try:
            call = await enter(self._call.request, self._call.deps, NEED)
            return await queues_seen(call.deps.store, call.actor, call.domain_id) == self._seen
        except OutdialError:
            return False


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
