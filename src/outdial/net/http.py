"""The HTTP client: every connection by the guard, every redirect read anew, size and time limited."""

from __future__ import annotations

import asyncio
import re
import ssl
import zlib
from collections.abc import Iterable
from dataclasses import replace

import httpcore

from outdial.flow.ports.net import HttpRequest, HttpResponse
from outdial.net.errors import Refused, Unreachable
from outdial.net.guard import Guard
from outdial.net.target import PORTS, Target, read_target
from outdial.net.tls import trust

MAX_TIMEOUT_S = 120.0
MAX_CONNECTIONS = 1000
KEPT = 50
KEPT_S = 15.0
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "expect", "upgrade"})
"""Headers that belong to the connection: nobody else sets them."""
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers that do not follow a redirect to another origin."""
AGENT = "Outdial"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class HttpClient:
    """Connections are kept for the next request. No proxy of the environment is asked, no cookie kept."""

    def __init__(self, guard: Guard) -> None:
        self._pools = {verify: _pool(guard, verify) for verify in (True, False)}

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """The last answer after redirects, whatever its status. Raises Refused or Unreachable."""
        target = read_target(request.url)
        timeout_s = min(request.timeout_s, MAX_TIMEOUT_S)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._follow(request, target)
        except TimeoutError:
            raise Unreachable(f"{target.host} did not answer within {round(timeout_s * 1000)} ms") from None

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    async def _follow(self, request: HttpRequest, target: Target) -> HttpResponse:
        for _ in range(request.max_redirects + 1):
            response = await self._ask(request, target)
            where = response.header("location")
            if response.status not in (301, 302, 303, 307, 308) or not where:
                return response
            before, target = target, read_target(where, base=target.url)
            request = redirected(request, response.status, crosses=before.origin != target.origin)
        raise Refused(f"{target.host} redirects more than {request.max_redirects} times")

    async def _ask(self, request: HttpRequest, target: Target) -> HttpResponse:
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        headers, content = _headers(request, target), request.body or None
        wait = {"timeout": {"connect": request.timeout_s}}
        try:
            async with self._pools[request.verify].stream(
                request.method, url, headers=headers, content=content, extensions=wait
            ) as answer:
                return await _read(answer, target, request.max_bytes)
        except httpcore.TimeoutException:
            raise TimeoutError from None
        except httpcore.LocalProtocolError as error:
            raise Refused(f"the request cannot be sent: {error}") from None
        except httpcore.ProtocolError as error:
            raise Unreachable(f"{target.host} does not answer as HTTP has it: {error}") from None
        except httpcore.NetworkError as error:
            raise Unreachable(f"{target.host}: {_reason(error)}") from None


def redirected(request: HttpRequest, status: int, *, crosses: bool) -> HttpRequest:
    """The request that follows a redirect (RFC 9110 §15.4): 307 and 308 keep method and body, the others ask by GET.

    Secrets do not cross to another origin.
    """
    dropped = set(SECRET) if crosses else set()
    if status not in (307, 308) and request.method != "HEAD":
        request = replace(request, method="GET", body=b"")
        dropped.add("content-type")
    kept = {name: value for name, value in request.headers.items() if name.lower() not in dropped}
    return replace(request, headers=kept)


def _headers(request: HttpRequest, target: Target) -> list[tuple[bytes, bytes]]:
    """As they go over the wire. Raises Refused for what is no header or no method."""
    if not _TOKEN.fullmatch(request.method):
        raise Refused(f"{request.method!r} is no method")
    given = {name.lower(): value.strip() for name, value in request.headers.items() if name.lower() not in OURS}
    if target.authorization:
        given.setdefault("authorization", target.authorization)
    given = {"host": _host(target), "user-agent": AGENT, "accept": "*/*", "accept-encoding": "identity"} | given
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        given["content-length"] = str(len(request.body))
    wrong = next((name for name, value in given.items() if not _TOKEN.fullmatch(name) or _CONTROL.search(value)), None)
    if wrong is not None:
        raise Refused(f"the header {wrong!r} cannot be sent")
    return [(name.encode(), value.encode("utf-8", "replace")) for name, value in given.items()]


def _host(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port == PORTS[target.scheme] else f"{name}:{target.port}"


async def _read(answer: httpcore.Response, target: Target, most: int) -> HttpResponse:
    """Raises Refused when the body is longer than ``most`` bytes, Unreachable when it cannot be decoded."""
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in answer.headers)
    response = HttpResponse(answer.status, headers, b"", target.url)
    decoder = _decoder(response.header("content-encoding"))
    parts: list[bytes] = []
    size = 0
    async for part in answer.aiter_stream():
        try:
            decoded = decoder.decompress(part, most + 1 - size) if decoder else part
        except zlib.error as error:
            raise Unreachable(f"{target.host} sends what it calls compressed and is not: {error}") from None
        size += len(decoded)
        if size > most:
            raise Refused(f"the answer of {target.host} is longer than the {most} bytes that are read")
        parts.append(decoded)
    return replace(response, body=b"".join(parts))


def _decoder(encoding: str) -> zlib._Decompress | None:
    """For servers that compress though nobody asked them to. Raises Unreachable for what is not known here."""
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip" | "deflate":
            return zlib.decompressobj(zlib.MAX_WBITS | 32)
        case other:
            raise Unreachable(f"the answer is compressed by {other[:20]}, though none was asked for")


def _reason(error: httpcore.NetworkError) -> str:
    cause = error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"no TLS: {cause.reason}"
    return str(error) or "the connection broke"


def _pool(guard: Guard, verify: bool) -> httpcore.AsyncConnectionPool:
    return httpcore.AsyncConnectionPool(
        ssl_context=trust(verify=verify),
        max_connections=MAX_CONNECTIONS,
        max_keepalive_connections=KEPT,
        keepalive_expiry=KEPT_S,
        network_backend=_Guarded(guard),
    )


class _Guarded(httpcore.AsyncNetworkBackend):
    """httpcore's sockets, each to an address that the guard has checked."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return await self._guard.reach(host, port, timeout or MAX_TIMEOUT_S, self._connect)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise Refused("sockets of this machine are not reached")

    async def _connect(self, address: str, port: int) -> httpcore.AsyncNetworkStream:
        try:
            return _Stream(await self._inner.connect_tcp(address, port))
        except httpcore.ConnectError as error:
            raise OSError(str(error)) from None


class _Stream(httpcore.AsyncNetworkStream):
    """httpcore leaves a connection open that is given up while TLS begins; this one is closed."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self._inner.aclose()
            raise

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
