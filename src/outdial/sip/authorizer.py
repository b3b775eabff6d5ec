"""One account answering the challenges of one server, a bounded number of times."""

from __future__ import annotations

from outdial.sip import digest
from outdial.sip.dialog import key_of
from outdial.sip.digest import Challenge, Credentials
from outdial.sip.message import Response

ROUNDS = 4
"""Challenges answered for one request at most: proxy and server, each once stale."""

_HEADERS = {401: ("www-authenticate", "Authorization"), 407: ("proxy-authenticate", "Proxy-Authorization")}


class Authorizer:
    """Remembers the challenges met, so that later requests carry credentials at once, with nc counted on."""

    def __init__(self, credentials: Credentials | None, seed: str) -> None:
        self._credentials = credentials
        self._seed = seed
        self._known: dict[str, tuple[Challenge, int]] = {}
        self._answered: set[str] = set()
        self._rounds = 0

    def begin(self) -> None:
        """A new request: its challenges are counted from nothing."""
        self._answered.clear()
        self._rounds = 0

    def accept(self, response: Response) -> bool:
        """Learns a 401's or 407's challenge; False when it is of no use to answer it (again)."""
        if self._credentials is None or response.status not in _HEADERS or self._rounds >= ROUNDS:
            return False
        asking, answering = _HEADERS[response.status]
        try:
            challenge = digest.strongest(response.every(asking))
        except ValueError:
            return False
        if answering in self._answered and not challenge.stale:
            return False
        self._rounds += 1
        self._answered.add(answering)
        self._known[answering] = (challenge, 0)
        return True

    def headers(self, method: str, uri: str) -> list[tuple[str, str]]:
        """The credentials for a request to ``uri``; none before the first challenge."""
        if self._credentials is None:
            return []
        lines = []
        for name, (challenge, used) in self._known.items():
            self._known[name] = (challenge, used + 1)
            cnonce = key_of(f"{self._seed}:{challenge.nonce}")
            value = digest.answer(challenge, self._credentials, method, uri, cnonce=cnonce, count=used + 1)
            lines.append((name, value))
        return lines
