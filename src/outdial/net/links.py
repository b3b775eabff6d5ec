"""Signed links to files: whoever has one needs no token until it expires."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

SOURCES = ("media", "file")
PATH = "/storage/any/file/{id}/download"
"""Below ``/api``."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link is good for."""

    domain_id: int
    source: str
    id: int


class Links:
    """Made and checked with one key; a link is only a statement that we have signed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, linked: Linked, expires: int) -> str:
        """Path and query; ``expires`` in epoch seconds."""
        query = {"domain_id": linked.domain_id, "source": linked.source, "expires": expires}
        return f"/api{PATH.format(id=linked.id)}?{urlencode({**query, 'signature': self._sign(linked, expires)})}"

    def read(self, id: int, query: Mapping[str, str], now_s: int) -> Linked | None:
        """What the link is good for; None unless we signed exactly this and it is not over."""
        domain, expires, source = query.get("domain_id", ""), query.get("expires", ""), query.get("source", "")
        if not (_number(domain) and _number(expires) and source in SOURCES):
            return None
        linked = Linked(int(domain), source, id)
        good = hmac.compare_digest(self._sign(linked, int(expires)).encode(), query.get("signature", "").encode())
        return linked if good and now_s < int(expires) else None

    def _sign(self, linked: Linked, expires: int) -> str:
        said = f"{linked.domain_id}/{linked.source}/{linked.id}/{expires}"
        return base64.urlsafe_b64encode(hmac.digest(self._key, said.encode(), "sha256")).decode().rstrip("=")


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
