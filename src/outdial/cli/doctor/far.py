"""What the service talks to: itself, the database, the trunks."""

from __future__ import annotations

import asyncio
import secrets
import socket
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from outdial.cli.doctor.finding import Finding
from outdial.cli.rest import verify
from outdial.domain.resource import Gateway
from outdial.settings import Settings
from outdial.store import postgres, sqlite
from outdial.store.dialect import unavailable
from outdial.store.tables import gateway
from outdial.switch.embedded.trunk import parse_proxy

HTTP_S = 3.0
OPTIONS_S = (0.5, 1.0, 2.0)
"""Sent again as in RFC 3261 §17.1.2, and then given up."""
DAMAGED = "stop the service and put a backup of the data folder back"
CHECKED_BYTES = 256 << 20
"""Greater databases are opened and read, but not gone through."""


async def health(settings: Settings) -> Finding | None:
    """What the running service says of itself; None: none answers."""
    address = f"{settings.base}/api/health"
    try:
        async with httpx.AsyncClient(timeout=HTTP_S, trust_env=False, verify=verify(settings.tls_cert)) as http:
            answer = await http.get(address)
            body = answer.json()
    except (httpx.HTTPError, ValueError):
        return None
    if answer.status_code == 200 and body == {"status": "ok"}:
        return Finding("well", "service", f"runs at {settings.host}:{settings.port}; its ports are its own")
    if not isinstance(body, dict) or body.get("status") != "unwell":
        return None
    why = "; ".join(f"{part}: {trouble}" for part, trouble in body.items() if part != "status")
    return Finding("bad", "service", f"runs, but {why}", "see its log; a restart ends calls in order")


async def database(settings: Settings) -> tuple[Finding, list[Gateway]]:
    """Whether it can be read and is whole, and the trunks that are in it."""
    try:
        url = make_url(settings.store_url)
        if url.get_backend_name() == "postgresql":
            return await _postgres(settings.store_url)
        return await asyncio.to_thread(_sqlite, Path(url.database or ""))
    except ArgumentError:
        return Finding(
            "bad", "database", "OUTDIAL_DATABASE_URL is not understood", "postgresql://user:password@host/name"
        ), []
    except Exception as error:
        why = unavailable(error)
        if why is None:
            raise
        return Finding("bad", "database", why, "start it, or mend OUTDIAL_DATABASE_URL"), []


def _sqlite(path: Path) -> tuple[Finding, list[Gateway]]:
    if not path.exists():
        return Finding("note", "database", f"{path} is not there yet", "the first `outdial serve` makes it"), []
    engine = sqlite.engine_for(str(path), begin="BEGIN")
    try:
        with engine.connect() as conn:
            size = path.stat().st_size
            said = conn.exec_driver_sql("PRAGMA quick_check(1)").scalar() if size <= CHECKED_BYTES else "ok"
            if said != "ok":
                return Finding("bad", "database", f"{path} is damaged: {said}", DAMAGED), []
            found = _gateways(conn)
    except DatabaseError as error:
        return Finding("bad", "database", f"{path} cannot be read: {error.orig}", DAMAGED), []
    finally:
        engine.dispose()
    return Finding(
        "well", "database", f"{path}, {size / 2**20:.1f} MB" + (", whole" if size <= CHECKED_BYTES else "")
    ), found


async def _postgres(url: str) -> tuple[Finding, list[Gateway]]:
    engine = postgres.engine_for(url)
    try:
        async with engine.connect() as conn:
            found = await conn.run_sync(_gateways)
    finally:
        await engine.dispose()
    return Finding("well", "database", f"PostgreSQL at {make_url(url).host}"), found


def _gateways(conn: Connection) -> list[Gateway]:
    c = gateway.c
    rows: Any = conn.execute(select(c.id, c.name, c.enable, c.proxy).where(c.enable).order_by(c.id))
    return [Gateway(row.id, row.name, row.enable, row.proxy) for row in rows]


async def trunk(gateway: Gateway, settings: Settings) -> Finding:
    """Asks by OPTIONS (RFC 3261 §11); any answer will do, a refusal too."""
    name = f"trunk {gateway.name}"
    try:
        host, port = parse_proxy(gateway).hop
        found = await asyncio.get_running_loop().getaddrinfo(host, port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    except ValueError as error:
        return Finding("bad", name, str(error), "mend the proxy of the gateway")
    except OSError:
        return Finding("bad", name, f"the name {gateway.proxy} has no address", "mend the gateway's proxy, or the DNS")
    status = await _options(found[0][4][:2], settings)
    if status:
        return Finding("well", name, f"{gateway.proxy} answers: {status}")
    mend = "look at the address, the firewall, and whether the carrier lets this machine in (some answer no OPTIONS)"
    return Finding("bad", name, f"{gateway.proxy} does not answer", mend)


async def _options(peer: Any, settings: Settings) -> str:
    """The status line of the answer; empty: none came."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.bind((settings.sip_host if ":" not in settings.sip_host else "0.0.0.0", 0))
        try:
            sock.connect(peer)
            asked = _request(peer, sock.getsockname())
            for patience in OPTIONS_S:
                await loop.sock_sendall(sock, asked)
                try:
                    async with asyncio.timeout(patience):
                        return _status(await loop.sock_recv(sock, 65536))
                except TimeoutError:
                    continue
        except OSError:  # unreachable, or nobody at that port
            return ""
    return ""


def _request(peer: tuple[str, int], ours: tuple[str, int]) -> bytes:
    word, here = secrets.token_hex(8), f"{ours[0]}:{ours[1]}"
    lines = (
        f"OPTIONS sip:{peer[0]}:{peer[1]} SIP/2.0",
        f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{word};rport",
        "Max-Forwards: 70",
        f"From: <sip:outdial@{here}>;tag={word[:8]}",
        f"To: <sip:{peer[0]}:{peer[1]}>",
        f"Call-ID: {word}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:outdial@{here}>",
        "Accept: application/sdp",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _status(answer: bytes) -> str:
    first = answer.partition(b"\r\n")[0].decode("utf-8", "replace")
    return first.removeprefix("SIP/2.0 ") if first.startswith("SIP/2.0 ") else ""
