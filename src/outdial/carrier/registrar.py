"""Who may call and register: digest challenges, one user."""

from __future__ import annotations

from typing import Literal

from outdial.sip.digest import matches, parse_params
from outdial.sip.message import Reply, Request

REALM = "test carrier"
Scheme = Literal["MD5", "SHA-256"]
_HEADERS: dict[Scheme, tuple[int, str, str]] = {
    "MD5": (407, "Proxy-Authenticate", "proxy-authorization"),
    "SHA-256": (401, "WWW-Authenticate", "authorization"),
}


class Registrar:
    def __init__(self, username: str, password: str) -> None:
        self._username, self._password = username, password
        self._nonces = 0
        self.contacts: dict[str, str] = {}
        """Address of record → Contact, of who is registered."""

    def challenge(self, request: Request, scheme: Scheme) -> Reply | None:
        """The challenge to send, or None when the request proves its user."""
        status, ask, answer = _HEADERS[scheme]
        for value in request.every(answer):
            if self._proves(value, request.method):
                return None
        self._nonces += 1
        value = f'Digest realm="{REALM}", nonce="n{self._nonces:08x}", algorithm={scheme}, qop="auth"'
        return Reply(status, to_tag="who", headers=((ask, value),))

    def register(self, request: Request) -> Reply:
        """200 with the Contact that now stands, or the challenge."""
        refused = self.challenge(request, "SHA-256")
        if refused:
            return refused
        expires = int(request.first("expires") or 600)
        contact, who = request.first("contact"), request.first("to")
        if not expires:
            self.contacts.pop(who, None)
            return Reply(200, to_tag="reg")
        self.contacts[who] = contact
        return Reply(200, to_tag="reg", headers=(("Contact", f"{contact};expires={expires}"),))

    def _proves(self, value: str, method: str) -> bool:
        try:
            return parse_params(value).get("username") == self._username and matches(value, method, self._password)
        except ValueError:
            return False
