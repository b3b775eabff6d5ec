"""Reading and writing messages (RFC 3261 §7), with another library as the judge of what is valid."""

from __future__ import annotations

import pytest
import sipmessage
from hypothesis import given
from hypothesis import strategies as st

from outdial.sip.message import Reply, Request, Response, build, parse, reply_address, respond

INVITE = (
    b"INVITE sip:bob@biloxi.example SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds;rport\r\n"
    b"Max-Forwards: 70\r\n"
    b"To: Bob <sip:bob@biloxi.example>\r\n"
    b"From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n"
    b"Call-ID: a84b4c76e66710\r\n"
    b"CSeq: 314159 INVITE\r\n"
    b"Contact: <sip:alice@pc33.atlanta.example>\r\n"
    b"Content-Length: 4\r\n\r\nbody"
)


def with_line(line: bytes) -> bytes:
    return INVITE.replace(b"Max-Forwards: 70", line)


def a_request(data: bytes = INVITE) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


def test_a_request_is_read() -> None:
    request = a_request()
    assert (request.method, request.uri) == ("INVITE", "sip:bob@biloxi.example")
    assert request.cseq == (314159, "INVITE")
    assert (request.branch, request.from_tag, request.to_tag) == ("z9hG4bK776asdhds", "1928301774", "")
    assert request.call_id == "a84b4c76e66710"
    assert request.contact == "sip:alice@pc33.atlanta.example"
    assert request.body == b"body"


def test_a_response_is_read() -> None:
    response = parse(INVITE.replace(b"INVITE sip:bob@biloxi.example SIP/2.0", b"SIP/2.0 486 Busy  Here"))
    assert isinstance(response, Response)
    assert (response.status, response.phrase) == (486, "Busy  Here")


def test_a_status_line_without_a_phrase_is_read() -> None:
    response = parse(INVITE.replace(b"INVITE sip:bob@biloxi.example SIP/2.0", b"SIP/2.0 180"))
    assert isinstance(response, Response)
    assert (response.status, response.phrase) == (180, "")


def test_compact_names_and_any_capitals_mean_the_same_header() -> None:
    compact = (
        INVITE.replace(b"Via:", b"v:")
        .replace(b"To:", b"t :")
        .replace(b"From:", b"F:")
        .replace(b"Call-ID:", b"i:")
        .replace(b"CSeq:", b"cSEQ:")
        .replace(b"Contact:", b"m:")
        .replace(b"Content-Length:", b"l:")
    )
    assert a_request(compact).headers == a_request().headers


def test_folded_lines_are_one_line() -> None:
    assert a_request(with_line(b"Subject: I know\r\n\tyou're  \r\n  there")).first("subject") == "I know you're there"


def test_list_headers_give_one_value_each() -> None:
    request = a_request(with_line(b'Route: <sip:a;lr>, "b, c" <sip:b>\r\nX-A: 1, 2\r\nROUTE: <sip:c>'))
    assert request.every("route") == ["<sip:a;lr>", '"b, c" <sip:b>', "<sip:c>"]
    assert request.every("x-a") == ["1, 2"]
    assert request.every("absent") == []


def test_the_branch_is_that_of_the_topmost_via() -> None:
    two = INVITE.replace(b"Via: ", b"Via: SIP/2.0/UDP first;branch=z9hG4bK1, ")
    assert a_request(two).branch == "z9hG4bK1"


def test_bytes_behind_content_length_are_dropped() -> None:
    assert parse(INVITE + b"more").body == b"body"


def test_without_content_length_the_rest_of_the_datagram_is_the_body() -> None:
    assert parse(INVITE.replace(b"Content-Length: 4\r\n", b"") + b"y").body == b"bodyy"


def test_empty_lines_before_the_message_are_skipped() -> None:
    assert parse(b"\r\n\r\n" + INVITE).call_id == "a84b4c76e66710"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "headers without an end"),
        (b"\r\n\r\n", "headers without an end"),
        (INVITE[:60], "headers without an end"),
        (INVITE[:-2], "body shorter than Content-Length"),
        (INVITE.replace(b": 4\r", b": four\r"), "Content-Length is not a number"),
        (INVITE.replace(b": 4\r", b": -1\r"), "Content-Length is not a number"),
        (INVITE.replace(b"CSeq: 314159 INVITE\r\n", b""), "no cseq header"),
        (INVITE.replace(b"SIP/2.0\r\nVia", b"SIP/3.0\r\nVia"), "not a request line"),
        (INVITE.replace(b"sip:bob@biloxi.example SIP", b"SIP"), "not a request line"),
        (INVITE.replace(b"INVITE sip:bob@biloxi.example SIP/2.0", b"SIP/2.0 99 Low"), "not a status line"),
        (INVITE.replace(b"INVITE sip:bob@biloxi.example SIP/2.0", b"SIP/2.0 2000 Long"), "not a status line"),
        (with_line(b"no colon"), "not a header line"),
        (with_line(b"bad name: x"), "not a header line"),
        (with_line(b": x"), "not a header line"),
        (with_line(b"X: a\nY: b"), "control character in the headers"),
        (with_line(b"X: a\rY: b"), "control character in the headers"),
        (with_line(b"X: a\0"), "control character in the headers"),
        (with_line(b"X: " + b"a" * 40_000), "headers too large"),
        (with_line(b"\r\n".join([b"X: a"] * 300)), "too many headers"),
    ],
)
def test_what_is_no_message_is_refused_with_its_reason(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        parse(data)


def test_a_cseq_that_cannot_be_read_is_found_when_it_is_asked_for() -> None:
    request = a_request(INVITE.replace(b"314159 INVITE", b"many"))
    with pytest.raises(ValueError, match=r"^CSeq cannot be read$"):
        _ = request.cseq


def test_bytes_that_are_no_utf8_come_back_unchanged() -> None:
    data = INVITE.replace(b"Bob", b"B\xf6b \xc3\xb6")
    assert b"B\xf6b \xc3\xb6" in bytes(parse(data))
    assert b"B\xf6b \xc3\xb6" in respond(a_request(data), Reply(200), ("192.0.2.1", 5060))


def test_a_response_copies_what_the_caller_needs_to_know_it() -> None:
    """§8.2.6.2: Via, From, Call-ID, CSeq as they were, To with our tag; Record-Route for the dialog."""
    request = a_request(with_line(b"Record-Route: <sip:p1;lr>\r\nVia: SIP/2.0/UDP second;branch=z9hG4bK2"))
    data = respond(request, Reply(200, to_tag="our", headers=(("X", "1"),), body=b"sdp"), ("192.0.2.1", 777))
    response = parse(data)
    assert isinstance(response, Response)
    assert (response.status, response.phrase, response.body) == (200, "OK", b"sdp")
    assert response.every("via") == [
        "SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds;rport=777;received=192.0.2.1",
        "SIP/2.0/UDP second;branch=z9hG4bK2",
    ]
    assert response.to_tag == "our"
    assert response.every("record-route") == ["<sip:p1;lr>"]
    for name in ("from", "call-id", "cseq"):
        assert response.headers[name] == request.headers[name]
    assert reply_address(request, ("192.0.2.1", 777)) == ("192.0.2.1", 777)


def test_a_to_tag_that_is_there_is_left_alone() -> None:
    request = a_request(INVITE.replace(b"biloxi.example>\r\nFrom", b"biloxi.example>;tag=old\r\nFrom"))
    assert parse(respond(request, Reply(200, to_tag="new"), ("192.0.2.1", 5060))).to_tag == "old"


def test_a_line_break_in_a_value_cannot_smuggle_in_a_header() -> None:
    for value in ("a\r\nX: b", "a\nb", "a\rb"):
        with pytest.raises(ValueError, match=r"^line break in a header$"):
            build("OPTIONS sip:a SIP/2.0", [("Subject", value)])


tokens = st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True)
values = st.from_regex(r"[a-z0-9]([a-z0-9 ;=@:.<>-]{0,20}[a-z0-9])?", fullmatch=True)
extra = st.lists(st.tuples(tokens.map(lambda name: "X-" + name), values), max_size=6)


@given(tokens, extra, st.binary(max_size=60))
def test_what_is_written_is_read_again(call_id: str, headers: list[tuple[str, str]], body: bytes) -> None:
    lines = [
        ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1"),
        ("From", "<sip:a@b>;tag=1"),
        ("To", "<sip:c@d>"),
        ("Call-ID", call_id),
        ("CSeq", "7 INFO"),
        *headers,
    ]
    request = parse(build("INFO sip:c@d SIP/2.0", lines, body))
    again = parse(bytes(request))
    assert again.headers == request.headers
    assert again.body == request.body == body
    for name, value in headers:
        assert value in request.headers[name.lower()]


@given(tokens, extra)
def test_headers_are_read_as_another_library_reads_them(call_id: str, headers: list[tuple[str, str]]) -> None:
    lines = [
        ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport"),
        ("From", '"A" <sip:a@b>;tag=1'),
        ("To", "<sip:c@d>;tag=2"),
        ("Call-ID", call_id),
        ("CSeq", "7 INVITE"),
        *headers,
    ]
    data = build("SIP/2.0 183 Session Progress", lines)
    ours, theirs = parse(data), sipmessage.Message.parse(data)
    assert isinstance(ours, Response)
    assert isinstance(theirs, sipmessage.Response)
    assert ours.status == theirs.code
    assert ours.call_id == theirs.call_id
    assert ours.cseq == (theirs.cseq.sequence, theirs.cseq.method)
    assert ours.branch == theirs.via[0].parameters["branch"]
    assert ours.from_tag == theirs.from_address.parameters["tag"]
    for name, _ in headers:
        assert ours.headers[name.lower()] == theirs.headers.getlist(name)


@given(st.binary(max_size=400))
def test_garbage_raises_nothing_but_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^[a-z]"):
        parse(data)


@given(st.integers(0, len(INVITE) - 1), st.binary(max_size=3), st.integers(0, 4))
def test_a_damaged_message_raises_nothing_but_value_error(at: int, put: bytes, cut: int) -> None:
    """Damage anywhere: it is read, or refused, when parsed and when typed."""
    data = INVITE[:at] + put + INVITE[at + cut :]
    try:
        message = parse(data)
        _ = message.cseq, message.branch, message.to_tag, message.contact, message.content_type
        if isinstance(message, Request):
            respond(message, Reply(200), ("192.0.2.1", 5060))
    except ValueError:
        return
