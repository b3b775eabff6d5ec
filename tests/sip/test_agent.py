"""The agent: datagrams find their call, strangers get their answer, and nothing the network sends raises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outdial.sip.agent import grain
from outdial.sip.digest import Credentials
from outdial.sip.events import Answered, Ended
from outdial.sip.message import build
from tests.sip.far_end import THEM, FarEnd, an_invitation, answered


def stranger(method: str, to: str = "<sip:100@127.0.0.1>", branch: str = "z9hG4bKs1") -> bytes:
    lines = [
        ("Via", f"SIP/2.0/UDP 127.0.0.1:5070;branch={branch}"),
        ("From", "<sip:9@127.0.0.1>;tag=s"),
        ("To", to),
        ("Call-ID", "somebody"),
        ("CSeq", f"1 {method}"),
    ]
    return build(f"{method} sip:100@127.0.0.1 SIP/2.0", lines)


@pytest.mark.parametrize(
    ("method", "status"),
    [("INVITE", 480), ("OPTIONS", 200), ("BYE", 481), ("CANCEL", 481), ("REGISTER", 405), ("MESSAGE", 405)],
)
def test_requests_outside_of_our_calls_get_their_answer(method: str, status: int) -> None:
    far = FarEnd()
    far.deliver(stranger(method))
    response = far.responses()[0]
    assert response.status == status
    assert response.to_tag
    assert far.went_to == [THEM]
    assert far.agent.counters.refused == 1
    assert ("BYE" in response.every("allow")) == (status in (200, 405))


def test_the_same_stranger_gets_the_same_tag_again() -> None:
    far = FarEnd()
    far.deliver(stranger("INVITE"), stranger("INVITE"), stranger("INVITE", branch="z9hG4bKs2"))
    tags = [response.to_tag for response in far.responses()]
    assert tags[0] == tags[1] != tags[2]


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "INFO", "UPDATE", "BYE"])
def test_a_request_of_a_dialog_we_do_not_know_gets_481_or_its_answer(method: str) -> None:
    far = FarEnd()
    far.deliver(stranger(method, to="<sip:100@127.0.0.1>;tag=gone"))
    assert far.responses()[0].status == (200 if method == "OPTIONS" else 481)


def test_a_strangers_ack_gets_nothing() -> None:
    far = FarEnd()
    far.deliver(stranger("ACK"))
    assert far.got == []
    assert far.agent.counters.stray == 1


def test_a_call_id_is_used_once() -> None:
    far = FarEnd()
    far.ring()
    with pytest.raises(ValueError, match=r"^Call-ID in use$"):
        far.agent.call(an_invitation())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\0" * 65_507,
        b"INVITE " + b"x" * 65_000,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        stranger("INVITE").replace(b"1 INVITE", b"one"),
        stranger("INVITE").replace(b"SIP/2.0/UDP 127.0.0.1:5070", b"SIP/2.0/UDP"),
    ],
)
def test_malformed_and_oversize_datagrams_are_dropped_and_counted(data: bytes) -> None:
    far = FarEnd()
    call = answered(far)
    far.deliver(data)
    assert far.responses() == [r for r in far.responses() if r.status == 480]
    assert far.agent.counters.malformed + far.agent.counters.refused == 1
    far.hang_up(call)
    assert isinstance(far.events[-1], Ended)


def test_timers_that_are_close_fire_together() -> None:
    far = FarEnd()
    far.ring()
    assert far.agent.next_timer() % grain(500) == 0
    assert 500 <= far.agent.next_timer() - far.now <= 500 + grain(500)


@given(st.integers(1, 100_000))
def test_no_timer_is_late_by_more_than_an_eighth(wait: int) -> None:
    assert grain(wait) <= max(20, wait / 8)


def test_a_timer_of_a_call_that_moved_on_does_nothing() -> None:
    far = FarEnd()
    answered(far)
    sent = len(far.got)
    far.wait(31_000)
    assert len(far.got) == sent


def test_a_thousand_calls_leave_nothing_behind() -> None:
    far = FarEnd()
    for number in range(1000):
        call = far.ring(an_invitation(call_id=f"c{number}"))
        far.deliver(far.described(200))
        far.hang_up(call)
        far.deliver(far.reply(200, request=far.requests("BYE")[-1]))
        far.got.clear()
    assert len(far.agent) == 1000
    far.wait(40_000)
    assert len(far.agent) == 0
    assert far.agent.next_timer() == 0
    assert sum(isinstance(event, Answered) for event in far.events) == 1000


@given(st.binary(max_size=300))
def test_garbage_raises_nothing(data: bytes) -> None:
    far = FarEnd()
    far.deliver(data)
    assert far.agent.counters.malformed == 1


damage = st.tuples(st.integers(0, 900), st.binary(max_size=4), st.integers(0, 6))


def damaged(data: bytes, how: tuple[int, bytes, int]) -> bytes:
    at, put, cut = how
    at = min(at, len(data))
    return data[:at] + put + data[at + cut :]


CHALLENGE = ("Proxy-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(["100", "183", "407", "200", "486", "BYE", "INVITE"]), damage), max_size=6))
def test_a_call_ends_once_whatever_it_is_told(script: list[tuple[str, tuple[int, bytes, int]]]) -> None:
    """Damaged, repeated and disordered messages: exactly one end, and nothing is left of the call."""
    far = FarEnd()
    call = far.ring(an_invitation(Credentials("100", "secret")))
    for name, how in script:
        far.deliver(damaged(say(far, name), how))
    far.hang_up(call)
    far.wait(200_000)
    assert sum(isinstance(event, Ended) for event in far.events) == 1
    assert len(far.agent) == 0


def say(far: FarEnd, name: str) -> bytes:
    if name == "407":
        return far.reply(407, CHALLENGE)
    if name in ("183", "200"):
        return far.described(int(name), ("Record-Route", "<sip:127.0.0.1:5090;lr>"))
    return far.reply(int(name)) if name.isdigit() else far.request(name)


@settings(max_examples=200)
@given(st.permutations(["100", "180", "183", "200", "200", "486", "BYE", "INVITE", "INFO"]), st.integers(0, 9))
def test_a_call_ends_once_in_whatever_order_things_come(order: list[str], heard: int) -> None:
    far = FarEnd()
    call = far.ring()
    for name in order[:heard]:
        far.deliver(say(far, name))
        far.wait(100)
    far.hang_up(call)
    far.wait(200_000)
    assert sum(isinstance(event, Ended) for event in far.events) == 1
    assert sum(isinstance(event, Answered) for event in far.events) <= 1
    assert len(far.agent) == 0


@settings(max_examples=100)
@given(st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_loss_and_repetition_do_not_change_the_story(copies: list[int]) -> None:
    """Each datagram of the far end comes 0, 1 or 2 times; it repeats what is not confirmed, and all ends well."""
    far, fate = FarEnd(), iter(copies + [1] * 100)
    call = far.ring()
    for _ in range(20):
        if far.requests("ACK"):
            break
        far.deliver(*[far.described(200)] * next(fate))
        far.wait(500)
    far.hang_up(call)
    for _ in range(20):
        far.deliver(*[far.reply(200, request=far.requests("BYE")[-1])] * next(fate))
        far.wait(500)
    assert [type(event) for event in far.events] == [Answered, Ended]
    far.wait(60_000)
    assert len(far.agent) == 0
