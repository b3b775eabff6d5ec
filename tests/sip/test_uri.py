"""URIs, addresses, Via (RFC 3261 §19.1, §20)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import URI as OracleUri

from outdial.sip.uri import Address, Uri, Via, escape_user, split_commas


@pytest.mark.parametrize(
    "text",
    [
        "sip:alice@atlanta.example",
        "sip:alice@atlanta.example:5070;transport=UDP",
        "sips:1212@gateway.example",
        "sip:192.0.2.4;lr",
        "sip:[2001:db8::10]:5062",
        "sip:+12125551212;phone-context=x@example.com;user=phone",
    ],
)
def test_a_uri_prints_as_it_was_read(text: str) -> None:
    assert str(Uri.parse(text)) == text


@pytest.mark.parametrize("text", ["", "*", "tel:+123", "sip:", "sip:a b@x", "http://x", "sip:a@x:99999", "sip:a@x:0"])
def test_what_is_no_sip_uri_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not a (SIP URI|port)$"):
        Uri.parse(text)


def test_the_next_hop_is_the_host_and_port_5060_by_default() -> None:
    assert Uri.parse("sip:a@192.0.2.1").hop == ("192.0.2.1", 5060)
    assert Uri.parse("sip:a@[2001:db8::1]:5070").hop == ("2001:db8::1", 5070)


@given(st.from_regex(r"sip:[a-z0-9+.]{1,10}@[a-z0-9]{1,8}\.example(:[1-9][0-9]{1,3})?", fullmatch=True))
def test_uris_are_read_as_another_library_reads_them(text: str) -> None:
    ours, theirs = Uri.parse(text), OracleUri.parse(text)
    assert (ours.scheme, ours.user, ours.host, ours.port) == (theirs.scheme, theirs.user, theirs.host, theirs.port)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<sip:a@b>", Address("", "sip:a@b", {})),
        ('"A. \\"B\\" <C>" <sip:a@b;lr>;tag=1;x', Address('A. "B" <C>', "sip:a@b;lr", {"tag": "1", "x": ""})),
        ("Anna <sip:a@b>;Tag=2", Address("Anna", "sip:a@b", {"tag": "2"})),
        ("sip:a@b;tag=3", Address("", "sip:a@b", {"tag": "3"})),
        ("*", Address("", "*", {})),
    ],
)
def test_addresses_in_all_their_forms(text: str, expected: Address) -> None:
    assert Address.parse(text) == expected


@pytest.mark.parametrize("text", ["", "<>", "a b", ";tag=1"])
def test_an_address_without_a_uri_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not an address$"):
        Address.parse(text)


def test_lists_are_split_outside_of_quotes_and_brackets() -> None:
    assert split_commas('"a, b" <sip:x,y@z>;q=1 , <sip:c>,, d') == ['"a, b" <sip:x,y@z>;q=1', "<sip:c>", "d"]


def test_a_via_is_stamped_with_where_it_really_came_from() -> None:
    """RFC 3581: ``rport`` gets the port, ``received`` the address, and the answer goes back there."""
    via = Via.parse("SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx;rport")
    assert str(via.stamped(("192.0.2.9", 40001))) == (
        "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx;rport=40001;received=192.0.2.9"
    )
    assert via.reply_to(("192.0.2.9", 40001)) == ("192.0.2.9", 40001)


def test_without_rport_the_answer_goes_to_the_port_of_the_via() -> None:
    via = Via.parse("SIP / 2.0 / UDP 10.0.0.1 ;branch=z9hG4bKx")
    assert via.reply_to(("192.0.2.9", 40001)) == ("192.0.2.9", 5060)
    assert via.stamped(("192.0.2.9", 40001)).params["received"] == "192.0.2.9"


def test_a_via_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^not a Via$"):
        Via.parse("HTTP/1.1 example.com")


def test_a_dialled_number_is_made_safe() -> None:
    assert escape_user("+38 (067) 111#*") == "+38(067)111%23*"
    assert escape_user("1@evil>\r\nX: y") == "1%40evil%3E%0D%0AX%3Ay"


@given(st.text(max_size=60))
def test_garbage_raises_nothing_but_value_error(text: str) -> None:
    for read in (Uri.parse, Address.parse, Via.parse):
        try:
            read(text)
        except ValueError:
            continue
