"""REFER and what is told of it (RFC 3515): every pair of the table, and whole transfers."""

from __future__ import annotations

from typing import get_args

import pytest

from outdial.sip import referral
from outdial.sip.call import CallMachine
from outdial.sip.dialog import Dialog
from outdial.sip.digest import Credentials
from outdial.sip.events import Ended, Referred
from outdial.sip.message import Reply, respond
from outdial.sip.referral import PATIENCE, REFER
from tests.sip.far_end import CALL_ID, US, FarEnd, an_invitation, answered

TARGET = "sip:300@198.51.100.7"
CHALLENGE = ("Proxy-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')


def refer(far: FarEnd, call: CallMachine, target: str = TARGET) -> None:
    assert far.agent.refer(call, target, far.now)
    far.collect()


def reply(far: FarEnd, status: int, *headers: tuple[str, str]) -> None:
    """To the newest REFER."""
    far.deliver(respond(far.requests("REFER")[-1], Reply(status, headers=headers), US))


def notify(far: FarEnd, fragment: str, state: str = "active") -> None:
    headers = (("Event", "refer"), ("Subscription-State", state), ("Content-Type", "message/sipfrag"))
    far.deliver(far.request("NOTIFY", *headers, body=fragment.encode()))


def outcomes(far: FarEnd) -> list[tuple[str, int]]:
    return [(event.end, event.code) for event in far.events if isinstance(event, Referred)]


def test_every_pair_of_the_table_leads_to_a_state_that_can_be_left() -> None:
    states, events, acts = get_args(referral.State), get_args(referral.Event), get_args(referral.Act)
    for (state, event), (then, done) in REFER.items():
        assert state in states and event in events and then in states and set(done) <= set(acts)
        ends = set(done) & {"transferred", "refused", "failed", "timeout"}
        assert len(ends) == (then == "idle"), "each REFER is told of once, at its end"
    for state in states:
        assert any(was == state and then != state for (was, _), (then, _) in REFER.items())


def test_the_request_names_the_target_within_the_dialog() -> None:
    far = FarEnd()
    refer(far, answered(far))
    asked = far.requests("REFER")[0]
    assert asked.first("refer-to") == f"<{TARGET}>"
    assert asked.first("referred-by")
    assert (asked.cseq, asked.to_tag, asked.uri) == ((2, "REFER"), "far1", "sip:200@127.0.0.1:5071;transport=UDP")
    assert far.went_to[-1] == ("127.0.0.1", 5071)


def test_accepted_tried_and_reached() -> None:
    far = FarEnd()
    call = answered(far)
    refer(far, call)
    reply(far, 202)
    notify(far, "SIP/2.0 100 Trying\r\n")
    notify(far, "SIP/2.0 180 Ringing\r\n")
    assert outcomes(far) == []
    notify(far, "SIP/2.0 200 OK\r\n", "terminated;reason=noresource")
    assert outcomes(far) == [("transferred", 200)]
    assert [response.status for response in far.responses()] == [200, 200, 200]
    assert call.state == "up", "who hangs up is for the owner to say"


def test_the_target_was_rung_in_vain() -> None:
    far = FarEnd()
    refer(far, answered(far))
    reply(far, 202)
    notify(far, "SIP/2.0 486 Busy Here\r\n", "terminated;reason=noresource")
    assert outcomes(far) == [("failed", 486)]


def test_a_notify_may_overtake_the_202() -> None:
    far = FarEnd()
    refer(far, answered(far))
    notify(far, "SIP/2.0 100 Trying\r\n")
    notify(far, "SIP/2.0 200 OK\r\n", "terminated")
    reply(far, 202)
    assert outcomes(far) == [("transferred", 200)]


@pytest.mark.parametrize("status", [403, 405, 501, 603])
def test_a_refusal_is_told_and_the_call_goes_on(status: int) -> None:
    far = FarEnd()
    call = answered(far)
    refer(far, call)
    reply(far, status)
    assert outcomes(far) == [("refused", status)]
    assert call.state == "up"
    refer(far, call)
    reply(far, 202)
    notify(far, "SIP/2.0 200 OK\r\n")
    assert outcomes(far)[1:] == [("transferred", 200)]


def test_a_subscription_that_ends_without_a_status_is_a_failure() -> None:
    far = FarEnd()
    refer(far, answered(far))
    reply(far, 202)
    notify(far, "", "terminated;reason=giveup")
    assert outcomes(far) == [("failed", 202)]


def test_nobody_answers_the_refer() -> None:
    far = FarEnd()
    refer(far, answered(far))
    far.wait(40_000)
    assert outcomes(far) == [("timeout", 0)]
    assert len(far.requests("REFER")) > 3, "it is repeated like any request"


def test_accepted_and_nothing_more_is_told() -> None:
    far = FarEnd()
    refer(far, answered(far))
    reply(far, 202)
    far.wait(PATIENCE - 1000)
    notify(far, "SIP/2.0 180 Ringing\r\n")
    far.wait(PATIENCE - 1000)
    assert outcomes(far) == []
    far.wait(2000)
    assert outcomes(far) == [("timeout", 180)]


def test_a_challenge_is_answered() -> None:
    far = FarEnd()
    call = far.ring(an_invitation(Credentials("100", "secret")))
    far.deliver(far.described(200))
    refer(far, call)
    reply(far, 407, CHALLENGE)
    first, second = far.requests("REFER")
    assert second.first("proxy-authorization")
    assert second.cseq[0] == first.cseq[0] + 1
    reply(far, 407, CHALLENGE)
    assert outcomes(far) == [("refused", 407)], "wrong credentials are tried once"


def test_the_far_end_hangs_up_meanwhile_and_nothing_is_told_after_the_end() -> None:
    far = FarEnd()
    refer(far, answered(far))
    reply(far, 202)
    far.deliver(far.request("BYE"))
    far.wait(200_000)
    assert isinstance(far.events[-1], Ended)
    assert outcomes(far) == []
    assert len(far.agent) == 0


def test_one_at_a_time_and_only_while_the_call_is_up() -> None:
    far = FarEnd()
    call = far.ring()
    assert not far.agent.refer(call, TARGET, far.now)
    far.deliver(far.described(200))
    refer(far, call)
    assert not far.agent.refer(call, TARGET, far.now)


def test_our_bye_comes_after_the_refer_by_number_also_after_a_crash() -> None:
    """The number of the REFER is not on disk."""
    far = FarEnd()
    call = answered(far)
    on_disk = call.dialog.dump()
    refer(far, call)
    new = FarEnd()
    new.agent.forget(Dialog.load(on_disk), True, None, new.now)
    new.collect()
    assert new.requests("BYE")[0].cseq[0] > far.requests("REFER")[0].cseq[0]
    far.hang_up(call)
    assert far.requests("BYE")[0].cseq[0] == far.requests("REFER")[0].cseq[0] + 1
    assert far.requests("BYE")[0].call_id == CALL_ID
