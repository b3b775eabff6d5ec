"""The official client's WebSocket hears calls ring, answer and end."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from outdial.domain.attempt import CallFacts
from tests.api.door import opened
from tests.api.stream import PATIENCE_S, moved, served
from tests.interop.node import HERE, environment, prepared


async def test_calls_come_and_go(tmp_path: Path) -> None:
    node = prepared()
    door = await opened(tmp_path, asyncio.get_running_loop())
    async with served(door) as address, asyncio.timeout(PATIENCE_S * 3):
        host = address.removeprefix("http://").removesuffix("/api")
        client = await asyncio.create_subprocess_exec(
            node,
            "--experimental-websocket",
            str(HERE / "socket.cjs"),
            host,
            door.token,
            env=environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        assert client.stdout
        assert json.loads(await client.stdout.readline()) == {"event": "subscribed", "user": 1}
        for stage in ("waiting", "offering", "bridged"):
            door.feed.tell(moved(stage))
        ended = CallFacts(created_at=1, answered_at=2, hangup_at=3, cause="NORMAL_CLEARING", sip_code=200)
        door.feed.tell(moved("leaving", facts=ended))
        told = [json.loads(line) for line in (await client.stdout.read()).splitlines()]
        assert await client.wait() == 0
    await door.store.close()
    assert [one["event"] for one in told] == ["ringing", "active", "hangup"]
    assert {(one["id"], one["direction"], one["destination"]) for one in told} == {("uuid-1", "outbound", "380441")}
    assert told[-1]["cause"] == "NORMAL_CLEARING"
