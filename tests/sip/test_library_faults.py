"""One test for each fault found in the SIP libraries that were tried; ours must not have them."""

from __future__ import annotations

import pytest

from outdial.sip.events import Ended, Progress
from tests.sip.far_end import CALL_ID, FarEnd, an_invitation, answered


@pytest.mark.parametrize("transport", ["UDP", "udp", "tcp", "TLS"])
def test_capital_transport_udp_in_the_contact_does_not_stop_the_bye(transport: str) -> None:
    """One raised an error on ``;transport=UDP`` in capitals, never sent BYE and leaked the call."""
    far = FarEnd()
    call = far.ring()
    far.deliver(far.described(200).replace(b"transport=UDP", b"transport=" + transport.encode()))
    far.hang_up(call)
    bye = far.requests("BYE")[0]
    assert bye.uri == f"sip:200@127.0.0.1:5071;transport={transport}"
    assert far.went_to[-1] == ("127.0.0.1", 5071)
    far.deliver(far.reply(200, request=bye))
    far.wait(60_000)
    assert len(far.agent) == 0


def test_a_486_gets_its_ack_each_time_it_comes() -> None:
    """One sent no ACK for 40 calls; the far end repeated its 486 110 times."""
    far = FarEnd()
    far.ring()
    busy = far.reply(486)
    far.deliver(busy, busy, busy)
    assert far.methods() == ["INVITE", "ACK", "ACK", "ACK"]
    assert len([event for event in far.events if isinstance(event, Ended)]) == 1


def test_an_ignored_invite_is_sent_again() -> None:
    """One never retransmitted: 10 of 10 calls timed out when the first INVITE was lost."""
    far = FarEnd()
    far.ring()
    far.wait(520)
    first, second = far.requests("INVITE")
    assert bytes(first) == bytes(second)
    far.deliver(far.described(200))
    far.wait(40_000)
    assert len(far.requests("INVITE")) == 2


def test_a_repeated_200_gets_its_ack_again() -> None:
    """One dropped the repeated 200 without an ACK, so that the far end hung up after 32 s."""
    far = FarEnd()
    answered(far)
    far.deliver(far.described(200), far.described(200))
    acks = far.requests("ACK")
    assert len(acks) == 3
    assert len({bytes(ack) for ack in acks}) == 1
    assert len(far.events) == 2


def test_a_repeated_200_after_our_bye_gets_its_ack_too() -> None:
    far = FarEnd()
    far.hang_up(answered(far))
    far.deliver(far.described(200))
    assert far.methods() == ["INVITE", "ACK", "BYE", "ACK"]


def test_the_bye_goes_to_the_contact_and_not_to_the_number() -> None:
    """One sent requests within a dialog to the To URI."""
    far = FarEnd()
    far.hang_up(answered(far))
    for request in far.requests("ACK") + far.requests("BYE"):
        assert request.uri == "sip:200@127.0.0.1:5071;transport=UDP"
    assert far.went_to[1:] == [("127.0.0.1", 5071)] * 2


@pytest.mark.parametrize("status", [180, 181, 182, 183])
def test_provisional_responses_are_not_swallowed(status: int) -> None:
    """One kept 1xx to itself, so that ringing and early media were never seen."""
    far = FarEnd()
    far.ring()
    far.deliver(far.reply(status))
    assert far.events == [Progress(CALL_ID, status, None)]


def test_an_old_transaction_does_not_slow_a_new_one() -> None:
    """One searched all transactions for each new one: quadratic. Here a call is found by its key alone."""
    far = FarEnd()
    for number in range(300):
        call = far.agent.call(an_invitation(call_id=f"call-{number}"))
        far.agent.invite(call, far.now)
    far.collect()
    assert len(far.requests("INVITE")) == 300
    far.wait(40_000)
    assert len(far.agent) == 0


def test_a_cancel_is_not_sent_before_anything_was_heard() -> None:
    """One sent CANCEL at once, even before a 1xx."""
    far = FarEnd()
    far.hang_up(far.ring())
    far.wait(3_000)
    assert far.methods() == ["INVITE"]
