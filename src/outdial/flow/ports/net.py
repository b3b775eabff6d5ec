"""What a flow asks of the world outside: values, and one port with a place that has none of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from outdial.flow.errors import AppFailed

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


class Net(Protocol):
    """Each method raises an ``OutdialError`` with a sentence when it cannot be done: the flow goes on with the next."""

    async def fetch(self, request: HttpRequest) -> HttpResponse: ...


class Nowhere:
    """A place without a way out: a dry run, or a test."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        raise _not_here()


def _not_here() -> AppFailed:
    return AppFailed("requests to the outside are not available here")


NOWHERE = Nowhere()
