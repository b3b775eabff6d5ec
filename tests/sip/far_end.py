"""A far end for the machines: it notes what it gets and answers as the test says. Loss and repetition are list work."""

from __future__ import annotations

from outdial.sip import sdp
from outdial.sip.agent import UserAgent
from outdial.sip.call import CallMachine, Invitation
from outdial.sip.dialog import Dialog, local_tag
from outdial.sip.digest import Credentials
from outdial.sip.events import SipEvent
from outdial.sip.message import Message, Reply, Request, Response, build, parse, respond

US = ("127.0.0.1", 5060)
THEM = ("127.0.0.1", 5070)
CALL_ID = "b7f1c2"
SDP = sdp.offer(sdp.Local("127.0.0.1", 40000, 7))
CONTACT = "<sip:200@127.0.0.1:5071;transport=UDP>"


def a_dialog(call_id: str = CALL_ID) -> Dialog:
    return Dialog(
        call_id=call_id,
        local=f'"100" <sip:100@127.0.0.1>;tag={local_tag(call_id)}',
        remote="<sip:200@127.0.0.1>",
        target="sip:200@127.0.0.1",
        peer=THEM,
        sent_by="127.0.0.1:5060",
        contact="<sip:100@127.0.0.1:5060>",
        trunk="1",
    )


def an_invitation(credentials: Credentials | None = None, call_id: str = CALL_ID) -> Invitation:
    return Invitation(a_dialog(call_id), sdp.Local("127.0.0.1", 20000, 1), credentials)


class FarEnd:
    """Joined to an agent by ``deliver``; ``now`` moves only by ``wait``."""

    def __init__(self, tag: str = "far1") -> None:
        self.now = 1_000_000
        self.agent = UserAgent("127.0.0.1:5060", "<sip:127.0.0.1:5060>")
        self.got: list[Message] = []
        """Everything the agent sent, read."""
        self.went_to: list[tuple[str, int]] = []
        self.events: list[SipEvent] = []
        self.tag = tag
        self.number = 1

    def ring(self, invitation: Invitation | None = None) -> CallMachine:
        call = self.agent.call(invitation or an_invitation())
        self.agent.invite(call, self.now)
        self.collect()
        return call

    def collect(self) -> None:
        """Takes what the agent has to send and to tell."""
        while self.agent.out:
            data, to = self.agent.out.popleft()
            self.got.append(parse(data))
            self.went_to.append(to)
        while self.agent.events:
            self.events.append(self.agent.events.popleft())

    def deliver(self, *datagrams: bytes) -> None:
        for data in datagrams:
            self.agent.receive(data, THEM, self.now)
        self.collect()

    def wait(self, ms: int) -> None:
        """Lets time pass, timer by timer."""
        end = self.now + ms
        while 0 < (at := self.agent.next_timer()) <= end:
            self.now = max(at, self.now)
            self.agent.tick(self.now)
        self.now = end
        self.collect()

    def hang_up(self, call: CallMachine) -> None:
        self.agent.hang_up(call, self.now)
        self.collect()

    # ── what it saw ──────────────────────────────────────────────────────────────────────────────

    def requests(self, method: str = "") -> list[Request]:
        return [m for m in self.got if isinstance(m, Request) and method in ("", m.method)]

    def responses(self) -> list[Response]:
        return [m for m in self.got if isinstance(m, Response)]

    @property
    def invite(self) -> Request:
        return self.requests("INVITE")[-1]

    def methods(self) -> list[str]:
        return [request.method for request in self.requests()]

    # ── what it says ─────────────────────────────────────────────────────────────────────────────

    def reply(self, status: int, *headers: tuple[str, str], request: Request | None = None, tag: str = "") -> bytes:
        """A response without a body, to the newest INVITE unless told otherwise."""
        to_tag = "" if status == 100 else tag or self.tag
        return respond(request or self.invite, Reply(status, to_tag=to_tag, headers=headers), US)

    def described(self, status: int, *headers: tuple[str, str], tag: str = "", body: bytes = SDP) -> bytes:
        """A response with a session description and a Contact."""
        lines = (("Contact", CONTACT), *headers, ("Content-Type", "application/sdp"))
        return respond(self.invite, Reply(status, to_tag=tag or self.tag, headers=lines, body=body), US)

    def request(self, method: str, *headers: tuple[str, str], body: bytes = b"", cseq: int = 0) -> bytes:
        """A request within the dialog."""
        self.number = cseq or self.number + 1
        invite = self.invite
        lines = [
            ("Via", f"SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKfar{method}{self.number};rport"),
            ("Max-Forwards", "70"),
            ("From", f"{invite.first('to')};tag={self.tag}"),
            ("To", invite.first("from")),
            ("Call-ID", invite.call_id),
            ("CSeq", f"{self.number} {method}"),
            *headers,
        ]
        return build(f"{method} sip:100@127.0.0.1:5060 SIP/2.0", lines, body)


def answered(far: FarEnd) -> CallMachine:
    """A call that is up."""
    call = far.ring()
    far.deliver(far.reply(180), far.described(200))
    return call
