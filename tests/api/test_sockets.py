"""Webitel's WebSocket, frame by frame."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from outdial.domain.errors import StoreUnavailable
from outdial.store import commands, grants, tokens
from tests.api.calling import Campaign
from tests.api.campaign import a_queue
from tests.api.door import Door
from tests.api.people import a_person, grant
from tests.api.stream import PATIENCE_S, moved
from tests.api.test_events import over_the_wire

Json = dict[str, Any]


class Client:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._seq = 0

    async def next(self) -> Json:
        async with asyncio.timeout(PATIENCE_S):
            message: Json = json.loads(await self._socket.recv())
        return message

    async def ask(self, action: str, **data: Any) -> Json:
        self._seq += 1
        await self._socket.send(json.dumps({"seq": self._seq, "action": action, "data": data}))
        reply = await self.next()
        assert reply["seq_reply"] == self._seq
        return reply

    async def raw(self, text: str) -> None:
        await self._socket.send(text)

    async def ended(self) -> int:
        """The code with which it was closed."""
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await self.next()
        assert closed.value.rcvd
        return closed.value.rcvd.code


@asynccontextmanager
async def connected(address: str, token: str = "") -> AsyncIterator[Client]:
    url = address.replace("http", "ws", 1).removesuffix("/api") + "/ws/websocket?application_name=test&ver=1"
    async with connect(url) as socket:
        client = Client(socket)
        if token:
            assert (await client.ask("authentication_challenge", token=token))["status"] == "OK"
            assert (await client.next())["event"] == "hello"
        yield client


def test_the_greeting_comes_after_the_token(door: Door) -> None:
    async def test(address: str) -> None:
        async with connected(address) as client:
            early = await client.ask("subscribe_call")
            assert (early["status"], early["error"]["code"]) == ("FAIL", 401)
            assert (await client.ask("authentication_challenge", token="wrong"))["status"] == "FAIL"
            assert (await client.ask("authentication_challenge", token=door.token))["status"] == "OK"
            hello = await client.next()
            assert hello["event"] == "hello" and hello["data"]["session"]["user_id"] == 1
            assert {"sock_id", "server_version", "server_node_id", "server_time"} <= hello["data"].keys()
            assert (await client.ask("ping"))["data"] == {"pong": 1}
            assert (await client.ask("cc_agent_online"))["error"]["id"] == "api.websocket.action"

    over_the_wire(door, test)


def test_calls_ring_are_answered_and_hung_up(door: Door) -> None:
    async def test(address: str) -> None:
        async with connected(address, door.token) as client:
            assert (await client.ask("subscribe_call"))["data"] == {"items": []}
            for stage in ("waiting", "offering", "ringing", "bridged", "leaving", "over"):
                door.feed.tell(moved(stage))
            calls = [(await client.next())["data"]["call"] for _ in range(3)]
            assert [call["event"] for call in calls] == ["ringing", "active", "hangup"]
            assert {call["id"] for call in calls} == {"uuid-1"}
            assert calls[0]["data"]["destination"] == "380441"
            assert calls[0]["data"]["to"] == {"type": "member", "id": "1", "number": "380441", "name": "Ann"}
            await client.ask("un_subscribe_call")
            door.feed.tell(moved("offering", id=2))
            assert (await client.ask("ping"))["data"] == {"pong": 1}, "nothing came between"

    over_the_wire(door, test)


def test_calls_that_are_up_are_listed_and_hung_up(door: Door) -> None:
    campaign = Campaign(door)
    campaign.member("380441")
    (attempt,) = campaign.claim()
    campaign.offer(attempt)

    async def test(address: str) -> None:
        async with connected(address, door.token) as client:
            (item,) = (await client.ask("subscribe_call"))["data"]["items"]
            assert (item["id"], item["state"], item["destination"]) == (attempt.call_id, "ringing", "380441")
            assert (await client.ask("call_hangup", id=attempt.call_id, cause="USER_BUSY"))["status"] == "OK"
            assert (await client.ask("call_hangup", id="nobody"))["error"]["code"] == 404

    over_the_wire(door, test)
    (order,) = door.write(commands.take)
    assert (order.kind, order.attempt_id, order.payload) == ("hangup", attempt.id, {"cause": "USER_BUSY"})


@pytest.mark.parametrize(
    ("said", "cause"),
    [("", "MANAGER_REQUEST"), ("17", "USER_BUSY"), ("user_busy", "USER_BUSY"), ("x", "NORMAL_CLEARING")],
)
def test_the_cause_of_a_hangup_is_read_as_by_rest(door: Door, said: str, cause: str) -> None:
    campaign = Campaign(door)
    campaign.member("380441")
    (attempt,) = campaign.claim()
    campaign.offer(attempt)

    async def test(address: str) -> None:
        async with connected(address, door.token) as client:
            assert (await client.ask("call_hangup", id=attempt.call_id, cause=said))["status"] == "OK"

    over_the_wire(door, test)
    (order,) = door.write(commands.take)
    assert order.payload == {"cause": cause}


def test_attempts_are_told_as_the_other_feed_tells_them(door: Door) -> None:
    async def test(address: str) -> None:
        async with connected(address, door.token) as client:
            await client.ask("subscribe_attempt")
            door.feed.tell(moved("waiting"))
            told = await client.next()
            assert (told["event"], told["data"]["state"], told["data"]["id"]) == ("attempt", "waiting", "1")

    over_the_wire(door, test)


def test_rights_hold_here_too(door: Door) -> None:
    watcher, nobody = a_person(door, "ann", cc_queue="r"), a_person(door, "bob")

    async def test(address: str) -> None:
        async with connected(address) as client:
            refused = await client.ask("authentication_challenge", token=nobody.token)
            assert refused["error"]["id"] == "api.context.permissions.app_error"
        async with connected(address, watcher.token) as client:
            await client.ask("subscribe_call")
            assert (await client.ask("call_hangup", id="x"))["error"]["code"] == 403
            door.feed.tell(moved("offering", domain_id=2))
            assert (await client.ask("ping"))["data"] == {"pong": 1}, "another domain's calls are not told"

    over_the_wire(door, test)


@pytest.mark.parametrize("text", ["no json", "[]", "7", '"x"'])
def test_what_is_no_request_ends_the_connection(door: Door, text: str) -> None:
    async def test(address: str) -> None:
        async with connected(address, door.token) as client:
            await client.raw(text)
            assert await client.ended() == 1003

    over_the_wire(door, test)


def test_it_ends_with_its_token_and_with_the_service(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outdial.api.sockets.LOOK_AGAIN_S", 0.05)

    async def test(address: str) -> None:
        async with connected(address, door.token) as client:
            await door.store.write(lambda conn: tokens.forget(conn, door.token))
            assert await client.ended() == 4001

    over_the_wire(door, test)


def test_it_ends_when_other_queues_may_be_seen(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outdial.api.sockets.LOOK_AGAIN_S", 0.05)
    mine, other, ann = a_queue(door), a_queue(door, "Other"), a_person(door, "ann")
    grant(door, mine.path, ann, "r")
    wanted = (1, "cc_queue", int(other.path.rpartition("/")[2]))

    async def test(address: str) -> None:
        async with connected(address, ann.token) as client:
            await client.ask("subscribe_attempt")
            await door.store.write(lambda conn: grants.put(conn, *wanted, role_id=int(ann.role), granted="r"))
            assert await client.ended() == 4001

    over_the_wire(door, test)


def test_it_outlives_a_store_that_is_away(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outdial.api.sockets.LOOK_AGAIN_S", 0.05)

    async def test(address: str) -> None:
        async with connected(address, door.token) as client:
            with monkeypatch.context() as away:
                away.setattr(door.store, "read", unavailable)
                await asyncio.sleep(0.2)
            assert (await client.ask("ping"))["data"] == {"pong": 1}
            await door.store.write(lambda conn: tokens.forget(conn, door.token))
            assert await client.ended() == 4001, "it is still looked at"

    over_the_wire(door, test)


async def unavailable(*_: object) -> None:
    raise StoreUnavailable("The disk is full.")


def test_who_does_not_sign_in_is_not_kept(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outdial.api.sockets.SIGN_IN_S", 0.05)

    async def test(address: str) -> None:
        async with connected(address) as client:
            assert await client.ended() == 4001

    over_the_wire(door, test)
