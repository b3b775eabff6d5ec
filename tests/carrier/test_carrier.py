"""The carrier over real sockets, each behaviour as its script says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from outdial.carrier.journal import Told, tell
from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from outdial.domain.errors import Misconfigured
from outdial.rtp.events import Keypad
from outdial.sip.message import Response
from tests.carrier.phone import Phone

QUICK = Times(ring_ms=(1, 5), pick_up_ms=(10, 30), slow_ms=(40, 60), hang_up_ms=100, press_ms=150)

Test = Callable[[Carrier, Phone], Awaitable[None]]


@asynccontextmanager
async def ringing() -> AsyncIterator[tuple[Carrier, Phone]]:
    async with Carrier(Config(times=QUICK)) as carrier:
        phone = await Phone.open(carrier.address)
        try:
            yield carrier, phone
        finally:
            phone.close()


def on_the_wire(test: Test) -> Callable[[], None]:
    """Runs the test with a carrier and a phone; whatever waits too long fails it."""

    def run() -> None:
        async def whole() -> None:
            async with asyncio.timeout(10), ringing() as (carrier, phone):
                await test(carrier, phone)

        asyncio.run(whole())

    return run


def story(carrier: Carrier, call_id: str) -> Told:
    return tell(carrier.journal.entries)[call_id]


async def ended(carrier: Carrier, call_id: str) -> Told:
    await carrier.journal.until(lambda entries: any(e.call == call_id and e.event == "ended" for e in entries))
    return story(carrier, call_id)


def statuses(phone: Phone) -> list[int]:
    return [message.status for message in phone.messages if isinstance(message, Response)]


@on_the_wire
async def test_answers_talks_and_listens_until_the_caller_hangs_up(carrier: Carrier, phone: Phone) -> None:
    dialog, media = await phone.answered("100", "a")
    phone.talk(media, 10)
    heard = await phone.heard(20)
    assert [packet.sequence for packet in heard] == list(range(20))
    assert heard[0].payload != bytes([0xD5]) * 160, "the greeting"
    phone.send(dialog.next().request("BYE"))
    assert (await phone.final()).status == 200
    told = await ended(carrier, "a")
    assert (told.ended_by, told.acked, told.figures["received"], told.figures["last_seq"]) == ("caller", True, 10, 9)
    assert 0 <= told.figures["first_sound_ms"] < 5000
    assert statuses(phone) == [100, 180, 200, 200]


@on_the_wire
async def test_hangs_up_while_listening(carrier: Carrier, phone: Phone) -> None:
    await phone.answered("130", "a")
    phone.ok(await phone.request("BYE"))
    assert (await ended(carrier, "a")).ended_by == "callee"


@on_the_wire
async def test_hangs_up_at_once_but_never_before_the_ack(carrier: Carrier, phone: Phone) -> None:
    await phone.answered("188", "a")
    phone.ok(await phone.request("BYE"))
    events = [entry.event for entry in carrier.journal.entries]
    assert events == ["invite", "answered", "ack", "bye", "ended"]


@on_the_wire
async def test_refusals_bring_status_reason_and_headers(carrier: Carrier, phone: Phone) -> None:
    busy = await phone.refused("140", "a")
    gone = await phone.refused("160", "b")
    overloaded = await phone.refused("162", "c")
    moved = await phone.refused("170", "d")
    assert [r.status for r in (busy, gone, overloaded, moved)] == [486, 404, 503, 302]
    assert gone.first("reason") == "Q.850;cause=1"
    assert overloaded.first("retry-after") == "5"
    assert moved.contact == "sip:100@192.0.2.1"
    await carrier.journal.until(lambda entries: sum(e.event == "ack" for e in entries) == 4)


@on_the_wire
async def test_a_refusal_is_repeated_until_the_ack(carrier: Carrier, phone: Phone) -> None:
    dialog = phone.dialog("140", "a")
    phone.invite(dialog)
    first = await phone.final()
    again = await phone.final()
    assert first.status == again.status == 486
    phone.send(dialog.ack_refusal(again))


@on_the_wire
async def test_rings_until_cancel(carrier: Carrier, phone: Phone) -> None:
    dialog = phone.dialog("154", "a")
    phone.invite(dialog)
    while (await phone.hear()).first("cseq") and 180 not in statuses(phone):
        pass
    phone.send(dialog.request("CANCEL"))
    finals = {(await phone.final()).status for _ in range(2)}
    assert finals == {200, 487}
    assert (await ended(carrier, "a")).ended_by == "refused"


@on_the_wire
async def test_the_answer_crosses_the_cancel(carrier: Carrier, phone: Phone) -> None:
    dialog = phone.dialog("193", "a")
    phone.invite(dialog)
    while 180 not in statuses(phone):
        await phone.hear()
    phone.send(dialog.request("CANCEL"))
    finals = [await phone.final() for _ in range(2)]
    assert {(r.status, r.cseq[1]) for r in finals} == {(200, "CANCEL"), (200, "INVITE")}
    answer = next(r for r in finals if r.cseq[1] == "INVITE")
    dialog = dialog.established(answer)
    phone.send(dialog.request("ACK"))
    phone.send(dialog.next().request("BYE"))
    assert (await ended(carrier, "a")).ended_by == "caller"


@on_the_wire
async def test_early_media_before_the_answer(carrier: Carrier, phone: Phone) -> None:
    phone.invite(phone.dialog("175", "a"))
    while 183 not in statuses(phone):
        await phone.hear()
    assert phone.messages[-1].body
    assert await phone.heard(1)
    assert (await phone.final()).status == 200


@on_the_wire
async def test_presses_keys(carrier: Carrier, phone: Phone) -> None:
    _, media = await phone.answered("182", "a")
    keypad, keys = Keypad(), ""
    while keys != "159#*":
        for packet in await phone.heard(1):
            if packet.payload_type == media.events:
                keys += "".join(press.key for press in keypad.take(packet.timestamp, packet.payload, 0))


@on_the_wire
async def test_busy_once_then_answers(carrier: Carrier, phone: Phone) -> None:
    assert (await phone.refused("183", "a")).status == 486
    await phone.answered("183", "b")
    assert [e.more["attempt"] for e in carrier.journal.entries if e.event == "invite"] == [1, 2]


@pytest.mark.parametrize(("number", "status"), [("186", 407), ("187", 401)])
def test_asks_who_calls(number: str, status: int) -> None:
    async def test(carrier: Carrier, phone: Phone) -> None:
        challenge = await phone.refused(number, "a")
        assert challenge.status == status
        dialog = phone.dialog(number, "a").next()
        phone.invite(dialog, (phone.credentials(challenge, dialog.target),))
        assert (await phone.final()).status == 200
        assert [e.more["attempt"] for e in carrier.journal.entries if e.event == "invite"] == [1, 1]

    on_the_wire(test)()


@on_the_wire
async def test_the_first_invite_is_lost(carrier: Carrier, phone: Phone) -> None:
    dialog = phone.dialog("190", "a")
    phone.invite(dialog)
    await carrier.journal.until(lambda entries: len(entries) == 1)
    assert not story(carrier, "a").reached
    phone.invite(dialog)
    assert (await phone.final()).status == 200
    assert story(carrier, "a").reached


@on_the_wire
async def test_the_200_comes_three_times(carrier: Carrier, phone: Phone) -> None:
    await phone.answered("191", "a")
    assert [(await phone.final()).status for _ in range(2)] == [200, 200]


@on_the_wire
async def test_a_repeated_invite_is_noted_as_a_copy_and_rings_nobody(carrier: Carrier, phone: Phone) -> None:
    dialog = phone.dialog("154", "a")
    phone.invite(dialog)
    phone.invite(dialog)
    await carrier.journal.until(lambda entries: len(entries) == 2)
    assert [entry.more["copy"] for entry in carrier.journal.entries] == [False, True]
    assert len(tell(carrier.journal.entries)) == 1


@on_the_wire
async def test_garbage_is_counted_and_changes_nothing(carrier: Carrier, phone: Phone) -> None:
    for data in (b"hello", b"\0" * 60000, b"INVITE sip:1@x SIP/2.0\r\n\r\n", b"\r\n\r\n"):
        phone.send(data)
    await phone.refused("140", "a")
    assert carrier.garbage == 2


@on_the_wire
async def test_what_belongs_to_no_call_gets_481(carrier: Carrier, phone: Phone) -> None:
    dialog = phone.dialog("100", "nobody")
    phone.send(dialog.request("BYE"))
    assert (await phone.final()).status == 481
    phone.send(dialog.request("OPTIONS"))
    assert (await phone.final()).status == 200


def test_a_port_in_use_is_one_sentence() -> None:
    async def run() -> None:
        async with Carrier(Config()) as carrier:
            with pytest.raises(Misconfigured, match="Choose another --port"):
                async with Carrier(Config(port=carrier.address[1])):
                    pass

    asyncio.run(run())
