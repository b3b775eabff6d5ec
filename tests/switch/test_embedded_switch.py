"""The embedded switch on its sockets: what the pure machines cannot show."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from outdial.carrier.server import Carrier, Config
from outdial.domain.errors import CallRefused, Misconfigured
from outdial.domain.resource import Gateway
from outdial.sip import events as sip
from outdial.sip.message import build
from outdial.switch.embedded.call import Ending, ending_of
from outdial.switch.embedded.config import SwitchConfig
from outdial.switch.embedded.switch import BURST, EmbeddedSwitch
from outdial.switch.port import Answered, Call, CallEvent, Challenged, Digit, HungUp, Order, Ringing, Silence
from tests.switch.desk import Desk

CHALLENGE = 'Digest realm="desk", nonce="n", algorithm=SHA-256, qop="auth"'


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def a_switch(rtp_ports: int = 200, rtp_first: int = 31_000) -> AsyncIterator[EmbeddedSwitch]:
    config = SwitchConfig(sip_port=0, rtp_first=rtp_first, rtp_last=rtp_first + rtp_ports - 1)
    switch = EmbeddedSwitch(config, now_ms)
    await switch.start()
    try:
        yield switch
    finally:
        await switch.close()


def an_order(gateway: Gateway, call_id: str = "call-1", number: str = "200") -> Order:
    return Order(call_id=call_id, destination=number, gateway=gateway, display="100")


async def until(call: Call, kind: type[CallEvent]) -> CallEvent:
    async for event in call.events():
        if isinstance(event, kind):
            return event
    raise AssertionError("the call ended")


async def the_end(call: Call) -> HungUp:
    end = [event async for event in call.events()][-1]
    assert isinstance(end, HungUp)
    return end


async def becomes(true: Callable[[], bool]) -> None:
    """States that nobody announces: the health and the registrations are only read."""
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def up(switch: EmbeddedSwitch, desk: Desk, call_id: str = "call-1") -> Call:
    """An answered call."""
    call = switch.prepare(an_order(desk.gateway, call_id))
    before = len(desk.requests("INVITE"))
    call.ring()
    desk.answer(await desk.request("INVITE", before + 1))
    await until(call, Answered)
    return call


@pytest.mark.parametrize(
    ("event", "ours", "ending"),
    [
        (sip.Ended("", "refused", 486), None, ("USER_BUSY", 486, "A")),
        (sip.Ended("", "refused", 480, q850=17), None, ("USER_BUSY", 480, "A")),
        (sip.Ended("", "refused", 302), None, ("NORMAL_UNSPECIFIED", 302, "A")),
        (sip.Ended("", "refused", 408), None, ("NO_ANSWER", 487, "A")),
        (sip.Ended("", "refused", 486), ("NO_ANSWER", 487, "B"), ("USER_BUSY", 486, "A")),
        (sip.Ended("", "timeout"), None, ("NO_ANSWER", 487, "B")),
        (sip.Ended("", "cancelled"), ("NO_ANSWER", 487, "B"), ("NO_ANSWER", 487, "B")),
        (sip.Ended("", "local"), ("USER_BUSY", 200, "F"), ("USER_BUSY", 200, "F")),
        (sip.Ended("", "remote"), None, ("NORMAL_CLEARING", 200, "A")),
        (sip.Ended("", "remote", q850=31), None, ("NORMAL_UNSPECIFIED", 200, "A")),
        (sip.Ended("", "unsuitable", 488), None, ("INCOMPATIBLE_DESTINATION", 488, "service")),
    ],
)
def test_every_end_has_its_cause(event: sip.Ended, ours: Ending | None, ending: Ending) -> None:
    assert ending_of(event, ours, answered=event.end in ("local", "remote")) == ending


async def test_strangers_and_garbage_do_no_harm() -> None:
    async with Desk() as desk, a_switch() as switch:
        for data in (b"x", b"\0" * 60_000, b"INVITE\r\n\r\n", b"\xff" * 1400):
            desk.send(data, switch.address)
        for method in ("INVITE", "OPTIONS"):
            lines = [
                ("Via", f"SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{method};rport"),
                ("From", "<sip:x@127.0.0.1>;tag=1"),
                ("To", "<sip:y@127.0.0.1>"),
                ("Call-ID", "stranger"),
                ("CSeq", f"1 {method}"),
            ]
            desk.send(build(f"{method} sip:y@127.0.0.1 SIP/2.0", lines), switch.address)
        statuses = {(await desk.response(1)).status, (await desk.response(2)).status}
        assert statuses == {480, 200}
        assert switch.agent.counters.malformed == 4
        await up(switch, desk)


async def test_many_starts_leave_in_bursts() -> None:
    async with Desk() as desk, a_switch(rtp_ports=400) as switch:
        calls = [switch.prepare(an_order(desk.gateway, f"call-{number}")) for number in range(BURST + 30)]
        for call in calls:
            call.ring()
        await asyncio.sleep(0)
        assert sum(call.machine.state == "calling" for call in calls) == BURST  # type: ignore[attr-defined]
        for number in range(len(calls)):
            desk.reply(await desk.request("INVITE", number + 1), 486)
        assert {(await the_end(call)).cause for call in calls} == {"USER_BUSY"}


async def test_a_call_without_a_port_is_refused_before_its_invite() -> None:
    async with Desk() as desk, a_switch(rtp_ports=4) as switch:
        held = []
        with pytest.raises(CallRefused) as refused:
            for number in range(3):
                held.append(switch.prepare(an_order(desk.gateway, f"call-{number}")))
        assert refused.value.cause == "SWITCH_CONGESTION"
        assert held
        assert desk.got == []


async def test_a_taken_sip_port_is_said_in_words() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        switch = EmbeddedSwitch(SwitchConfig(sip_port=other.getsockname()[1]), now_ms)
        with pytest.raises(Misconfigured, match="Choose OUTDIAL_SIP_HOST and OUTDIAL_SIP_PORT"):
            await switch.start()
        assert switch.ill() == "SIP is not running"


async def test_a_challenge_tells_the_dialog_of_the_second_invite() -> None:
    async with Desk() as desk, a_switch() as switch:
        gateway = replace(desk.gateway, username="100", password="secret")
        call = switch.prepare(an_order(gateway))
        call.ring()
        desk.reply(await desk.request("INVITE"), 407, ("Proxy-Authenticate", CHALLENGE))
        challenged = await until(call, Challenged)
        assert isinstance(challenged, Challenged)
        assert challenged.dialog == call.dialog
        second = await desk.request("INVITE", 2)
        assert second.first("proxy-authorization")
        desk.reply(second, 603)
        end = await the_end(call)
        assert end.cause == "CALL_REJECTED"
        assert "Proxy-Authorization: ********" in end.trace
        assert end.trace.count("SIP/2.0 407") == 1


async def test_a_call_that_went_well_has_no_trace() -> None:
    async with Desk() as desk, a_switch() as switch:
        call = await up(switch, desk)
        call.hang_up("NORMAL_CLEARING", "F")
        assert (await the_end(call)).trace == ""


async def test_the_reason_for_hanging_up_is_told_to_the_far_end() -> None:
    async with Desk() as desk, a_switch() as switch:
        call = await up(switch, desk)
        call.hang_up("USER_BUSY", "F")
        assert (await desk.request("BYE")).first("reason") == 'Q.850;cause=17;text="USER_BUSY"'
        end = await the_end(call)
        assert (end.cause, end.sip_code, end.by) == ("USER_BUSY", 200, "F")


async def test_an_answer_in_another_codec_is_hung_up() -> None:
    async with Desk() as desk, a_switch() as switch:
        call = switch.prepare(an_order(desk.gateway))
        call.ring()
        desk.answer(await desk.request("INVITE"), body=b"v=0\r\nm=audio 4000 RTP/AVP 18\r\n")
        await desk.request("BYE")
        end = await the_end(call)
        assert (end.cause, end.sip_code, end.by) == ("INCOMPATIBLE_DESTINATION", 488, "service")
        assert "m=audio 4000" in end.trace


async def test_keys_by_info_are_digits() -> None:
    async with Desk() as desk, a_switch() as switch:
        call = await up(switch, desk)
        kind = ("Content-Type", "application/dtmf-relay")
        desk.ask(desk.requests("INVITE")[0], "INFO", kind, body=b"Signal=7\r\nDuration=120\r\n")
        digit = await until(call, Digit)
        assert isinstance(digit, Digit)
        assert (digit.digit, digit.ms) == ("7", 120)


async def test_a_ringing_is_told_once_and_early_media_when_it_comes() -> None:
    async with Desk() as desk, a_switch() as switch:
        call = switch.prepare(an_order(desk.gateway))
        call.ring()
        invite = await desk.request("INVITE")
        desk.reply(invite, 180)
        desk.reply(invite, 180)
        desk.reply(invite, 486)
        events = [event async for event in call.events()]
        assert [event.code for event in events if isinstance(event, Ringing)] == [180]


async def test_a_call_of_a_dead_service_is_forgotten_with_bye() -> None:
    async with Desk() as desk, a_switch() as dead, a_switch(rtp_first=31_200) as heir:
        call = await up(dead, desk)
        desk.polite = False
        forgetting = asyncio.create_task(heir.forget(call.dialog, answered=True))
        bye = await desk.request("BYE")
        assert (bye.to_tag, bye.cseq) == ("desk", (12, "BYE"))
        assert not forgetting.done()
        desk.polite = True
        desk.reply(bye, 200)
        await forgetting


async def test_a_ringing_call_of_a_dead_service_is_forgotten_with_cancel() -> None:
    async with Desk() as desk, a_switch() as dead, a_switch(rtp_first=31_200) as heir:
        call = dead.prepare(an_order(desk.gateway))
        call.ring()
        invite = await desk.request("INVITE")
        desk.reply(invite, 180)
        await until(call, Ringing)
        desk.polite = False
        forgetting = asyncio.create_task(heir.forget(call.dialog, answered=False))
        for number in (1, 2):
            cancel = await desk.request("CANCEL", number)
            desk.reply(cancel, 200 if cancel.cseq[0] == invite.cseq[0] else 481)
        await forgetting
        desk.polite = True
        desk.answer(invite)  # it was answered all the same
        assert (await desk.request("BYE")).to_tag == "desk"


async def test_a_dialog_that_cannot_be_read_is_left_alone() -> None:
    async with a_switch() as switch:
        await switch.forget(b"not a dialog", answered=True)


async def test_the_media_process_dies_and_its_calls_end_with_a_cause() -> None:
    async with Desk() as desk, a_switch() as switch:
        call = await up(switch, desk)
        playing = asyncio.create_task(call.play([Silence(0)]))
        await asyncio.sleep(0)
        assert switch.media.pid is not None
        os.kill(switch.media.pid, signal.SIGKILL)
        assert (await playing).end == "hungup"
        end = await the_end(call)
        assert (end.cause, end.by) == ("NORMAL_TEMPORARY_FAILURE", "service")
        await desk.request("BYE")
        await becomes(lambda: switch.ill() is None)
        await up(switch, desk, "call-2")


async def test_a_call_that_only_rings_dies_with_the_media_process_too() -> None:
    async with Desk() as desk, a_switch() as switch:
        call = switch.prepare(an_order(desk.gateway))
        call.ring()
        desk.reply(await desk.request("INVITE"), 180)
        await until(call, Ringing)
        assert switch.media.pid is not None
        os.kill(switch.media.pid, signal.SIGKILL)
        end = await the_end(call)
        assert (end.cause, end.sip_code, end.by) == ("NORMAL_TEMPORARY_FAILURE", 487, "service")
        assert len(desk.requests("CANCEL")) == 1


async def test_silence_for_too_long_ends_the_call() -> None:
    async with Desk() as desk, a_switch() as switch:
        call = switch.prepare(replace(an_order(desk.gateway), media_timeout_ms=200))
        call.ring()
        desk.answer(await desk.request("INVITE"))
        end = await the_end(call)
        assert (end.cause, end.sip_code, end.by) == ("MEDIA_TIMEOUT", 200, "service")
        assert end.trace


async def test_a_registration_is_kept_and_given_back() -> None:
    async with Carrier(Config(username="700", password="secret")) as carrier, a_switch() as switch:
        host, port = carrier.address
        account = f"700@{host}:{port}"
        gateway = Gateway(9, "account", True, f"{host}:{port}", register=True, account=account, password="secret")
        await switch.set_gateways([gateway])
        await becomes(lambda: switch.gateway_states()[0].r_state == 3)
        await switch.set_gateways([replace(gateway, password="wrong")])
        await becomes(lambda: switch.gateway_states()[0].r_state == 5)
        await switch.set_gateways([])
        assert switch.gateway_states() == []


async def test_a_gateway_that_cannot_be_reached_refuses_the_call() -> None:
    async with a_switch() as switch:
        with pytest.raises(CallRefused) as refused:
            switch.prepare(an_order(Gateway(2, "far", True, "192.0.2.1")))
        assert refused.value.cause == "GATEWAY_DOWN"


async def test_closed_twice_is_closed() -> None:
    async with a_switch() as switch:
        await switch.close()
        assert switch.ill() == "SIP is not running"
        with pytest.raises(CallRefused):
            switch.prepare(an_order(Gateway(1, "x", True, "127.0.0.1")))
