"""The messages of a call, made readable."""

from __future__ import annotations

from outdial.sip.digest import Credentials
from outdial.sip.trace import MOST, Trace
from tests.sip.far_end import THEM, FarEnd, an_invitation

CHALLENGE = ("Proxy-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')


def test_the_trace_has_every_message_in_order_with_its_time() -> None:
    far = FarEnd()
    call = far.ring()
    far.wait(1_234)
    far.deliver(far.reply(486))
    text = call.trace.text()
    heads = [line for line in text.split("\n") if line.startswith("--- ")]
    assert [head[17:] for head in heads] == [
        "to 127.0.0.1:5070",
        "to 127.0.0.1:5070",
        "from 127.0.0.1:5070",
        "to 127.0.0.1:5070",
    ]
    assert heads[0].startswith("--- 00:16:40.000 ")
    assert heads[2].startswith("--- 00:16:41.234 ")
    assert text.index("INVITE sip:200") < text.index("SIP/2.0 486") < text.index("ACK sip:200")


def test_credentials_are_masked_and_challenges_are_not() -> None:
    far = FarEnd()
    call = far.ring(an_invitation(Credentials("100", "secret")))
    far.deliver(far.reply(407, CHALLENGE))
    text = call.trace.text()
    assert "Proxy-Authorization: ********\n" in text
    assert "response=" not in text
    assert 'nonce="n"' in text


def test_the_offset_turns_steady_time_into_the_clock_s() -> None:
    trace = Trace()
    trace.add(0, "to", THEM, b"x")
    assert trace.text(3_600_000).startswith("--- 01:00:00.000 to 127.0.0.1:5070\nx\n")


def test_a_trace_is_bounded_and_can_be_let_go() -> None:
    trace = Trace()
    for _ in range(MOST + 50):
        trace.add(0, "from", THEM, b"\xff\0garbage")
    assert trace.text().count("garbage") == MOST
    trace.close()
    trace.add(0, "from", THEM, b"late")
    assert trace.text() == ""
