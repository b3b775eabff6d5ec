"""A call whose trunk asks who is calling (RFC 3261 §22)."""

from __future__ import annotations

import pytest

from outdial.sip.dialog import branch_of
from outdial.sip.digest import Credentials, matches, parse_params
from outdial.sip.events import Challenged, Ended
from tests.sip.far_end import CALL_ID, FarEnd, an_invitation

SECRET = Credentials("100", "secret")


def nonce(value: str, **more: str) -> str:
    words = "".join(f", {name}={text}" for name, text in more.items())
    return f'Digest realm="r", nonce="{value}", algorithm=SHA-256, qop="auth"{words}'


def endings(far: FarEnd) -> list[Ended]:
    return [event for event in far.events if isinstance(event, Ended)]


@pytest.mark.parametrize(
    ("status", "asking", "answering"),
    [(401, "WWW-Authenticate", "authorization"), (407, "Proxy-Authenticate", "proxy-authorization")],
)
def test_a_challenge_is_answered_in_a_second_invite(status: int, asking: str, answering: str) -> None:
    far = FarEnd()
    call = far.ring(an_invitation(SECRET))
    far.deliver(far.reply(status, (asking, nonce("n"))))
    first, second = far.requests("INVITE")
    assert far.methods() == ["INVITE", "ACK", "INVITE"]
    assert isinstance(far.events[0], Challenged)
    assert (second.cseq[0], second.call_id, second.from_tag) == (2, first.call_id, first.from_tag)
    assert second.to_tag == ""
    assert second.branch == branch_of(CALL_ID, 2) != first.branch
    assert matches(second.first(answering), "INVITE", "secret")
    far.deliver(far.described(200))
    far.hang_up(call)
    bye = far.requests("BYE")[0]
    assert bye.cseq == (3, "BYE")
    assert matches(bye.first(answering), "BYE", "secret")
    assert parse_params(bye.first(answering))["nc"] == "00000003"  # the INVITE's and the ACK's were 1 and 2


def test_a_stale_nonce_is_answered_with_the_new_one() -> None:
    far = FarEnd()
    far.ring(an_invitation(SECRET))
    far.deliver(far.reply(407, ("Proxy-Authenticate", nonce("old"))))
    far.deliver(far.reply(407, ("Proxy-Authenticate", nonce("new", stale="true"))))
    assert parse_params(far.invite.first("proxy-authorization"))["nonce"] == "new"
    assert far.invite.cseq == (3, "INVITE")


def test_wrong_credentials_end_the_call() -> None:
    far = FarEnd()
    far.ring(an_invitation(SECRET))
    for value in ("a", "b"):
        far.deliver(far.reply(407, ("Proxy-Authenticate", nonce(value))))
    assert len(far.requests("INVITE")) == 2
    assert len(far.requests("ACK")) == 2
    assert [(end.end, end.code) for end in endings(far)] == [("refused", 407)]


def test_a_challenge_without_an_account_ends_the_call() -> None:
    far = FarEnd()
    far.ring()
    far.deliver(far.reply(401, ("WWW-Authenticate", nonce("a"))))
    assert [(end.end, end.code) for end in endings(far)] == [("refused", 401)]


def test_a_challenge_to_a_call_nobody_wants_any_more_is_not_answered() -> None:
    far = FarEnd()
    call = far.ring(an_invitation(SECRET))
    far.hang_up(call)
    far.deliver(far.reply(407, ("Proxy-Authenticate", nonce("a"))))
    assert far.methods() == ["INVITE", "ACK"]
    assert len(endings(far)) == 1


def test_a_challenged_bye_is_sent_again_with_credentials() -> None:
    far = FarEnd()
    call = far.ring(an_invitation(SECRET))
    far.deliver(far.described(200))
    far.hang_up(call)
    challenge = ("Proxy-Authenticate", nonce("a"))
    far.deliver(far.reply(407, challenge, request=far.requests("BYE")[0]))
    assert matches(far.requests("BYE")[1].first("proxy-authorization"), "BYE", "secret")
    far.deliver(far.reply(407, challenge, request=far.requests("BYE")[1]))
    assert len(far.requests("BYE")) == 2
