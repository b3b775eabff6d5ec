"""A call of ours from INVITE to its end (RFC 3261 §9, §13, §15)."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from outdial.sip.call import CALL, CANCEL_PATIENCE, Act, Event, State
from outdial.sip.events import Answered, Ended, Progress
from outdial.sip.sdp import Local, offer
from tests.sip.far_end import CALL_ID, THEM, FarEnd, an_invitation, answered


def endings(far: FarEnd) -> list[Ended]:
    return [event for event in far.events if isinstance(event, Ended)]


# ── the table ────────────────────────────────────────────────────────────────────────────────────


def test_every_end_is_told_exactly_once() -> None:
    """The one way into ``over`` tells; nothing leads out of it or tells again."""
    for (state, _), (after, acts) in CALL.items():
        assert acts.count("tell") == (1 if after == "over" and state != "over" else 0)
        assert state != "over" or after == "over"


def test_the_table_uses_every_state_event_and_act() -> None:
    assert {state for state, _ in CALL} == set(get_args(State))
    assert {event for _, event in CALL} == set(get_args(Event))
    assert {act for _, acts in CALL.values() for act in acts} == set(get_args(Act))


def test_a_hang_up_is_heard_in_every_state_that_is_not_ending_yet() -> None:
    for state, event in product(get_args(State), ("hang_up",)):
        assert ((state, event) in CALL) == (state not in ("cancelling", "over"))


# ── rung and answered ────────────────────────────────────────────────────────────────────────────


def test_ringing_answer_and_our_bye() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.reply(100), far.reply(180), far.described(200))
    assert far.methods() == ["INVITE", "ACK"]
    assert far.events[0] == Progress(CALL_ID, 180, None)
    assert isinstance(far.events[1], Answered)
    far.hang_up(call)
    far.deliver(far.reply(200, request=far.requests("BYE")[0]))
    assert endings(far) == [Ended(CALL_ID, "local")]
    far.wait(60_000)
    assert far.methods() == ["INVITE", "ACK", "BYE"]
    assert len(far.agent) == 0


def test_the_invite_carries_the_identity_headers_it_was_given() -> None:
    far = FarEnd()
    invitation = an_invitation()
    far.ring(type(invitation)(invitation.dialog, invitation.local, headers=(("X-Campaign", "seed"),)))
    assert far.invite.first("x-campaign") == "seed"
    assert "INVITE" in far.invite.every("allow")
    assert far.went_to == [THEM]


def test_the_ack_follows_the_invite_s_number_and_the_bye_counts_on() -> None:
    far = FarEnd()
    far.hang_up(answered(far))
    assert [request.cseq for request in far.requests()] == [(1, "INVITE"), (1, "ACK"), (2, "BYE")]
    assert len({request.branch for request in far.requests()}) == 3


def test_early_media_is_reported_and_the_answer_s_description_wins() -> None:
    far = FarEnd()
    far.ring()
    far.deliver(far.described(183, body=offer(Local("192.0.2.50", 5000, 1))), far.described(200))
    progress, answer = far.events
    assert isinstance(progress, Progress)
    assert isinstance(answer, Answered)
    assert progress.media
    assert (progress.media.address, progress.media.port) == ("192.0.2.50", 5000)
    assert (answer.media.address, answer.media.port) == ("127.0.0.1", 40000)


def test_an_answer_without_a_description_takes_the_early_one() -> None:
    far = FarEnd()
    far.ring()
    far.deliver(far.described(183), far.reply(200))
    assert isinstance(far.events[-1], Answered)
    assert far.events[-1].media.port == 40000


def test_early_media_we_cannot_speak_is_still_ringing() -> None:
    far = FarEnd()
    far.ring()
    far.deliver(far.described(183, body=b"nonsense"))
    assert far.events == [Progress(CALL_ID, 183, None)]


@pytest.mark.parametrize("body", [b"v=0\r\nm=audio 4000 RTP/AVP 18\r\n", b"nonsense"])
def test_an_answer_without_g711_is_acknowledged_and_hung_up(body: bytes) -> None:
    far = FarEnd()
    far.ring()
    far.deliver(far.described(200, body=body))
    assert far.methods() == ["INVITE", "ACK", "BYE"]
    assert [(end.end, end.code) for end in endings(far)] == [("unsuitable", 488)]


def test_an_answer_whose_contact_cannot_be_read_is_acknowledged_all_the_same() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.described(200).replace(b"<sip:200@127.0.0.1:5071;transport=UDP>", b"<<broken"))
    assert isinstance(far.events[-1], Answered)
    assert far.requests("ACK")[0].uri == "sip:200@127.0.0.1"
    far.hang_up(call)
    assert far.went_to[-1] == THEM


def test_the_route_set_is_followed_in_reverse() -> None:
    """Loose routing (§12.2.1.1): the target stays in the request line, the first route says where to."""
    far = FarEnd()
    call = far.ring()
    routes = (("Record-Route", "<sip:192.0.2.2;lr>, <sip:192.0.2.1:5080;lr>"),)
    far.deliver(far.described(200, *routes))
    far.hang_up(call)
    bye = far.requests("BYE")[0]
    assert bye.uri == "sip:200@127.0.0.1:5071;transport=UDP"
    assert bye.every("route") == ["<sip:192.0.2.1:5080;lr>", "<sip:192.0.2.2;lr>"]
    assert far.went_to[-1] == ("192.0.2.1", 5080)


def test_a_strict_router_is_put_into_the_request_line() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.described(200, ("Record-Route", "<sip:192.0.2.2;lr>"), ("Record-Route", "<sip:192.0.2.1>")))
    far.hang_up(call)
    bye = far.requests("BYE")[0]
    assert bye.uri == "sip:192.0.2.1"
    assert bye.every("route") == ["<sip:192.0.2.2;lr>", "<sip:200@127.0.0.1:5071;transport=UDP>"]


def test_a_target_by_name_is_reached_where_the_invite_went() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.described(200).replace(b"sip:200@127.0.0.1:5071", b"sip:200@media.example"))
    far.hang_up(call)
    assert far.requests("BYE")[0].uri.startswith("sip:200@media.example")
    assert far.went_to[-1] == THEM


# ── refused, unheard ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [302, 404, 480, 486, 488, 500, 503, 600, 603])
def test_a_refusal_is_acknowledged_and_told(status: int) -> None:
    far = FarEnd()
    far.ring()
    far.deliver(far.reply(100), far.reply(status))
    ack = far.requests("ACK")[0]
    assert (ack.branch, ack.to_tag, ack.uri) == (far.invite.branch, "far1", far.invite.uri)
    assert [(end.end, end.code) for end in endings(far)] == [("refused", status)]


def test_the_reason_header_s_cause_is_told() -> None:
    far = FarEnd()
    far.ring()
    far.deliver(far.reply(480, ("Reason", 'SIP;cause=480, q.850 ;cause=20;text="absent, \\"x\\""')))
    assert endings(far)[0].q850 == 20


def test_an_invite_that_nobody_answers_ends_after_32_s() -> None:
    far = FarEnd()
    far.ring()
    far.wait(31_900)
    assert not far.events
    far.wait(200)
    assert endings(far) == [Ended(CALL_ID, "timeout")]
    assert len(far.agent) == 0


# ── taken back ───────────────────────────────────────────────────────────────────────────────────


def test_cancel_waits_for_a_provisional_response() -> None:
    """§9.1: before a 1xx the server may not know the INVITE yet."""
    far = FarEnd()
    far.hang_up(far.ring())
    assert far.methods() == ["INVITE"]
    far.deliver(far.reply(100))
    cancel = far.requests("CANCEL")[0]
    assert (cancel.branch, cancel.cseq, cancel.uri) == (far.invite.branch, (1, "CANCEL"), far.invite.uri)
    assert cancel.to_tag == ""
    far.deliver(far.reply(200, request=cancel), far.reply(487))
    assert endings(far) == [Ended(CALL_ID, "cancelled")]
    assert far.methods() == ["INVITE", "CANCEL", "ACK"]


def test_an_unheard_call_is_not_repeated_once_nobody_wants_it() -> None:
    far = FarEnd()
    far.hang_up(far.ring())
    far.wait(40_000)
    assert far.methods() == ["INVITE"]


def test_the_reason_goes_out_with_the_cancel() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.reply(180))
    far.agent.hang_up(call, far.now, 'Q.850;cause=19;text="NO_ANSWER"')
    far.collect()
    assert far.requests("CANCEL")[0].first("reason") == 'Q.850;cause=19;text="NO_ANSWER"'


def test_a_200_that_crosses_the_cancel_gets_ack_and_bye() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.reply(180))
    far.hang_up(call)
    far.deliver(far.described(200), far.reply(200, request=far.requests("CANCEL")[0]))
    assert far.methods() == ["INVITE", "CANCEL", "ACK", "BYE"]
    assert endings(far) == [Ended(CALL_ID, "cancelled")]
    assert not any(isinstance(event, Answered) for event in far.events)


def test_a_refusal_that_was_faster_than_the_cancel_is_the_end() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.reply(180))
    far.hang_up(call)
    far.deliver(far.reply(486))
    assert [(end.end, end.code) for end in endings(far)] == [("refused", 486)]


def test_a_far_end_that_never_confirms_the_cancel_does_not_keep_the_line() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.reply(180))
    far.hang_up(call)
    far.wait(CANCEL_PATIENCE + 20)
    assert endings(far) == [Ended(CALL_ID, "cancelled")]
    far.deliver(far.described(200))
    assert far.methods()[-2:] == ["ACK", "BYE"]
    far.wait(100_000)
    assert len(endings(far)) == 1
    assert len(far.agent) == 0


def test_a_far_end_heard_of_only_after_we_gave_up_is_still_cancelled() -> None:
    far = FarEnd()
    far.hang_up(far.ring())
    far.wait(CANCEL_PATIENCE + 20)
    far.deliver(far.reply(180))
    assert far.methods() == ["INVITE", "CANCEL"]
    far.deliver(far.reply(487))
    assert far.methods() == ["INVITE", "CANCEL", "ACK"]


def test_a_call_hung_up_before_it_rang_sends_nothing() -> None:
    far = FarEnd()
    call = far.agent.call(an_invitation())
    far.hang_up(call)
    far.agent.invite(call, far.now)
    far.collect()
    assert far.got == []
    assert endings(far) == [Ended(CALL_ID, "cancelled")]
    assert len(far.agent) == 0


# ── late, lost, doubled ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [408, 481, 500, 503])
def test_a_bye_may_fail_as_it_likes(status: int) -> None:
    far = FarEnd()
    call = answered(far)
    far.hang_up(call)
    far.deliver(far.reply(status, request=far.requests("BYE")[0]))
    far.wait(60_000)
    assert len(far.requests("BYE")) == 1
    assert len(endings(far)) == 1
    assert len(far.agent) == 0


def test_a_lost_bye_is_repeated() -> None:
    far = FarEnd()
    far.hang_up(answered(far))
    far.wait(4_000)
    assert len({bytes(bye) for bye in far.requests("BYE")}) == 1
    assert len(far.requests("BYE")) == 4


def test_forked_answers_lose_with_ack_and_bye() -> None:
    """§13.2.2.4: the first 2xx is the call; another one is taken and hung up."""
    far = FarEnd()
    call = answered(far)
    far.deliver(far.described(200, tag="far2"), far.described(200, tag="far2"))
    assert [(r.method, r.to_tag) for r in far.requests()[2:]] == [("ACK", "far2"), ("BYE", "far2"), ("ACK", "far2")]
    assert endings(far) == []
    far.hang_up(call)
    assert far.requests("BYE")[-1].to_tag == "far1"
    assert len({bye.branch for bye in far.requests("BYE")}) == 2


def test_late_ringing_after_the_answer_means_nothing() -> None:
    far = FarEnd()
    answered(far)
    before = list(far.events)
    far.deliver(far.reply(180), far.reply(183), far.reply(486))
    assert far.events == before


def test_responses_to_requests_we_never_sent_are_counted() -> None:
    far = FarEnd()
    far.ring()
    far.deliver(far.reply(180).replace(b"z9hG4bK", b"z9hG4bX"))
    assert far.events == []
    assert far.agent.counters.stray == 1
