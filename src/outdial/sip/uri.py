"""SIP URIs, addresses with parameters, and Via (RFC 3261 §19.1, §20.10, §20.42)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

_URI = re.compile(
    r"(?P<scheme>sips?):(?:(?P<user>[^@\s<>\"]*)@)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)"
    r"(?::(?P<port>\d{1,5}))?(?P<params>;[^?\s<>\"]*)?(?P<headers>\?[^\s<>\"]*)?",
    re.IGNORECASE,
)
_PARAM = re.compile(r';\s*([^;=\s"]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^;"\s]*))?\s*')
_NAME_ADDR = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^"<]*?)\s*<\s*([^<>]*?)\s*>\s*(.*)', re.DOTALL)
_VIA = re.compile(
    r"SIP\s*/\s*2\.0\s*/\s*([A-Za-z0-9-]+)\s+(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?:\s*:\s*(\d{1,5}))?\s*(;.*)?",
    re.DOTALL,
)

DEFAULT_PORT = 5060

HostPort = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Uri:
    """A ``sip:`` or ``sips:`` URI; parameter names are in lower case, values as they came."""

    scheme: str
    user: str
    host: str
    """Brackets of IPv6 included."""
    port: int | None
    params: dict[str, str]
    """A parameter without a value is the empty string."""

    @classmethod
    def parse(cls, text: str) -> Uri:
        """Raises ValueError when the text is not a SIP URI."""
        match = _URI.fullmatch(text)
        if match is None:
            raise ValueError("not a SIP URI")
        scheme, user, host, port, params, _ = match.groups()
        return cls(scheme.lower(), user or "", host.lower(), _port(port), _params(params or ""))

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port is not None else ""
        return f"{self.scheme}:{user}{self.host}{port}{_print_params(self.params)}"

    @property
    def hop(self) -> HostPort:
        """Where a request for this URI goes by UDP: ``(host without brackets, port)``."""
        return self.host.strip("[]"), self.port or DEFAULT_PORT


@dataclass(frozen=True, slots=True)
class Address:
    """From, To, Contact, Route …: a display name, a URI and the header's own parameters."""

    display: str
    uri: str
    params: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> Address:
        """Raises ValueError when there is no URI. Without ``<>`` all parameters are the header's (§20)."""
        match = _NAME_ADDR.fullmatch(text)
        if match is not None:
            display, uri, tail = match.groups()
        else:
            display, (uri, semicolon, tail) = "", text.strip().partition(";")
            tail = semicolon + tail
        uri = uri.strip()
        if not uri or "<" in uri or " " in uri:
            raise ValueError("not an address")
        return cls(_unquote(display.strip()), uri, _params(tail))


@dataclass(frozen=True, slots=True)
class Via:
    """One Via value."""

    transport: str
    host: str
    port: int | None
    params: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> Via:
        match = _VIA.fullmatch(text.strip())
        if match is None:
            raise ValueError("not a Via")
        transport, host, port, params = match.groups()
        return cls(transport.upper(), host, _port(port), _params(params or ""))

    def __str__(self) -> str:
        port = f":{self.port}" if self.port is not None else ""
        return f"SIP/2.0/{self.transport} {self.host}{port}{_print_params(self.params)}"

    def stamped(self, source: HostPort) -> Via:
        """With ``received`` and ``rport`` filled from the datagram's source (§18.2.1, RFC 3581 §4)."""
        params = dict(self.params)
        if "rport" in params:
            params["rport"] = str(source[1])
        if "rport" in params or source[0] != self.host:
            params["received"] = source[0]
        return Via(self.transport, self.host, self.port, params)

    def reply_to(self, source: HostPort) -> HostPort:
        """Where the response goes: back to the source; its port only if ``rport`` asks for it (§18.2.2)."""
        return source[0], source[1] if "rport" in self.params else self.port or DEFAULT_PORT


def escape_user(text: str) -> str:
    """A dialled number as the user part of a URI: spaces dropped, ``#`` and other strangers escaped."""
    return quote(text.replace(" ", ""), safe="+*-_.!~'()&=$,;?/")


def split_commas(text: str) -> list[str]:
    """The values of a list header, split at commas outside quotes and angle brackets."""
    if "," not in text:
        return [text]
    parts, start, quoted, depth, escaped = [], 0, False, 0, False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped = char == "\\"
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char in "<>":
            depth = 1 if char == "<" else 0
        elif char == "," and not depth:
            parts.append(text[start:index].strip())
            start = index + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError("not a port")
    return port


def _params(text: str) -> dict[str, str]:
    return {name.lower(): _unquote(value) for name, value in _PARAM.findall(text)}


def _print_params(params: dict[str, str]) -> str:
    return "".join(f";{name}={value}" if value else f";{name}" for name, value in params.items())


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text
