"""A telephone on loopback that does only what the test says, message by message."""

from __future__ import annotations

import asyncio
from types import TracebackType

from outdial.domain.resource import Gateway
from outdial.sip import sdp
from outdial.sip.message import Message, Reply, Request, Response, build, parse, respond
from outdial.sip.uri import HostPort

PATIENCE_S = 8.0


class Desk(asyncio.DatagramProtocol):
    """Use as ``async with Desk() as desk``."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.polite = True
        """It confirms BYE and CANCEL by itself."""
        self.source: HostPort = ("", 0)
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Desk:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.address: HostPort = self._transport.get_extra_info("sockname")[:2]
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, addr: HostPort) -> None:
        self.source = addr[:2]
        message = parse(data)
        self.got.append(message)
        if self.polite and isinstance(message, Request):
            self._confirm(message)
        self._tell = asyncio.ensure_future(self._wake())

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _confirm(self, request: Request) -> None:
        if request.method in ("BYE", "CANCEL"):
            self.reply(request, 200)
        if request.method == "CANCEL":
            self.reply(self.requests("INVITE")[-1], 487)

    @property
    def gateway(self) -> Gateway:
        return Gateway(1, "desk", True, f"127.0.0.1:{self.address[1]}", host="127.0.0.1")

    def requests(self, method: str) -> list[Request]:
        return [message for message in self.got if isinstance(message, Request) and message.method == method]

    def responses(self) -> list[Response]:
        return [message for message in self.got if isinstance(message, Response)]

    async def request(self, method: str, number: int = 1) -> Request:
        """The so-manieth request of a method, when it has come."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(self.requests(method)) >= number)
        return self.requests(method)[number - 1]

    async def response(self, number: int = 1) -> Response:
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(self.responses()) >= number)
        return self.responses()[number - 1]

    # ── what it says ─────────────────────────────────────────────────────────────────────────────

    def send(self, data: bytes, to: HostPort | None = None) -> None:
        self._transport.sendto(data, to or self.source)

    def reply(self, request: Request, status: int, *headers: tuple[str, str]) -> None:
        self.send(respond(request, Reply(status, to_tag="desk", headers=headers), self.source))

    def answer(self, invite: Request, port: int = 9, body: bytes = b"") -> None:
        """200 with a description of ``port``, where nobody need listen."""
        description = body or sdp.offer(sdp.Local("127.0.0.1", port, 1))
        contact = ("Contact", f"<sip:desk@127.0.0.1:{self.address[1]};transport=UDP>")
        headers = (contact, ("Content-Type", "application/sdp"))
        self.send(respond(invite, Reply(200, to_tag="desk", headers=headers, body=description), self.source))

    def ask(self, invite: Request, method: str, *headers: tuple[str, str], body: bytes = b"") -> None:
        """A request within the call that ``invite`` made."""
        lines = [
            ("Via", f"SIP/2.0/UDP 127.0.0.1:{self.address[1]};branch=z9hG4bKdesk{method};rport"),
            ("From", f"{invite.first('to')};tag=desk"),
            ("To", invite.first("from")),
            ("Call-ID", invite.call_id),
            ("CSeq", f"1 {method}"),
            *headers,
        ]
        self.send(build(f"{method} {invite.contact} SIP/2.0", lines, body))
