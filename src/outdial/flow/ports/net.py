"""What a flow asks of the world outside: values, and one port with a place that has none of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from outdial.flow.errors import AppFailed
from outdial.flow.extract import Extract, extract

MAX_BODY = 2_000_000
"""Bytes of an answer that a flow reads."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. A name and password in the URL become an Authorization header."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout_s: float = 10.0
    """For everything together: name, connection, redirects, answer."""
    verify: bool = True
    """Whether the server's certificate must be good."""
    max_bytes: int = MAX_BODY
    """Of the answer, decoded; a longer one is refused."""
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: tuple[tuple[str, str], ...]
    """Names in lower case, in the order they came."""
    body: bytes = field(repr=False)
    url: str = ""
    """Where the answer came from, after redirects."""

    def header(self, name: str) -> str:
        """The first of that (lower-case) name; "" when there is none."""
        return next((value for given, value in self.headers if given == name), "")


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that a schema names."""

    host: str
    port: int
    tls: bool | None
    """True: nothing is sent without TLS; None: TLS if the server offers it, and no password without it."""
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of the domain to go with a mail."""

    id: int
    source: str
    """``media``, or ``file`` for recordings; "": either, recordings first."""


@dataclass(frozen=True, slots=True)
class Mail:
    to: tuple[str, ...]
    text: str
    subject: str = ""
    sender: str = ""
    """"": the profile's."""
    cc: tuple[str, ...] = ()
    html: bool = False
    in_reply_to: str = ""
    """Message id of what this answers."""
    enclosed: tuple[Enclosed, ...] = ()
    server: MailServer | None = None
    """None: the profile."""
    profile: str = ""
    """Name of a profile in the settings; "": the first."""
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """One statement of ``sql``."""

    driver: str
    address: str = field(repr=False)
    text: str
    params: tuple[str, ...] = ()
    timeout_s: float = 1.0


CacheKind = Literal["memory", "redis"]


class Net(Protocol):
    """Each method raises an ``OutdialError`` with a sentence when it cannot be done: the flow goes on with the next."""

    async def fetch(self, request: HttpRequest) -> HttpResponse: ...

    async def extract(self, job: Extract) -> dict[str, str]:
        """``flow.extract.extract``, away from the event loop where it may be slow."""
        ...

    async def send_mail(self, mail: Mail, *, wait: bool) -> str:
        """The message id. Without ``wait`` it is sent after this returns, and goes on when the flow ends."""
        ...

    async def query(self, query: Query) -> dict[str, str]:
        """Column → value of the first row; empty without one."""
        ...

    async def cached(self, kind: CacheKind, key: str) -> str | None: ...

    async def cache(self, kind: CacheKind, values: Mapping[str, str], ttl_s: int) -> None:
        """``ttl_s`` 0: until there is no more room."""
        ...

    async def uncache(self, kind: CacheKind, keys: Sequence[str]) -> None: ...

    async def link(self, source: str, id: int, expire_s: int) -> str:
        """Path and query of a signed address where anybody may fetch a file until it expires."""
        ...

    async def publish(self, exchange: str, topic: str, body: bytes) -> None:
        """JSON to the message queue of the settings."""
        ...


class Nowhere:
    """A place without a way out: a dry run, or a test."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        raise _not_here("requests")

    async def extract(self, job: Extract) -> dict[str, str]:
        return extract(job)

    async def send_mail(self, mail: Mail, *, wait: bool) -> str:
        raise _not_here("mails")

    async def query(self, query: Query) -> dict[str, str]:
        raise _not_here("other databases")

    async def cached(self, kind: CacheKind, key: str) -> str | None:
        raise _not_here("caches")

    async def cache(self, kind: CacheKind, values: Mapping[str, str], ttl_s: int) -> None:
        raise _not_here("caches")

    async def uncache(self, kind: CacheKind, keys: Sequence[str]) -> None:
        raise _not_here("caches")

    async def link(self, source: str, id: int, expire_s: int) -> str:
        raise _not_here("links")

    async def publish(self, exchange: str, topic: str, body: bytes) -> None:
        raise _not_here("message queues")


def _not_here(what: str) -> AppFailed:
    return AppFailed(f"{what} are not available here")


NOWHERE = Nowhere()
