"""Offers and answers of audio (RFC 3264, 4566)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.sip import sdp
from outdial.sip.sdp import PCMA, PCMU, Direction, Local, Media

OURS = Local("192.0.2.1", 20000, 99)


def described(*lines: str, address: str = "198.51.100.7") -> bytes:
    head = ["v=0", "o=- 1 1 IN IP4 x", "s=-", f"c=IN IP4 {address}", "t=0 0"]
    return ("\r\n".join([*head, *lines]) + "\r\n").encode()


def test_the_offer_has_both_laws_and_events_at_20_ms() -> None:
    text = sdp.offer(OURS).decode()
    assert "m=audio 20000 RTP/AVP 8 0 101\r\n" in text
    assert "a=rtpmap:101 telephone-event/8000\r\n" in text
    assert "a=ptime:20\r\n" in text
    assert "c=IN IP4 192.0.2.1\r\n" in text


def test_the_codec_is_the_first_g711_of_the_answers_order() -> None:
    assert sdp.answered(described("m=audio 4000 RTP/AVP 18 0 8 101")).payload_type == PCMU
    assert sdp.answered(described("m=audio 4000 RTP/AVP 101 8 0")).payload_type == PCMA


def test_events_are_sent_under_the_number_the_far_end_chose() -> None:
    media = sdp.answered(described("m=audio 4000 RTP/AVP 8 96", "a=rtpmap:96 telephone-event/8000"))
    assert media == Media("198.51.100.7", 4000, PCMA, 96)


def test_an_answer_without_events_has_none() -> None:
    assert sdp.answered(described("m=audio 4000 RTP/AVP 8")).events is None


def test_the_medias_own_address_and_direction_beat_the_sessions() -> None:
    media = sdp.answered(described("a=inactive", "m=audio 4000 RTP/AVP 0", "c=IN IP4 203.0.113.5/127", "a=sendonly"))
    assert (media.address, media.direction) == ("203.0.113.5", "sendonly")
    assert sdp.answered(described("a=inactive", "m=audio 4000 RTP/AVP 0")).direction == "inactive"


@pytest.mark.parametrize(
    ("direction", "address", "listening"),
    [
        ("sendrecv", "198.51.100.7", True),
        ("recvonly", "198.51.100.7", True),
        ("sendonly", "198.51.100.7", False),
        ("inactive", "198.51.100.7", False),
        ("sendrecv", "0.0.0.0", False),
    ],
)
def test_on_hold_nobody_listens(direction: str, address: str, listening: bool) -> None:
    media = sdp.answered(described("m=audio 4000 RTP/AVP 0", f"a={direction}", address=address))
    assert media.listening is listening


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("sendrecv", "sendrecv"), ("sendonly", "recvonly"), ("recvonly", "sendonly"), ("inactive", "inactive")],
)
def test_a_later_offer_is_answered_with_the_mirrored_direction(theirs: Direction, ours: Direction) -> None:
    body, media = sdp.answer(OURS, described("m=audio 4000 RTP/AVP 8", f"a={theirs}"))
    assert f"a={ours}\r\n" in body.decode()
    assert media.direction == theirs


def test_a_codec_in_use_is_kept_while_it_is_offered() -> None:
    current = Media("198.51.100.7", 4000, PCMU, None)
    body, media = sdp.answer(OURS, described("m=audio 4000 RTP/AVP 8 0"), current)
    assert media.payload_type == PCMU
    assert "m=audio 20000 RTP/AVP 0\r\n" in body.decode()


def test_other_media_are_declined_in_their_place() -> None:
    body, _ = sdp.answer(OURS, described("m=video 5000 RTP/AVP 99", "m=audio 4000 RTP/AVP 8", "m=image 1 udptl t38"))
    lines = [line for line in body.decode().split("\r\n") if line.startswith("m=")]
    assert lines == ["m=video 0 RTP/AVP 99", "m=audio 20000 RTP/AVP 8", "m=image 0 udptl t38"]


def test_our_answer_can_be_read_by_us() -> None:
    body, _ = sdp.answer(OURS, sdp.offer(Local("198.51.100.7", 4000, 1)))
    assert sdp.answered(body) == Media("192.0.2.1", 20000, PCMA, 101)


def test_a_number_that_is_renamed_is_not_g711() -> None:
    with pytest.raises(ValueError, match=r"^no G.711"):
        sdp.answered(described("m=audio 4000 RTP/AVP 8", "a=rtpmap:8 opus/48000"))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "no media in the session description"),
        (("m=audio 0 RTP/AVP 8",), "no audio in the session description"),
        (("m=video 4000 RTP/AVP 8",), "no audio in the session description"),
        (("m=audio 4000 RTP/SAVP 8",), "no audio in the session description"),
        (("m=audio 4000 RTP/AVP 9 18",), "no G.711 in the session description"),
        (("m=audio 70000 RTP/AVP 8",), "media line cannot be read"),
        (("m=audio",), "media line cannot be read"),
        (("m=audio 4000 RTP/AVP 8", "c=broken"), "connection line cannot be read"),
    ],
)
def test_what_we_cannot_speak_is_refused_with_its_reason(lines: tuple[str, ...], why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        sdp.answered(described(*lines))


def test_bare_line_feeds_are_read_too() -> None:
    assert sdp.answered(described("m=audio 4000 RTP/AVP 8").replace(b"\r\n", b"\n")).port == 4000


@given(st.binary(max_size=200), st.text(max_size=100))
def test_garbage_raises_nothing_but_value_error(data: bytes, text: str) -> None:
    for body in (data, described("m=audio 4000 RTP/AVP 8", text), described("m=" + text)):
        try:
            sdp.answered(body)
            sdp.answer(OURS, body)
        except ValueError:
            continue
