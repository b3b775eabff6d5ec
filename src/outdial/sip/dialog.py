"""A dialog's state and the requests it makes (RFC 3261 §12); small enough to be kept on disk for every call.

Tags and branches are computed from the Call-ID and CSeq, so that a service that died can still take back
its INVITE: the CANCEL must carry the branch of the INVITE.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address
from typing import Any
from zlib import crc32

from outdial.sip.message import Message, Response, build
from outdial.sip.uri import Address, HostPort, Uri

Lines = Sequence[tuple[str, str]]


@lru_cache(maxsize=4096)
def key_of(call_id: str) -> str:
    """The part of tags and branches that tells our calls apart."""
    return blake2b(call_id.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def local_tag(call_id: str) -> str:
    """Our tag in every dialog of this Call-ID."""
    return "o" + key_of(call_id)


def branch_of(call_id: str, cseq: int) -> str:
    """The branch of our INVITE; its CANCEL and the ACK to its refusal share it (§9.1, §17.1.1.3)."""
    return f"z9hG4bK{key_of(call_id)}.{cseq}"


@dataclass(frozen=True, slots=True)
class Dialog:
    """One side of a call, ours; before the answer it has no remote tag and no routes."""

    call_id: str
    local: str
    """The From value, with our tag."""
    remote: str
    """The To value; with the far end's tag once it answered."""
    target: str
    """The request URI: the number's at first, then the far end's Contact."""
    peer: HostPort
    """Where the INVITE was sent."""
    sent_by: str
    """Our ``host:port`` in Via."""
    contact: str
    """Our Contact value."""
    cseq: int = 1
    """Of the newest request of ours that has a number of its own."""
    routes: tuple[str, ...] = ()
    refreshed: bool = False
    """True once the target is a Contact of the far end and not the number's URI any more."""
    trunk: str = ""
    """The owner's name for the account, to find credentials again after a crash."""

    def established(self, response: Response) -> Dialog:
        """The dialog a 2xx makes: route set in reverse (§12.1.2), requests to its Contact."""
        routes = tuple(route for route in reversed(response.every("record-route")) if _uri_in(route))
        target = _contact_of(response)
        return replace(
            self,
            remote=response.headers["to"][0],
            routes=routes,
            target=target or self.target,
            refreshed=self.refreshed or bool(target),
        )

    def moved(self, message: Message) -> Dialog:
        """With the remote target of the message's Contact, if that can be read (§12.2)."""
        target = _contact_of(message)
        return replace(self, target=target, refreshed=True) if target else self

    def next(self) -> Dialog:
        return replace(self, cseq=self.cseq + 1)

    def skip(self) -> Dialog:
        """Above the numbers of what a dead service may have sent after its last note on disk."""
        return replace(self, cseq=self.cseq + 10)

    @property
    def hop(self) -> HostPort:
        """Where the next request goes: the first route, else the far end's Contact, else where the INVITE went.

        A name is not looked up here: it goes where the INVITE went too.
        """
        if not self.routes and not self.refreshed:
            return self.peer
        return _hop_of(_uri_in(self.routes[0]) if self.routes else self.target) or self.peer

    @property
    def request_uri(self) -> str:
        """The target; the first route where that router is strict (§12.2.1.1)."""
        return Address.parse(self.routes[0]).uri if self._strict else self.target

    @property
    def _strict(self) -> bool:
        return bool(self.routes) and ";lr" not in self.routes[0].lower()

    def branch(self, method: str, cseq: int) -> str:
        """Within the dialog the far end's tag makes it differ: a forked INVITE has several dialogs."""
        branch = branch_of(self.call_id, cseq)
        if method in ("INVITE", "CANCEL", "REGISTER"):
            return branch
        return f"{branch}.{method[0].lower()}{crc32(self.remote.encode('utf-8', 'surrogateescape')):x}"

    def request(self, method: str, headers: Lines = (), body: bytes = b"", cseq: int = 0) -> bytes:
        """A request of this dialog under its CSeq, or an older one for ACK and CANCEL."""
        number = cseq or self.cseq
        routes = (*self.routes[1:], f"<{self.target}>") if self._strict else self.routes
        lines = [
            ("Via", f"SIP/2.0/UDP {self.sent_by};branch={self.branch(method, number)};rport"),
            ("Max-Forwards", "70"),
            *(("Route", route) for route in routes),
            ("From", self.local),
            ("To", self.remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
            *headers,
        ]
        return build(f"{method} {self.request_uri} SIP/2.0", lines, body)

    def ack_refusal(self, response: Response) -> bytes:
        """The ACK of a final status from 300: the INVITE's branch, the response's To (§17.1.1.3)."""
        number = response.cseq[0]
        lines = (
            ("Via", f"SIP/2.0/UDP {self.sent_by};branch={branch_of(self.call_id, number)};rport"),
            ("Max-Forwards", "70"),
            ("From", self.local),
            ("To", response.headers["to"][0]),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} ACK"),
        )
        return build(f"ACK {self.target} SIP/2.0", lines)

    def dump(self) -> bytes:
        """For the disk."""
        fields = [getattr(self, name) for name in _FIELDS]
        return _print([1, *fields]).encode()

    @classmethod
    def load(cls, data: bytes) -> Dialog:
        """The inverse of ``dump``. Raises ValueError when it is not one."""
        try:
            values: list[Any] = json.loads(data)
            if values[0] != 1 or len(values) != len(_FIELDS) + 1:
                raise ValueError("dialog of another version")
            fields = dict(zip(_FIELDS, values[1:], strict=True))
            host, port = fields["peer"]
            return cls(**{**fields, "peer": (str(host), int(port)), "routes": tuple(fields["routes"])})
        except (TypeError, KeyError, IndexError):
            raise ValueError("not a dialog") from None


_FIELDS = tuple(Dialog.__dataclass_fields__)
_print = json.JSONEncoder(separators=(",", ":")).encode


def _contact_of(message: Message) -> str:
    """The URI of the first Contact; empty when there is none that can be read."""
    contacts = message.every("contact")
    return _uri_in(contacts[0]) if contacts else ""


@lru_cache(maxsize=1024)
def _uri_in(value: str) -> str:
    """The URI of a Contact or Route value; empty when it cannot be read. A trunk says the same for all its calls."""
    try:
        uri = Address.parse(value).uri
        Uri.parse(uri)
    except ValueError:
        return ""
    return uri


@lru_cache(maxsize=1024)
def _hop_of(uri: str) -> HostPort | None:
    """Where requests for a URI go; None when its host is no address."""
    try:
        host, port = Uri.parse(uri).hop
        ip_address(host)
    except ValueError:
        return None
    return host, port
