"""Reading the address of a request: one parser, whose host is the one that is checked and connected to."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import httpx

from outdial.net.errors import Refused

PORTS = {"http": 80, "https": 443}
BAD_PORTS = frozenset(
    {
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
    }
)  # fmt: skip
"""The "bad ports" of WHATWG's Fetch standard, and those of Redis and memcached: no web server, but something that may
take a request's lines for its own commands."""
MAX_URL = 8000


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes."""

    url: str
    """Without name, password and fragment."""
    scheme: str
    host: str
    """As names are resolved: IDNA, lower case, no brackets."""
    port: int
    path: bytes
    """With the query, as it goes over the wire."""
    authorization: str
    """What a name and password in the URL mean as a header; "" without."""

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def read_target(text: str, base: str = "") -> Target:
    """``base`` is the page a redirect came from. Raises Refused."""
    text = text.strip()
    if len(text) > MAX_URL:
        raise Refused(f"the URL is longer than {MAX_URL} characters")
    if any(char in text for char in "\\\r\n\t\0"):
        raise Refused("the URL has a backslash or a control character")
    try:
        url = httpx.URL(base).join(text) if base else httpx.URL(text)
        host = url.raw_host.decode("ascii")
        port = url.port or PORTS.get(url.scheme, 0)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Refused(f"the URL cannot be read: {error}") from None
    if url.scheme not in PORTS:
        raise Refused(f"only http:// and https:// are requested, not {url.scheme or 'a URL without a scheme'}")
    if not host:
        raise Refused("the URL names no host")
    if not 0 < port < 65536:
        raise Refused(f"there is no port {port}")
    if port in BAD_PORTS:
        raise Refused(f"port {port} is no port of web servers")
    plain = str(url.copy_with(userinfo=b"", fragment=None))
    return Target(plain, url.scheme, host.strip("[]").rstrip("."), port, url.raw_path, _basic(url))


def _basic(url: httpx.URL) -> str:
    if not url.userinfo:
        return ""
    return "Basic " + base64.b64encode(f"{url.username}:{url.password}".encode()).decode()
