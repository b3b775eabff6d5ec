"""The far end's requests within our call."""

from __future__ import annotations

from itertools import product

import pytest

from outdial.sip import sdp
from outdial.sip.events import Ended, Pressed, Renegotiated
from outdial.sip.sdp import Local
from tests.sip.far_end import CALL_ID, CONTACT, SDP, FarEnd, answered

TYPE = ("Content-Type", "application/sdp")
OTHER_CONTACT = ("Contact", "<sip:200@127.0.0.9:5099>")


def hold(direction: str = "sendonly", port: int = 40000) -> bytes:
    return sdp.offer(Local("127.0.0.1", port, 7, 2)).replace(b"sendrecv", direction.encode())


def statuses(far: FarEnd) -> list[int]:
    return [response.status for response in far.responses()]


# ── BYE ──────────────────────────────────────────────────────────────────────────────────────────


def test_their_bye_ends_the_call_with_its_reason() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("BYE", ("Reason", "Q.850;cause=31")))
    assert statuses(far) == [200]
    assert far.events[-1] == Ended(CALL_ID, "remote", q850=31)
    far.wait(60_000)
    assert len(far.agent) == 0


def test_a_repeated_bye_is_answered_again() -> None:
    far = FarEnd()
    answered(far)
    bye = far.request("BYE")
    far.deliver(bye, bye)
    assert statuses(far) == [200, 200]
    assert far.agent.counters.repeated == 1
    assert len([event for event in far.events if isinstance(event, Ended)]) == 1


def test_byes_that_cross_are_both_answered() -> None:
    far = FarEnd()
    far.hang_up(answered(far))
    far.deliver(far.request("BYE"), far.reply(481, request=far.requests("BYE")[0]))
    assert statuses(far) == [200]
    assert [event.end for event in far.events if isinstance(event, Ended)] == ["local"]


def test_a_bye_before_the_answer_is_none_of_ours() -> None:
    """§15: the called side must not send BYE in an early dialog."""
    far = FarEnd()
    far.ring()
    far.deliver(far.reply(180), far.request("BYE"))
    assert statuses(far) == [481]


@pytest.mark.parametrize("part", [b"tag=far1", b";tag=o"])
def test_a_bye_with_other_tags_is_not_ours(part: bytes) -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("BYE").replace(part, part + b"x"))
    assert statuses(far) == [481]


def test_a_bye_after_the_call_was_let_go_gets_481() -> None:
    far = FarEnd()
    answered(far)
    late = far.request("BYE")
    far.deliver(late)
    far.wait(60_000)
    far.deliver(late)
    assert statuses(far) == [200, 481]


# ── re-INVITE and UPDATE ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "theirs"), [*product(["INVITE", "UPDATE"], ["sendonly", "inactive", "recvonly", "sendrecv"])]
)
def test_a_new_offer_is_answered_with_its_mirror(method: str, theirs: str) -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request(method, TYPE, body=hold(theirs)))
    response = far.responses()[-1]
    mirror = {"sendonly": "recvonly", "recvonly": "sendonly"}.get(theirs, theirs)
    assert response.status == 200
    assert f"a={mirror}\r\n" in response.body.decode()
    assert response.contact == "sip:100@127.0.0.1:5060"


def test_hold_and_resume_are_reported() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("INVITE", TYPE, body=hold()), far.request("ACK", cseq=2))
    far.deliver(far.request("INVITE", TYPE, body=hold("sendrecv", port=40010)))
    held, resumed = [event.media for event in far.events if isinstance(event, Renegotiated)]
    assert (held.listening, held.direction) == (False, "sendonly")
    assert (resumed.listening, resumed.port) == (True, 40010)


def test_a_refresh_that_changes_nothing_is_not_reported() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("UPDATE", TYPE, body=SDP))
    assert statuses(far) == [200]
    assert not [event for event in far.events if isinstance(event, Renegotiated)]


def test_a_reinvite_without_offer_gets_ours_and_the_ack_answers_it() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("INVITE"))
    assert b"RTP/AVP 8 0 101" in far.responses()[-1].body
    far.deliver(far.request("UPDATE", TYPE, body=SDP))
    assert far.responses()[-1].status == 491  # our offer is open
    far.deliver(far.request("ACK", TYPE, body=hold(port=40020), cseq=2))
    changed = [event.media for event in far.events if isinstance(event, Renegotiated)]
    assert [media.port for media in changed] == [40020]
    far.deliver(far.request("UPDATE", TYPE, body=SDP, cseq=9))
    assert far.responses()[-1].status == 200  # and closed again


def test_an_offer_before_the_answer_meets_glare() -> None:
    """RFC 3311 §5.2, RFC 3261 §14.2: 491 while an offer of ours has no answer."""
    far = FarEnd()
    far.ring()
    far.deliver(far.reply(180))
    far.deliver(far.request("UPDATE", TYPE, body=SDP), far.request("INVITE", TYPE, body=SDP), far.request("INVITE"))
    assert statuses(far) == [491, 491, 491]


def test_an_offer_without_g711_is_not_acceptable_and_changes_nothing() -> None:
    far = FarEnd()
    answered(far)
    before = list(far.events)
    far.deliver(far.request("INVITE", TYPE, body=b"v=0\r\nm=audio 4000 RTP/AVP 18\r\n"))
    assert statuses(far) == [488]
    assert far.events == before


def test_the_answer_to_a_reinvite_is_repeated_until_its_ack() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("INVITE", TYPE, body=SDP))
    far.wait(1_600)
    assert statuses(far) == [200, 200, 200]
    far.deliver(far.request("ACK", cseq=2))
    far.wait(60_000)
    assert statuses(far) == [200, 200, 200]


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_the_far_end_may_move(method: str) -> None:
    """§12.2: the Contact of a target refresh is where later requests go."""
    far = FarEnd()
    call = answered(far)
    far.deliver(far.request(method, TYPE, OTHER_CONTACT, body=SDP))
    far.hang_up(call)
    assert far.requests("BYE")[0].uri == "sip:200@127.0.0.9:5099"
    assert far.went_to[-1] == ("127.0.0.9", 5099)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("1800;refresher=uac", "1800;refresher=uac"), ("90", "90;refresher=uac"), ("1800;refresher=uas", "")],
)
def test_a_session_timer_is_granted_with_the_far_end_as_refresher(wanted: str, given: str) -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("UPDATE", ("Session-Expires", wanted), ("Supported", "timer"), ("Require", "timer")))
    response = far.responses()[-1]
    assert (response.status, response.first("session-expires")) == (200, given)


def test_cancelling_an_answered_reinvite_changes_nothing() -> None:
    far = FarEnd()
    answered(far)
    reinvite = far.request("INVITE", TYPE, body=SDP)
    cancel = reinvite.replace(b"INVITE sip", b"CANCEL sip").replace(b" INVITE\r\n", b" CANCEL\r\n")
    far.deliver(reinvite, cancel)
    assert statuses(far) == [200, 200]
    far.deliver(far.request("CANCEL"))
    assert statuses(far)[-1] == 481


# ── INFO, OPTIONS, NOTIFY, others ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "body", "digit", "ms"),
    [
        ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", "5", 160),
        ("application/dtmf-relay", b"Signal= *\r\nDuration= 250", "*", 250),
        ("application/dtmf-relay", b"Duration=90\nSignal=#\n", "#", 90),
        ("application/dtmf-relay", b"Signal=11\r\n", "#", 100),
        ("application/dtmf-relay", b"signal=d\r\n", "D", 100),
        ("application/dtmf", b"7", "7", 100),
        ("application/dtmf", b"10", "*", 100),
        ("Application/DTMF;x=1", b" 0\r\n", "0", 100),
    ],
)
def test_keys_come_by_info(kind: str, body: bytes, digit: str, ms: int) -> None:
    far = FarEnd()
    answered(far)
    info = far.request("INFO", ("Content-Type", kind), body=body)
    far.deliver(info, info)
    assert statuses(far) == [200, 200]
    assert [event for event in far.events if isinstance(event, Pressed)] == [Pressed(CALL_ID, digit, ms)]


@pytest.mark.parametrize("body", [b"Signal=X\r\n", b"Signal=55\r\n", b"\xff\xfe", b"12"])
def test_an_info_with_no_key_in_it_is_answered_and_dropped(body: bytes) -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("INFO", ("Content-Type", "application/dtmf-relay"), body=body))
    assert statuses(far) == [200]
    assert not [event for event in far.events if isinstance(event, Pressed)]


def test_an_info_of_another_kind_is_told_what_we_take() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("INFO", ("Content-Type", "application/media_control+xml"), body=b"<x/>"))
    assert statuses(far) == [415]
    assert "application/dtmf-relay" in far.responses()[0].first("accept")
    far.deliver(far.request("INFO"))
    assert statuses(far) == [415, 200]


@pytest.mark.parametrize(
    ("method", "status"),
    [("OPTIONS", 200), ("NOTIFY", 200), ("UPDATE", 200), ("MESSAGE", 405), ("REFER", 405), ("PRACK", 405)],
)
def test_other_requests_get_their_answer(method: str, status: int) -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request(method))
    assert statuses(far) == [status]
    if status == 405:
        assert "BYE" in far.responses()[0].every("allow")


def test_a_required_extension_we_lack_is_named() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("UPDATE", ("Require", "timer, 100rel")))
    assert statuses(far) == [420]
    assert far.responses()[0].first("unsupported") == "100rel"


def test_a_request_out_of_order_is_refused() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("OPTIONS", cseq=10), far.request("OPTIONS", cseq=9))
    assert statuses(far) == [200, 500]


def test_our_own_invite_coming_back_is_a_loop() -> None:
    far = FarEnd()
    far.ring()
    far.deliver(bytes(far.invite))
    assert statuses(far) == [482]


def test_an_ack_to_nothing_is_counted() -> None:
    far = FarEnd()
    answered(far)
    far.deliver(far.request("ACK", cseq=77))
    assert far.agent.counters.stray == 1
    assert far.responses() == []


def test_the_contact_of_the_answer_is_what_the_helper_says() -> None:
    far = FarEnd()
    call = answered(far)
    assert f"<{call.dialog.target}>" == CONTACT
