"""How an order becomes an INVITE: addresses, caller id, credentials."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outdial.domain.errors import CallRefused
from outdial.domain.resource import CidType, Gateway
from outdial.sip import sdp
from outdial.sip.call import Invitation
from outdial.sip.dialog import local_tag
from outdial.sip.digest import Credentials
from outdial.switch.embedded import trunk
from outdial.switch.embedded.trunk import Here
from outdial.switch.port import Order

HERE = Here("203.0.113.5", 5060, "203.0.113.5")
PEER = ("198.51.100.1", 5080)
TRUNK = Gateway(3, "trunk", True, "198.51.100.1:5080", host="carrier.example:5060")
REGISTERED = Gateway(
    4,
    "account",
    True,
    "sip:proxy.example",
    register=True,
    account="700@provider.example:5070",
    username="auth700",
    password="secret",
)


def invited(gateway: Gateway = TRUNK, display: str = "100", cid_type: CidType = "", number: str = "200") -> Invitation:
    order = Order("call-1", number, gateway, display=display, cid_type=cid_type)
    return trunk.invitation(order, PEER, HERE, sdp.Local(HERE.media_host, 20000, 1))


def test_a_trunk_s_host_is_the_domain_without_its_port() -> None:
    dialog = invited().dialog
    assert dialog.target == "sip:200@carrier.example"
    assert dialog.remote == "<sip:200@carrier.example>"
    assert dialog.local == f'"100" <sip:100@carrier.example>;tag={local_tag("call-1")}'
    assert (dialog.peer, dialog.sent_by, dialog.contact) == (PEER, "203.0.113.5:5060", "<sip:100@203.0.113.5:5060>")


def test_a_trunk_without_host_uses_its_proxy() -> None:
    assert invited(replace(TRUNK, host="")).dialog.target == "sip:200@198.51.100.1:5080"


def test_a_registration_calls_as_its_account_with_its_credentials() -> None:
    invitation = invited(REGISTERED)
    assert invitation.dialog.local.startswith('"100" <sip:700@provider.example>')
    assert invitation.dialog.target == "sip:200@proxy.example"
    assert invitation.credentials == Credentials("auth700", "secret")


def test_a_registration_without_username_is_known_by_its_account() -> None:
    assert invited(replace(REGISTERED, username="")).credentials == Credentials("700", "secret")


def test_a_trunk_without_password_has_no_credentials() -> None:
    assert invited().credentials is None


def test_without_any_caller_id_the_caller_is_anonymous() -> None:
    assert invited(display="").dialog.local.startswith("<sip:anonymous@carrier.example>")
    assert invited(REGISTERED, display="").dialog.local.startswith("<sip:700@provider.example>")


@pytest.mark.parametrize(
    ("cid_type", "headers"),
    [
        ("", ()),
        ("none", ()),
        ("pid", (("P-Asserted-Identity", '"100" <sip:100@carrier.example>'),)),
        (
            "rpid",
            (("Remote-Party-ID", '"100" <sip:100@carrier.example>;party=calling;screen=yes;privacy=off'),),
        ),
    ],
)
def test_the_caller_id_is_told_as_the_resource_wants_it(cid_type: CidType, headers: object) -> None:
    assert invited(cid_type=cid_type).headers == headers
    assert invited(cid_type=cid_type, display="").headers == ()


def test_a_number_is_written_so_that_it_stays_one_number() -> None:
    assert invited(number="+38 067 1#*").dialog.target == "sip:+380671%23*@carrier.example"
    assert invited(number="1@evil.example>").dialog.target == "sip:1%40evil.example%3E@carrier.example"


def test_a_display_cannot_break_out_of_its_quotes() -> None:
    local = invited(display='1" <sip:evil>\r\nX: y').dialog.local
    assert local.startswith('"1\\" <sip:evil> X: y" <sip:1%22%3Csip%3Aevil%3E%0D%0AX%3Ay@carrier.example>')


@pytest.mark.parametrize("header", [("Via", "x"), ("Contact", "x"), ("X Y", "x"), ("X-A", "a\r\nTo: b"), ("", "x")])
def test_a_header_that_would_harm_the_invite_is_refused(header: tuple[str, str]) -> None:
    order = Order("call-1", "200", TRUNK, headers=(header,))
    with pytest.raises(CallRefused, match="cannot be put into an INVITE"):
        trunk.invitation(order, PEER, HERE, sdp.Local("x", 1, 1))


def test_free_headers_come_with_the_invite() -> None:
    order = Order("call-1", "200", TRUNK, headers=(("X-Campaign", "seed"),))
    assert trunk.invitation(order, PEER, HERE, sdp.Local("x", 1, 1)).headers == (("X-Campaign", "seed"),)


@pytest.mark.parametrize(
    ("proxy", "hop"),
    [
        ("192.0.2.1", ("192.0.2.1", 5060)),
        ("192.0.2.1:5080", ("192.0.2.1", 5080)),
        ("sip:proxy.example:5062;transport=UDP", ("proxy.example", 5062)),
        (" SIP:proxy.example ", ("proxy.example", 5060)),
    ],
)
def test_a_proxy_is_an_address_with_or_without_sip_in_front(proxy: str, hop: tuple[str, int]) -> None:
    assert trunk.parse_proxy(replace(TRUNK, proxy=proxy)).hop == hop


@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        ("", "is not a proxy address"),
        ("two words", "is not a proxy address"),
        ("sips:proxy.example", "only SIP over UDP"),
        ("proxy.example;transport=tcp", "only SIP over UDP"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_said_in_words(proxy: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        trunk.parse_proxy(replace(TRUNK, proxy=proxy))


def test_an_account_registers_its_address_of_record() -> None:
    account = trunk.account(REGISTERED, PEER, HERE, "register-1")
    assert account.dialog.remote == "<sip:700@provider.example>"
    assert account.dialog.target == "sip:provider.example"
    assert account.dialog.contact == "<sip:700@203.0.113.5:5060>"
    assert (account.name, account.credentials, account.expires_s) == ("4", Credentials("auth700", "secret"), 600)


def test_a_registrar_of_its_own_is_asked_instead() -> None:
    gateway = replace(REGISTERED, registrar="sip:registrar.example:5061")
    assert trunk.account(gateway, PEER, HERE, "register-1").dialog.target == "sip:registrar.example:5061"


def test_an_account_without_a_user_cannot_register() -> None:
    with pytest.raises(ValueError, match="is not an account"):
        trunk.account(replace(REGISTERED, account="provider.example"), PEER, HERE, "register-1")


def test_an_ipv6_address_is_bracketed() -> None:
    assert Here("2001:db8::1", 5060, "2001:db8::1").contact("a") == "<sip:a@[2001:db8::1]:5060>"
