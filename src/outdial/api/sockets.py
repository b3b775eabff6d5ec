"""Webitel's WebSocket: calls as they come and go, for programs written for it (webitel-api §15)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.metadata import version
from typing import Any

import msgspec
from sqlalchemy import Connection
from starlette.websockets import WebSocket, WebSocketDisconnect

from outdial.api.calls import STATES, hang_up
from outdial.api.doors import Deps, address_of
from outdial.api.feed import Entry, Wish
from outdial.api.needs import Need, admit
from outdial.api.streams import both, queues_seen
from outdial.domain.errors import Forbidden, OutdialError, StoreUnavailable, Unauthenticated, UserMistake
from outdial.domain.happening import Moved
from outdial.store import history, tokens
from outdial.store.context import Actor, acting
from outdial.store.listing import MOST, ListQuery, Row
from outdial.store.tokens import Session

PATH = "/ws/websocket"
NEED = Need("cc_queue", "r", filtered=True)
SIGN_IN_S = 10
"""A socket that has not signed in by then is closed."""
LOOK_AGAIN_S = 60.0
UNAUTHENTICATED = 4001
EVENTS = {"offering": "ringing", "bridged": "active", "leaving": "hangup"}
"""Stages of an attempt → what happened to its call, in Webitel's words."""
Json = dict[str, Any]
_decode = msgspec.json.Decoder(Json)


class Unknown(UserMistake):
    """This service does not have that action."""

    status = 501
    id = "api.websocket.action"


def endpoint(deps: Deps) -> Callable[[WebSocket], Awaitable[None]]:
    async def serve(socket: WebSocket) -> None:
        await Talk(socket, deps).run()

    return serve


def call_text(entry: Entry) -> bytes:
    """The frame of an event of a call; nothing for stages that Webitel has no word for."""
    moved = entry.body
    if not isinstance(moved, Moved) or moved.stage not in EVENTS:
        return b""
    attempt, facts = moved.attempt, moved.facts
    told = {"sip": facts.sip_code, "cause": facts.cause} if facts and moved.stage == "leaving" else {}
    data = {
        "direction": "outbound",
        "destination": attempt.communication.destination,
        "from": _end("gateway", attempt.resource_id, attempt.display, moved.resource_name),
        "to": _end("member", attempt.member_id, attempt.communication.destination, attempt.member_name),
        "queue": {"queue_id": str(attempt.queue_id), "queue_name": moved.queue_name, "attempt_id": attempt.id},
        "payload": attempt.variables,
        **told,
    }
    return _call(attempt.call_id, EVENTS[moved.stage], moved.at, attempt.domain_id, data)


def attempt_text(entry: Entry) -> bytes:
    return msgspec.json.encode({"event": "attempt", "data": entry.said()})


def _call(id: str, event: str, at: int, domain_id: int, data: Json) -> bytes:
    call = {"id": id, "event": event, "timestamp": at, "app_id": "outdial", "cc_app_id": "", "domain_id": domain_id}
    return msgspec.json.encode({"event": "call", "data": {"call": {**call, "data": data}}})


def _end(kind: str, id: int, number: str, name: str) -> Json:
    return {"type": kind, "id": str(id), "number": number, "name": name}


FORMS = {"call": call_text, "attempt": attempt_text}


class Talk:
    """One connection. Requests are answered in their order; events come between them."""

    def __init__(self, socket: WebSocket, deps: Deps) -> None:
        self._socket = socket
        self._deps = deps
        self._feed = deps.feed
        self._token = ""
        self._session: Session | None = None
        self._actor: Actor | None = None
        self._seen: frozenset[int] | None = None
        self._sending = asyncio.Lock()
        self._followed: dict[str, asyncio.Task[None]] = {}
        """What is subscribed to → who writes it."""
        self._actions: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "ping": self._ping,
            "subscribe_call": self._subscribe_call,
            "un_subscribe_call": lambda data: self._leave("call"),
            "subscribe_attempt": self._subscribe_attempt,
            "un_subscribe_attempt": lambda data: self._leave("attempt"),
            "call_hangup": self._hang_up,
        }

    async def run(self) -> None:
        await self._socket.accept()
        keeper: asyncio.Task[None] | None = None
        with suppress(WebSocketDisconnect):
            try:
                async with asyncio.timeout(SIGN_IN_S):
                    while self._session is None:
                        await self._answer(await self._next())
            except TimeoutError:
                await self._socket.close(UNAUTHENTICATED)
                return
            keeper = asyncio.create_task(self._keep())
            try:
                while True:
                    await self._answer(await self._next())
            finally:
                keeper.cancel()
                for task in self._followed.values():
                    task.cancel()

    async def _next(self) -> Json:
        """The next request; what is none ends the connection."""
        text = await self._socket.receive_text()
        try:
            return _decode.decode(text)
        except msgspec.DecodeError:
            await self._socket.close(1003)
            raise WebSocketDisconnect(1003) from None

    async def _answer(self, request: Json) -> None:
        seq, action, data = request.get("seq"), str(request.get("action")), request.get("data")
        given = data if isinstance(data, dict) else {}
        try:
            if action == "authentication_challenge":
                await self._authenticate(given)
                await self._say({"status": "OK", "seq_reply": seq, "data": {}})
                await self._say({"event": "hello", "data": self._hello()})
                return
            if self._session is None:
                raise Unauthenticated
            do = self._actions.get(action)
            if do is None:
                raise Unknown(f"This service does not have the action {action}.")
            await self._say({"status": "OK", "seq_reply": seq, "data": await do(given)})
        except OutdialError as error:
            told = {"id": error.id, "status": str(error.status), "detail": error.detail, "code": error.status}
            await self._say({"status": "FAIL", "seq_reply": seq, "error": told})

    async def _say(self, message: Json) -> None:
        await self._send(msgspec.json.encode(message).decode())

    async def _send(self, text: str) -> None:
        async with self._sending:
            await self._socket.send_text(text)

    # ── who speaks ───────────────────────────────────────────────────────────────────────────────

    async def _authenticate(self, data: Json) -> None:
        token = str(data.get("token") or "")

        def find(conn: Connection) -> tuple[Session, Actor]:
            session = tokens.find(conn, token) if token else None
            if session is None:
                raise Unauthenticated
            return session, admit(conn, session, NEED, {}, address_of(self._socket))

        session, actor = await self._deps.store.read(find)
        self._seen = await queues_seen(self._deps.store, actor, session.domain_id)
        self._session, self._actor, self._token = session, actor, token

    async def _keep(self) -> None:
        """Closes the connection when its token ends, when other queues may be seen, or when the service stops."""
        while not self._feed.closed:
            await asyncio.sleep(LOOK_AGAIN_S)
            seen = self._seen
            try:
                await self._authenticate({"token": self._token})
            except StoreUnavailable:
                continue  # it cannot be told now whether the token still counts
            except UserMistake:
                break
            if self._seen != seen:
                break
        await self._socket.close(UNAUTHENTICATED)

    def _hello(self) -> Json:
        session = self._known()
        return {
            "sock_id": str(uuid.uuid4()),
            "server_version": version("outdial"),
            "server_build_commit": "",
            "server_node_id": "outdial",
            "server_time": self._feed.now() // 1000,
            "session": {
                "id": "",
                "user_id": session.user_id,
                "domain_id": session.domain_id,
                "role_ids": [],
                "expire": 0,
            },
            "use_cc": True,
            "use_chat": False,
            "b2bua": False,
        }

    def _known(self) -> Session:
        if self._session is None:
            raise Unauthenticated
        return self._session

    # ── what they want ───────────────────────────────────────────────────────────────────────────

    async def _ping(self, data: Json) -> Json:
        return {"pong": 1}

    async def _subscribe_call(self, data: Json) -> Json:
        """Answers the calls that are up."""
        await self._follow("call")
        domain_id, query = self._known().domain_id, ListQuery(size=MOST, filters={"state": list(STATES)})
        page = await self._read(lambda conn: history.search_open(conn, domain_id, query))
        return {"items": [_item(row) for row in page.items]}

    async def _subscribe_attempt(self, data: Json) -> Json:
        await self._follow("attempt")
        return {}

    async def _follow(self, what: str) -> None:
        await self._leave(what)
        wish = Wish(self._known().domain_id, frozenset({"attempt"}), both(self._seen, frozenset()))
        self._followed[what] = asyncio.create_task(self._write(self._feed.last, wish, FORMS[what]))

    async def _leave(self, what: str) -> Json:
        task = self._followed.pop(what, None)
        if task:
            task.cancel()
        return {}

    async def _write(self, place: int, wish: Wish, form: Callable[[Entry], bytes]) -> None:
        with self._feed.watched(), suppress(WebSocketDisconnect, RuntimeError):  # it went while we wrote
            while not self._feed.closed:
                news = self._feed.news(place, wish, form)
                place = news.place
                if news.lost:
                    await self._say({"event": "error", "data": {"error": {"id": "feed.lost", "detail": "Read again."}}})
                for frame in news.frames:
                    await self._send(frame.decode())
                if not news.frames:
                    await self._feed.wait(LOOK_AGAIN_S)
            await self._socket.close(1001)

    async def _hang_up(self, data: Json) -> Json:
        session, call_id, cause = self._known(), str(data.get("id") or ""), str(data.get("cause") or "")
        if not session.rights.may("calls", "d"):
            raise Forbidden

        def command(conn: Connection) -> None:
            hang_up(conn, session.domain_id, call_id, cause, by=session.user_id)

        assert self._actor is not None
        await self._deps.store.write(acting(self._actor, command))
        return {}

    async def _read(self, fn: Callable[[Connection], Any]) -> Any:
        assert self._actor is not None
        return await self._deps.store.read(acting(self._actor, fn))


def _item(row: Row) -> Json:
    member = row["member"] or {"id": 0, "name": ""}
    return {
        "id": row["call_id"],
        "app_id": "outdial",
        "state": STATES[row["state"]],
        "timestamp": row["offering_at"],
        "type": "call",
        "direction": "outbound",
        "destination": row["destination"],
        "from": _end("gateway", row["resource_id"] or 0, row["display"], row["resource_name"]),
        "to": _end("member", member["id"], row["destination"], member["name"]),
        "variables": row["variables"],
        "created_at": row["offering_at"],
        "answered_at": row["bridged_at"] or 0,
        "bridged_at": row["bridged_at"] or 0,
        "hangup_at": 0,
        "queue": {"queue_id": str(row["queue_id"]), "queue_name": row["queue_name"], "attempt_id": row["id"]},
    }
