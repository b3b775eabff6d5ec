"""An account kept registered (RFC 3261 §10.2)."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from outdial.sip.dialog import Dialog, local_tag
from outdial.sip.digest import Credentials, matches
from outdial.sip.events import RegistrationChanged
from outdial.sip.message import Reply, respond
from outdial.sip.registration import REGISTRATION, Account, Act, Event, RegistrationMachine, State
from tests.sip.far_end import THEM, US, FarEnd

AOR = "<sip:100@example.com>"


def an_account(expires_s: int = 600) -> Account:
    dialog = Dialog(
        call_id="register-1",
        local=f"{AOR};tag={local_tag('register-1')}",
        remote=AOR,
        target="sip:example.com",
        peer=THEM,
        sent_by="127.0.0.1:5060",
        contact="<sip:100@127.0.0.1:5060>",
    )
    return Account("7", dialog, Credentials("100", "secret"), expires_s)


def start(expires_s: int = 600) -> tuple[FarEnd, RegistrationMachine]:
    far = FarEnd()
    machine = far.agent.register(an_account(expires_s), far.now)
    far.collect()
    return far, machine


def answer(far: FarEnd, status: int, *headers: tuple[str, str]) -> None:
    far.deliver(respond(far.requests("REGISTER")[-1], Reply(status, to_tag="r", headers=headers), US))


def challenge(far: FarEnd, value: str, more: str = "") -> None:
    answer(far, 401, ("WWW-Authenticate", f'Digest realm="r", nonce="{value}", qop="auth"{more}'))


def states(far: FarEnd) -> list[str]:
    return [event.state for event in far.events if isinstance(event, RegistrationChanged)]


def test_the_table_uses_every_state_event_and_act() -> None:
    assert {state for state, _ in REGISTRATION} == set(get_args(State)) - {"gone"}
    assert {event for _, event in REGISTRATION} == set(get_args(Event))
    assert {act for _, acts in REGISTRATION.values() for act in acts} == set(get_args(Act))


def test_whatever_a_registrar_says_is_heard_while_we_wait_for_it() -> None:
    replies = ("ok", "challenge", "brief", "denied", "rejected", "timeout")
    for state, event in product(("trying", "refreshing", "leaving"), replies):
        assert (state, event) in REGISTRATION


def test_stop_is_heard_in_every_state_but_the_last_two() -> None:
    assert {state for state, event in REGISTRATION if event == "stop"} == set(get_args(State)) - {"leaving", "gone"}


def test_registers_with_credentials_when_asked() -> None:
    far, _ = start()
    challenge(far, "n")
    answer(far, 200, ("Contact", "<sip:100@127.0.0.1:5060>;expires=300"))
    first, second = far.requests("REGISTER")
    assert first.uri == "sip:example.com"
    assert first.first("expires") == "600"
    assert (second.cseq[0], second.call_id) == (2, first.call_id)
    assert matches(second.first("authorization"), "REGISTER", "secret")
    assert states(far) == ["trying", "registered"]


@pytest.mark.parametrize(
    ("headers", "refresh_ms"),
    [
        ((("Contact", '<sip:100@127.0.0.1:9>;expires=50, "x" <sip:100@127.0.0.1:5060>;expires=300'),), 240_000),
        ((("Expires", "100"),), 80_000),
        ((), 480_000),
        ((("Expires", "0"),), 8_000),
    ],
)
def test_refreshes_before_what_was_granted_runs_out(headers: tuple[tuple[str, str], ...], refresh_ms: int) -> None:
    far, _ = start()
    answer(far, 200, *headers)
    far.wait(refresh_ms - 20)
    assert len(far.requests("REGISTER")) == 1
    far.wait(40)
    assert [request.cseq[0] for request in far.requests("REGISTER")] == [1, 2]
    answer(far, 200)
    assert states(far) == ["trying", "registered"]


def test_a_refresh_carries_credentials_at_once_and_takes_a_new_nonce() -> None:
    far, _ = start()
    challenge(far, "a")
    answer(far, 200, ("Expires", "100"))
    far.wait(80_020)
    assert far.requests("REGISTER")[-1].first("authorization")
    challenge(far, "b")  # many registrars forget to say stale
    answer(far, 200, ("Expires", "100"))
    assert states(far) == ["trying", "registered"]


def test_too_brief_an_interval_is_raised_to_the_least() -> None:
    far, _ = start(expires_s=60)
    answer(far, 423, ("Min-Expires", "1800"))
    assert [request.first("expires") for request in far.requests("REGISTER")] == ["60", "1800"]
    answer(far, 423, ("Min-Expires", "1800"))
    assert states(far) == ["trying", "rejected"]


def test_wrong_credentials_are_told_and_tried_again_much_later() -> None:
    far, _ = start()
    challenge(far, "a")
    challenge(far, "b")
    assert states(far) == ["trying", "denied"]
    far.wait(29_900)
    assert len(far.requests("REGISTER")) == 2
    far.wait(200)
    assert len(far.requests("REGISTER")) == 3


def test_failures_wait_longer_each_time_up_to_ten_minutes() -> None:
    far, _ = start()
    waits = []
    for _ in range(7):
        answer(far, 500)
        begun, sent = far.now, len(far.requests("REGISTER"))
        while len(far.requests("REGISTER")) == sent:
            far.wait(1_000)
        waits.append(round((far.now - begun) / 1000))
    assert waits == [30, 60, 120, 240, 480, 600, 600]
    assert {event.detail for event in far.events if isinstance(event, RegistrationChanged)} == {
        "",
        "500 Server Internal Error",
    }


def test_retry_after_is_respected() -> None:
    far, _ = start()
    answer(far, 503, ("Retry-After", "120 (maintenance);duration=60"))
    far.wait(119_900)
    assert len(far.requests("REGISTER")) == 1
    far.wait(200)
    assert len(far.requests("REGISTER")) == 2


def test_a_registrar_that_is_not_there_is_told_after_32_s() -> None:
    far, _ = start()
    far.wait(31_000)
    assert states(far) == ["trying"]
    far.wait(2_000)
    assert states(far) == ["trying", "timeout"]
    far.wait(31_000)
    answer(far, 200)
    assert states(far) == ["trying", "timeout", "registered"]
    assert [number for number, _ in dict.fromkeys(r.cseq for r in far.requests())] == [1, 2]


def test_unregisters_at_the_end() -> None:
    far, machine = start()
    challenge(far, "a")
    answer(far, 200)
    far.agent.unregister(machine, far.now)
    far.collect()
    goodbye = far.requests("REGISTER")[-1]
    assert goodbye.first("expires") == "0"
    assert not machine.quiet
    answer(far, 200)
    assert states(far) == ["trying", "registered", "unregistered"]
    assert len(far.agent) == 0


def test_a_registrar_that_does_not_hear_the_goodbye_is_left_after_32_s() -> None:
    far, machine = start()
    answer(far, 200)
    far.agent.unregister(machine, far.now)
    far.wait(33_000)
    assert len(far.agent) == 0


def test_responses_to_older_requests_are_stray() -> None:
    far, _ = start()
    challenge(far, "a")
    far.deliver(respond(far.requests("REGISTER")[0], Reply(200), US))
    assert states(far) == ["trying"]
    assert far.agent.counters.stray == 1
