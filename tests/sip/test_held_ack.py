"""The ACK waits until the answer is on disk: until then the far end repeats its 200, and a call can be found again."""

from __future__ import annotations

from dataclasses import replace

from outdial.sip.call import CallMachine
from outdial.sip.events import Answered
from tests.sip.far_end import FarEnd, an_invitation


def held() -> tuple[FarEnd, CallMachine]:
    far = FarEnd()
    call = far.ring(replace(an_invitation(), holds_ack=True))
    far.deliver(far.reply(180), far.described(200))
    return far, call


def confirm(far: FarEnd, call: CallMachine) -> None:
    call.confirm(far.now)
    far.collect()


def test_the_answer_is_told_and_not_yet_acknowledged() -> None:
    far, _ = held()
    assert any(isinstance(event, Answered) for event in far.events)
    assert far.methods() == ["INVITE"]


def test_a_repeated_answer_does_not_hurry_it() -> None:
    far, call = held()
    far.deliver(far.described(200))
    assert far.methods() == ["INVITE"]
    confirm(far, call)
    far.deliver(far.described(200))
    assert far.methods() == ["INVITE", "ACK", "ACK"]


def test_it_leaves_once() -> None:
    far, call = held()
    confirm(far, call)
    confirm(far, call)
    assert far.methods() == ["INVITE", "ACK"]


def test_it_leaves_before_our_bye() -> None:
    far, call = held()
    far.hang_up(call)
    assert far.methods() == ["INVITE", "ACK", "BYE"]


def test_it_leaves_when_the_far_end_hangs_up_first() -> None:
    far, call = held()
    far.deliver(far.request("BYE"))
    confirm(far, call)
    assert far.methods() == ["INVITE", "ACK"]


def test_another_phone_that_answers_is_not_kept_waiting() -> None:
    far, _ = held()
    far.deliver(far.described(200, tag="far2"))
    assert [(request.method, request.to_tag) for request in far.requests()[1:]] == [("ACK", "far2"), ("BYE", "far2")]
