"""SIGTERM: nobody more is rung, calls may end by themselves for a while, the rest are ended, all are recorded."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from outdial.carrier.journal import tell
from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from tests.e2e.campaign import Wanted, set_up
from tests.e2e.service import OutdialService
from tests.trouble.outage import counted

TIMES = Times(ring_ms=(5, 20), pick_up_ms=(50, 200), hang_up_ms=1200)
LISTENS, HANGS_UP, NEVER_ANSWERS = "380441000100", "380441000230", "380441000354"
WAITING = ("380441000430", "380441000531", "380441000640")
DRAIN_S = 2


async def test_sigterm(tmp_path: Path) -> None:
    async with Carrier(Config(times=TIMES)) as carrier, OutdialService(tmp_path, drain_s=DRAIN_S) as service:
        numbers = (LISTENS, HANGS_UP, NEVER_ANSWERS, *WAITING)
        wanted = Wanted(numbers, carrier.address, prompt_s=30, max_calls=3, originate_timeout_s=1)
        campaign = await set_up(service.rest, wanted)
        await campaign.enable()
        await carrier.journal.until(lambda e: counted(e, "ack") == 2 and counted(e, "invite") == 3)
        status = await service.stop()
        calls = {call.number: call for call in tell(carrier.journal.entries).values()}
        await service.start()
        members = await campaign.settled()
        ended = {call["destination"]: (call["cause"], call["hangup_by"]) for call in await campaign.calls()}
    assert status == 0
    assert set(calls) == {LISTENS, HANGS_UP, NEVER_ANSWERS}, "nobody is rung after it"
    assert all(call.ended_at for call in calls.values())
    assert calls[LISTENS].ended_by == "caller", "with BYE"
    assert {number: ended[number] for number in calls} == {
        LISTENS: ("SYSTEM_SHUTDOWN", "service"),
        HANGS_UP: ("NORMAL_CLEARING", "A"),
        NEVER_ANSWERS: ("NO_ANSWER", "B"),
    }
    assert {number: ended[number][1] for number in WAITING} == dict.fromkeys(WAITING, "A"), "the next start goes on"
    assert {number: member["attempts"] for number, member in members.items()} == dict.fromkeys(numbers, 1)
    assert len(tell(carrier.journal.entries)) == len(numbers)


async def test_a_slow_request_does_not_keep_calls_from_their_end(tmp_path: Path) -> None:
    """An upload that never ends is open while SIGTERM comes: the service ends nevertheless, and says so by 0."""
    async with OutdialService(tmp_path, drain_s=0) as service:
        _, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(b"POST /api/storage/media HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n1")
        await writer.drain()
        assert (await service.rest.health())[0] == 200
        assert await service.stop() == 0
        writer.close()


async def test_ctrl_c_is_the_same(tmp_path: Path) -> None:
    async with OutdialService(tmp_path) as service:
        assert await service.stop(signal.SIGINT) == 0
