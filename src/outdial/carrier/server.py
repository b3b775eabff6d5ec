"""The carrier's SIP side: one UDP socket, transactions by branch, legs by Call-ID."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from outdial.carrier.exchange import Exchange
from outdial.carrier.journal import Event, Journal
from outdial.carrier.leg import ALLOW, Leg, Rung, user_of
from outdial.carrier.media import Ears
from outdial.carrier.registrar import Registrar
from outdial.carrier.script import Times, plan
from outdial.domain.errors import Misconfigured
from outdial.sip.message import Message, Reply, Request, Response, parse, reply_address, respond
from outdial.sip.transaction import INVITE_SERVER, SERVER, Table, heard
from outdial.sip.uri import HostPort

MAX_DATAGRAM = 65_535
BURST = 64
"""Datagrams taken per wake-up."""
BUFFER = 4 << 20
LATE_S = 40.0
_EVENTS: dict[str, Event] = {"INVITE": "invite", "CANCEL": "cancel", "BYE": "bye"}


@dataclass(frozen=True, slots=True)
class Config:
    host: str = "127.0.0.1"
    port: int = 0
    """0 = any free one."""
    journal: Path | None = None
    """Appended to."""
    seed: int = 1
    times: Times = field(default_factory=Times)
    username: str = "outdial"
    password: str = field(default="outdial", repr=False)
    """What those who ask for credentials accept."""


class Carrier:
    """Use as ``async with Carrier(config) as carrier``; it serves as long as the loop runs."""

    def __init__(self, config: Config) -> None:
        self.times = config.times
        self.journal = Journal(config.journal)
        self.garbage = 0
        """Datagrams that were no SIP."""
        self._config = config
        self.registrar = Registrar(config.username, config.password)
        self._exchanges: dict[str, Exchange] = {}
        self._legs: dict[str, Leg] = {}
        self._calls: dict[str, list[str]] = {}
        """Number → Call-IDs that rang it."""
        self._lost: set[str] = set()
        """Call-IDs of which a copy was dropped."""
        self._tags = 0

    async def __aenter__(self) -> Carrier:
        """Raises Misconfigured when the port cannot be had."""
        self._loop = asyncio.get_running_loop()
        self._socket = _bind(self._config.host, self._config.port)
        self.address: HostPort = self._socket.getsockname()[:2]
        self.ears = Ears(self._loop, self._config.host, self.clock)
        self._loop.add_reader(self._socket, self._readable)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._loop.remove_reader(self._socket)
        for exchange in list(self._exchanges.values()):
            exchange.close()
        for leg in self._legs.values():
            leg.close()
        self.ears.close_all()
        self._socket.close()
        self.journal.close()

    # ── what legs and exchanges ask for ──────────────────────────────────────────────────────────

    @property
    def host(self) -> str:
        return self.address[0]

    @property
    def sent_by(self) -> str:
        return f"{self.address[0]}:{self.address[1]}"

    def clock(self) -> int:
        return time.time_ns() // 1_000_000

    def now(self) -> int:
        """Milliseconds of the steady clock, for timers."""
        return time.monotonic_ns() // 1_000_000

    def send(self, data: bytes, to: HostPort) -> None:
        try:
            self._socket.sendto(data, to)
        except OSError:
            return  # like a datagram lost on the way; what must arrive is repeated

    def told(self, leg: Leg, event: Event, **more: Any) -> None:
        self.journal.write(self.clock(), event, leg.call_id, leg.rung.number, **more)

    def keep(self, exchange: Exchange) -> None:
        self._exchanges[exchange.key] = exchange

    def over(self, leg: Leg) -> None:
        """Kept a while for what comes late."""
        self._loop.call_later(LATE_S, self._legs.pop, leg.call_id, None)

    def forget(self, exchange: Exchange) -> None:
        self._exchanges.pop(exchange.key, None)

    # ── datagrams ────────────────────────────────────────────────────────────────────────────────

    def _readable(self) -> None:
        for _ in range(BURST):
            try:
                data, source = self._socket.recvfrom(MAX_DATAGRAM)
            except BlockingIOError:
                return
            except OSError:
                continue  # ICMP: somebody we sent to is gone
            if data.strip(b"\r\n\0"):
                self._take(data, source[:2])

    def _take(self, data: bytes, source: HostPort) -> None:
        try:
            message: Message = parse(data)
            if isinstance(message, Response):
                self._response(message)
            else:
                self._request(message, source)
        except ValueError:
            self.garbage += 1

    def _response(self, response: Response) -> None:
        exchange = self._exchanges.get(f"{response.branch} {response.cseq[1]}")
        if exchange:
            exchange.feed(heard(response.status))

    def _request(self, request: Request, source: HostPort) -> None:
        if request.method == "ACK":
            self._ack(request)
            return
        known = self._exchanges.get(f"{request.branch} {request.method}")
        if known:
            self._copy(request)
            known.feed("request")
            return
        handler = self._HANDLERS.get(request.method, Carrier._refuse_method)
        handler(self, request, source)

    def _copy(self, request: Request) -> None:
        leg, event = self._legs.get(request.call_id), _EVENTS.get(request.method)
        if leg and event:
            self.told(leg, event, copy=True)

    def _ack(self, request: Request) -> None:
        leg = self._legs.get(request.call_id)
        refused = self._exchanges.get(f"{request.branch} INVITE")
        if leg and leg.state != "ringing":
            leg.heard_ack()
        elif refused:
            refused.feed("ack")

    def _invite(self, request: Request, source: HostPort) -> None:
        if request.to_tag:
            self._in_dialog(request, source)
        elif request.call_id in self._legs:
            self._answer(request, source, Reply(482, to_tag="loop"), INVITE_SERVER)
        else:
            self._ring(request, source)

    def _ring(self, request: Request, source: HostPort) -> None:
        """Raises ValueError when the caller's Contact cannot be read: nobody could hang up."""
        number, call_id, _ = user_of(request.uri), request.call_id, request.contact
        attempt = self._count(number, call_id)
        chosen = plan(number, attempt, self._config.seed, self.times)
        copy = call_id in self._lost
        lost = chosen.behaviour.dead or (chosen.behaviour.ignores_first and not copy)
        self.journal.write(self.clock(), "invite", call_id, number, attempt=attempt, copy=copy, lost=lost)
        if lost:
            self._lost.add(call_id)
            return
        scheme = chosen.behaviour.challenge
        challenge = self.registrar.challenge(request, scheme) if scheme else None
        if challenge:
            self._answer(request, source, challenge, INVITE_SERVER)
            return
        self._tags += 1
        exchange = self._open(request, source, INVITE_SERVER)
        leg = self._legs[call_id] = Leg(self, Rung(request, source, number, chosen), exchange, f"c{self._tags:x}")
        leg.start()

    def _count(self, number: str, call_id: str) -> int:
        """Which attempt at the number this call is, from 1; a repeated or challenged INVITE is the same one."""
        calls = self._calls.setdefault(number, [])
        if call_id not in calls:
            calls.append(call_id)
        return calls.index(call_id) + 1

    def _cancel(self, request: Request, source: HostPort) -> None:
        leg = self._legs.get(request.call_id)
        if leg is None or f"{request.branch} INVITE" != leg.exchange.key:
            self._answer(request, source, Reply(481, to_tag="none"))
            return
        self._answer(request, source, Reply(200, to_tag=leg.tag))
        self.told(leg, "cancel")
        leg.heard_cancel()

    def _bye(self, request: Request, source: HostPort) -> None:
        leg = self._legs.get(request.call_id)
        known = leg is not None and leg.state == "up"
        if leg:
            leg.heard_bye()
        self._answer(request, source, Reply(200 if known else 481))

    def _in_dialog(self, request: Request, source: HostPort) -> None:
        """Re-INVITE and UPDATE change nothing here."""
        leg = self._legs.get(request.call_id)
        if leg is None or leg.state != "up":
            self._answer(request, source, Reply(481, to_tag="none"))
            return
        table = INVITE_SERVER if request.method == "INVITE" else SERVER
        self._open(request, source, table).say("2xx", leg.renegotiate(request, source))

    def _refer(self, request: Request, source: HostPort) -> None:
        leg = self._legs.get(request.call_id)
        up = leg is not None and leg.state == "up"
        self._answer(request, source, leg.refer(request) if leg and up else Reply(481, to_tag="none"))

    def _options(self, request: Request, source: HostPort) -> None:
        self._answer(request, source, Reply(200, to_tag="o", headers=(("Allow", ALLOW),)))

    def _register(self, request: Request, source: HostPort) -> None:
        self._answer(request, source, self.registrar.register(request))

    def _refuse_method(self, request: Request, source: HostPort) -> None:
        self._answer(request, source, Reply(405, to_tag="none", headers=(("Allow", ALLOW),)))

    def _answer(self, request: Request, source: HostPort, reply: Reply, table: Table = SERVER) -> None:
        self._open(request, source, table).say(heard(reply.status), respond(request, reply, source))

    def _open(self, request: Request, source: HostPort, table: Table) -> Exchange:
        key = f"{request.branch} {request.method}"
        exchange = self._exchanges[key] = Exchange(self, table, key, reply_address(request, source))
        return exchange

    _HANDLERS: ClassVar[dict[str, Callable[[Carrier, Request, HostPort], None]]] = {
        "INVITE": _invite,
        "CANCEL": _cancel,
        "BYE": _bye,
        "UPDATE": _in_dialog,
        "OPTIONS": _options,
        "REFER": _refer,
        "REGISTER": _register,
    }


async def run(config: Config, ready: Callable[[HostPort], None] | None = None) -> None:
    """Serves until cancelled; ``ready`` hears the address. Raises Misconfigured when the port cannot be had."""
    async with Carrier(config) as carrier:
        if ready:
            ready(carrier.address)
        await asyncio.get_running_loop().create_future()


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    bound.setblocking(False)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        bound.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise Misconfigured(
            f"The test carrier cannot use UDP port {port} on {host}: {error.strerror}. Choose another --port."
        ) from None
    return bound
