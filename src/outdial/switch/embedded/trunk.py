"""A gateway as the switch sees it: where its requests go, as whom, and the INVITE of an order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from outdial.domain.errors import CallRefused
from outdial.domain.resource import Gateway
from outdial.sip import sdp
from outdial.sip.call import Invitation
from outdial.sip.dialog import Dialog, local_tag
from outdial.sip.digest import Credentials
from outdial.sip.registration import Account
from outdial.sip.uri import HostPort, Uri, escape_user
from outdial.switch.port import Order

ANONYMOUS = "anonymous"
"""The caller where neither the resource nor the account names one."""

_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
_OURS = frozenset(
    {"via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route", "allow"}
    | {"content-type", "content-length", "authorization", "proxy-authorization"}
)
"""Headers that an order may not bring."""


@dataclass(frozen=True, slots=True)
class Here:
    """Our own address as one peer sees it."""

    host: str
    """In Via and Contact."""
    port: int
    media_host: str
    """In the session description: always an IP address."""

    @property
    def sent_by(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def contact(self, user: str) -> str:
        return f"<sip:{user}@{self.sent_by}>"


@lru_cache(maxsize=256)
def parse_proxy(gateway: Gateway) -> Uri:
    """Raises ValueError with a sentence for the operator."""
    text = gateway.proxy.strip()
    try:
        uri = Uri.parse(text if ":" in text and text.split(":")[0].lower() in ("sip", "sips") else f"sip:{text}")
    except ValueError:
        raise ValueError(f"Gateway {gateway.name}: {gateway.proxy!r} is not a proxy address.") from None
    if uri.scheme == "sips" or uri.params.get("transport", "udp").lower() != "udp":
        raise ValueError(f"Gateway {gateway.name} asks for TCP or TLS; only SIP over UDP is spoken yet.")
    return uri


def credentials(gateway: Gateway) -> Credentials | None:
    username = gateway.username or _account(gateway).user
    return Credentials(username, gateway.password) if username and gateway.password else None


def invitation(order: Order, peer: HostPort, here: Here, local: sdp.Local) -> Invitation:
    """The INVITE for an order. Raises CallRefused when the order cannot be written as SIP."""
    gateway = order.gateway
    account = _account(gateway)
    display = escape_user(order.display)
    caller = account.user if gateway.register else display or ANONYMOUS
    domain = _from_domain(gateway)
    address = f"sip:{escape_user(order.destination)}@{_request_domain(gateway)}"
    name = f"{_quoted(order.display)} " if order.display else ""
    dialog = Dialog(
        call_id=order.call_id,
        local=f"{name}<sip:{caller}@{domain}>;tag={local_tag(order.call_id)}",
        remote=f"<{address}>",
        target=address,
        peer=peer,
        sent_by=here.sent_by,
        contact=here.contact(caller),
        trunk=str(gateway.id),
    )
    headers = (*_identity(order, f"<sip:{display}@{domain}>"), *_checked(order.headers))
    return Invitation(dialog, local, credentials(gateway), headers, holds_ack=True)


def account(gateway: Gateway, peer: HostPort, here: Here, call_id: str) -> Account:
    """The registration of a gateway. Raises ValueError when its account is no address."""
    address = _account(gateway)
    if not address.user:
        raise ValueError(f"Gateway {gateway.name}: {gateway.account!r} is not an account (user@host).")
    of_record = f"<sip:{address.user}@{address.host}>"
    registrar = gateway.registrar.strip().removeprefix("sip:") or address.host
    dialog = Dialog(
        call_id=call_id,
        local=f"{of_record};tag={local_tag(call_id)}",
        remote=of_record,
        target=f"sip:{registrar}",
        peer=peer,
        sent_by=here.sent_by,
        contact=here.contact(address.user),
    )
    username = gateway.username or address.user
    return Account(str(gateway.id), dialog, Credentials(username, gateway.password), gateway.expires_s)


@lru_cache(maxsize=256)
def _account(gateway: Gateway) -> Uri:
    """The account's address; one without user where there is none."""
    text = gateway.account.strip().removeprefix("sip:")
    try:
        return Uri.parse(f"sip:{text}")
    except ValueError:
        return Uri("sip", "", "", None, {})


def _from_domain(gateway: Gateway) -> str:
    if gateway.register:
        return _account(gateway).host
    return _host(gateway) or parse_proxy(gateway).host


def _request_domain(gateway: Gateway) -> str:
    proxy = parse_proxy(gateway)
    port = f":{proxy.port}" if proxy.port else ""
    return _host(gateway) or f"{proxy.host}{port}"


@lru_cache(maxsize=256)
def _host(gateway: Gateway) -> str:
    """A trunk's own domain without its port; empty for registrations and where none is set."""
    if gateway.register or not gateway.host.strip():
        return ""
    try:
        return Uri.parse(f"sip:{gateway.host.strip().removeprefix('sip:')}").host
    except ValueError:
        raise CallRefused("GATEWAY_DOWN", f"Gateway {gateway.name}: {gateway.host!r} is not a host.") from None


def _identity(order: Order, address: str) -> list[tuple[str, str]]:
    """RFC 3325, or the older header that many trunks still want."""
    if not order.display:
        return []
    if order.cid_type == "pid":
        return [("P-Asserted-Identity", f"{_quoted(order.display)} {address}")]
    if order.cid_type == "rpid":
        return [("Remote-Party-ID", f"{_quoted(order.display)} {address};party=calling;screen=yes;privacy=off")]
    return []


def _checked(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or name.lower() in _OURS or "\n" in value or "\r" in value:
            raise CallRefused("INVALID_MSG_UNSPECIFIED", f"The header {name!r} cannot be put into an INVITE.")
    return headers


def _quoted(text: str) -> str:
    clean = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{clean}"'
