"""Calls of a service that died: what is on disk is enough to end them (RFC 3261 §9, §15)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.sip.dialog import Dialog, branch_of, local_tag
from outdial.sip.digest import Credentials, matches
from outdial.sip.message import Reply, parse, respond
from tests.sip.far_end import CALL_ID, US, FarEnd, a_dialog, an_invitation, answered

SECRET = Credentials("100", "secret")
CHALLENGE = ("Proxy-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')


def after_a_crash(far: FarEnd, dialog: bytes, was_answered: bool, credentials: Credentials | None = None) -> FarEnd:
    """A new agent that knows only what was on disk; the far end is the same."""
    new = FarEnd()
    new.agent.forget(Dialog.load(dialog), was_answered, credentials, new.now)
    new.collect()
    return new


def test_a_dialog_survives_the_disk() -> None:
    far = FarEnd()
    call = far.ring()
    assert Dialog.load(call.dialog.dump()) == call.dialog
    far.deliver(far.described(200, ("Record-Route", "<sip:192.0.2.1;lr>")))
    assert Dialog.load(call.dialog.dump()) == call.dialog


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"[1]", b"[2,3]", b"null", b"\xff", b'"x"'])
def test_what_is_no_dialog_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Dialog.load(data)


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_garbage_on_disk_raises_nothing_but_value_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        Dialog.load(json.dumps(value).encode())


def test_the_cancel_after_a_crash_is_the_one_the_service_would_have_sent() -> None:
    """Same branch, number, tags and URI as the INVITE, without ever having seen it."""
    far = FarEnd()
    dialog = far.ring().dialog.dump()
    new = after_a_crash(far, dialog, was_answered=False)
    cancel = new.requests("CANCEL")[0]
    invite = far.invite
    assert (cancel.branch, cancel.uri, cancel.from_tag) == (invite.branch, invite.uri, invite.from_tag)
    assert cancel.first("to") == invite.first("to")
    assert cancel.cseq == (1, "CANCEL")


def test_the_second_invite_of_a_challenge_is_cancelled_too() -> None:
    """The crash may have come between the challenge and its note on disk."""
    far = FarEnd()
    call = far.ring(an_invitation(SECRET))
    dialog = call.dialog.dump()
    far.deliver(far.reply(407, CHALLENGE))
    new = after_a_crash(far, dialog, was_answered=False)
    assert [cancel.cseq[0] for cancel in new.requests("CANCEL")] == [1, 2]
    assert new.requests("CANCEL")[1].branch == far.invite.branch


def test_what_comes_after_the_cancel_is_acknowledged() -> None:
    far = FarEnd()
    new = after_a_crash(far, far.ring().dialog.dump(), was_answered=False)
    new.deliver(far.reply(487))
    ack = new.requests("ACK")[0]
    assert (ack.branch, ack.cseq, ack.to_tag) == (far.invite.branch, (1, "ACK"), "far1")
    new.wait(200_000)
    assert len(new.agent) == 0


def test_a_call_answered_while_the_service_was_down_gets_ack_and_bye() -> None:
    far = FarEnd()
    new = after_a_crash(far, far.ring().dialog.dump(), was_answered=False)
    new.deliver(far.described(200), far.described(200))
    assert [r.method for r in new.requests() if r.method != "CANCEL"] == ["ACK", "BYE", "ACK"]
    bye = new.requests("BYE")[0]
    assert (bye.uri, bye.to_tag, bye.from_tag) == ("sip:200@127.0.0.1:5071;transport=UDP", "far1", local_tag(CALL_ID))


def test_an_answered_call_is_ended_with_bye() -> None:
    far = FarEnd()
    call = far.ring()
    far.deliver(far.described(200, ("Record-Route", "<sip:192.0.2.1;lr>")))
    new = after_a_crash(far, call.dialog.dump(), was_answered=True)
    bye = new.requests("BYE")[0]
    assert (bye.cseq, bye.to_tag, bye.every("route")) == ((12, "BYE"), "far1", ["<sip:192.0.2.1;lr>"])
    assert new.went_to == [("192.0.2.1", 5060)]
    new.wait(600)
    assert len(new.requests("BYE")) == 2  # repeated like any other
    new.deliver(respond(bye, Reply(481), US))
    new.wait(60_000)
    assert len(new.requests("BYE")) == 2
    assert len(new.agent) == 0


def test_the_bye_after_a_crash_can_be_challenged() -> None:
    far = FarEnd()
    new = after_a_crash(far, answered(far).dialog.dump(), was_answered=True, credentials=SECRET)
    new.deliver(respond(new.requests("BYE")[0], Reply(407, headers=(CHALLENGE,)), US))
    assert matches(new.requests("BYE")[1].first("proxy-authorization"), "BYE", "secret")


def test_quiet_means_that_every_goodbye_is_confirmed() -> None:
    far = FarEnd()
    new = FarEnd()
    machine = new.agent.forget(Dialog.load(answered(far).dialog.dump()), True, None, new.now)
    assert new.agent.forget(machine.dialog, True, None, new.now) is machine
    new.collect()
    before = machine.quiet, new.agent.quiet
    new.deliver(respond(new.requests("BYE")[0], Reply(200), US))
    assert (before, (machine.quiet, new.agent.quiet)) == ((False, False), (True, True))


def test_a_2xx_to_an_invite_that_nobody_remembers_gets_ack_and_bye() -> None:
    """Nothing on disk at all, but the tag and branch are ours."""
    far = FarEnd()
    far.ring()
    new = FarEnd()
    new.deliver(far.described(200), far.described(200))
    assert new.methods() == ["ACK", "BYE", "ACK"]
    assert new.requests("ACK")[0].uri == "sip:200@127.0.0.1:5071;transport=UDP"
    assert new.agent.counters.late_answers == 1
    assert not new.events
    new.deliver(respond(new.requests("BYE")[0], Reply(200), US))
    new.wait(200_000)
    assert len(new.agent) == 0


def test_a_forged_2xx_gets_nothing() -> None:
    far = FarEnd()
    far.ring()
    new = FarEnd()
    new.deliver(far.described(200).replace(b";tag=o", b";tag=x"))
    assert new.got == []
    assert new.agent.counters.stray == 1


def test_branches_and_tags_are_computed_from_the_call_id() -> None:
    assert branch_of("a", 1) == branch_of("a", 1)
    assert len({branch_of("a", 1), branch_of("a", 2), branch_of("b", 1)}) == 3
    assert branch_of("a", 1).startswith("z9hG4bK")
    assert a_dialog("a").branch("CANCEL", 1) == a_dialog("a").branch("INVITE", 1) != a_dialog("a").branch("ACK", 1)


def test_the_dialog_on_disk_has_no_secrets() -> None:
    far = FarEnd()
    call = far.ring(an_invitation(SECRET))
    far.deliver(far.reply(407, CHALLENGE))
    assert b"secret" not in call.dialog.dump()
    assert parse(bytes(far.invite)).first("proxy-authorization")
