"""A caller made of the pure SIP parts and one socket: enough to try each behaviour of the carrier."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field

from outdial.rtp.packet import Packet, build, parse
from outdial.sip import sdp
from outdial.sip.dialog import Dialog, local_tag
from outdial.sip.digest import Credentials, answer, strongest
from outdial.sip.message import Message, Reply, Request, Response, respond
from outdial.sip.message import parse as parse_sip
from outdial.sip.uri import HostPort

SOUND = b"\x11" * 160
"""Loud A-law."""


@dataclass
class Phone:
    """Use ``await Phone.open(carrier address)``; ``hear`` gives what comes, in order."""

    carrier: HostPort
    sip: socket.socket
    rtp: socket.socket
    messages: list[Message] = field(default_factory=list)

    @classmethod
    async def open(cls, carrier: HostPort) -> Phone:
        pair = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for one in pair:
            one.setblocking(False)
            one.bind(("127.0.0.1", 0))
        return cls(carrier, pair[0], pair[1])

    def close(self) -> None:
        self.sip.close()
        self.rtp.close()

    def dialog(self, number: str, call_id: str) -> Dialog:
        sent_by = f"127.0.0.1:{self.sip.getsockname()[1]}"
        host = f"{self.carrier[0]}:{self.carrier[1]}"
        return Dialog(
            call_id=call_id,
            local=f"<sip:100@{sent_by}>;tag={local_tag(call_id)}",
            remote=f"<sip:{number}@{host}>",
            target=f"sip:{number}@{host}",
            peer=self.carrier,
            sent_by=sent_by,
            contact=f"<sip:100@{sent_by}>",
        )

    def invite(self, dialog: Dialog, headers: tuple[tuple[str, str], ...] = ()) -> None:
        offer = sdp.offer(sdp.Local("127.0.0.1", self.rtp.getsockname()[1], 1))
        more = (("Contact", dialog.contact), ("Content-Type", sdp.CONTENT_TYPE), *headers)
        self.send(dialog.request("INVITE", more, offer))

    def send(self, data: bytes) -> None:
        self.sip.sendto(data, self.carrier)

    async def hear(self) -> Message:
        data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.sip, 65535), 5)
        self.messages.append(parse_sip(data))
        return self.messages[-1]

    async def final(self) -> Response:
        """The first response from 200 on."""
        while True:
            message = await self.hear()
            if isinstance(message, Response) and message.status >= 200:
                return message

    async def request(self, method: str) -> Request:
        while True:
            message = await self.hear()
            if isinstance(message, Request) and message.method == method:
                return message

    async def answered(self, number: str, call_id: str) -> tuple[Dialog, sdp.Media]:
        """Rings, expects an answer and acknowledges it."""
        dialog = self.dialog(number, call_id)
        self.invite(dialog)
        response = await self.final()
        assert response.status == 200
        dialog = dialog.established(response)
        self.send(dialog.request("ACK"))
        return dialog, sdp.answered(response.body)

    async def refused(self, number: str, call_id: str) -> Response:
        dialog = self.dialog(number, call_id)
        self.invite(dialog)
        response = await self.final()
        assert response.status >= 300
        self.send(dialog.ack_refusal(response))
        return response

    def credentials(self, response: Response, uri: str) -> tuple[str, str]:
        asked, told = (
            ("proxy-authenticate", "Proxy-Authorization")
            if response.status == 407
            else ("www-authenticate", "Authorization")
        )
        challenge = strongest(response.every(asked))
        return told, answer(challenge, Credentials("outdial", "outdial"), "INVITE", uri, cnonce="c0ffee")

    def ok(self, request: Request) -> None:
        self.send(respond(request, Reply(200), self.carrier))

    def talk(self, media: sdp.Media, count: int) -> None:
        for n in range(count):
            packet = Packet(media.payload_type, n, n * 160, 7, SOUND)
            self.rtp.sendto(build(packet), (media.address, media.port))

    async def heard(self, count: int) -> list[Packet]:
        loop = asyncio.get_running_loop()
        return [parse(await asyncio.wait_for(loop.sock_recv(self.rtp, 2048), 5)) for _ in range(count)]
