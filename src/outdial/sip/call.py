"""One call that we make: INVITE to the end of its BYE (RFC 3261 §13, §9, §15), as a table.

    invite            1xx               2xx            hang_up, bye
○ ───────▶ calling ────────▶ proceeding ─────────▶ up ──────────────▶ over
              │  ▲ challenge    │                                       ▲
              │  └──────────────┤                                       │
              └────── hang_up ──┴──▶ cancelling ── refusal, 2xx ────────┘
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from outdial.sip import sdp
from outdial.sip.authorizer import Authorizer
from outdial.sip.callee import ALLOW, Callee
from outdial.sip.dialog import Dialog
from outdial.sip.digest import Credentials
from outdial.sip.events import Answered, Challenged, End, Ended, Progress, Wire, q850_of
from outdial.sip.message import Message, Response, tag_of
from outdial.sip.referral import Referral
from outdial.sip.session import Session
from outdial.sip.trace import Trace
from outdial.sip.transaction import CLIENT, INVITE_CLIENT, PATIENCE, T2, Transaction, heard
from outdial.sip.uri import HostPort

CANCEL_PATIENCE = T2
"""The end is told so long after a hang-up that the far end does not acknowledge; what it says later is still
answered (a late 2xx with ACK and BYE)."""

State = Literal["idle", "calling", "proceeding", "cancelling", "up", "over"]
Event = Literal["invite", "1xx", "2xx", "again", "fork", "challenge", "refusal", "timeout", "hang_up", "give_up", "bye"]
"""2xx is the first one, ``again`` its repetition, ``fork`` one with another To tag (§13.2.2.4)."""
Act = Literal["invite", "progress", "retry", "ack", "answer", "reack", "drop_fork", "hush", "cancel", "bye", "tell"]

CALL: dict[tuple[State, Event], tuple[State, tuple[Act, ...]]] = {
    ("idle", "invite"): ("calling", ("invite",)),
    ("idle", "hang_up"): ("over", ("tell",)),
    ("calling", "1xx"): ("proceeding", ("progress",)),
    ("calling", "2xx"): ("up", ("ack", "answer")),
    ("calling", "challenge"): ("calling", ("retry",)),
    ("calling", "refusal"): ("over", ("tell",)),
    ("calling", "timeout"): ("over", ("tell",)),
    ("calling", "hang_up"): ("cancelling", ("hush",)),  # CANCEL must wait for a 1xx (§9.1)
    ("proceeding", "1xx"): ("proceeding", ("progress",)),
    ("proceeding", "2xx"): ("up", ("ack", "answer")),
    ("proceeding", "challenge"): ("calling", ("retry",)),
    ("proceeding", "refusal"): ("over", ("tell",)),
    ("proceeding", "hang_up"): ("cancelling", ("cancel",)),
    ("cancelling", "1xx"): ("cancelling", ("cancel",)),
    ("cancelling", "2xx"): ("over", ("ack", "bye", "tell")),  # the answer crossed our CANCEL
    ("cancelling", "challenge"): ("over", ("tell",)),
    ("cancelling", "refusal"): ("over", ("tell",)),
    ("cancelling", "timeout"): ("over", ("tell",)),
    ("cancelling", "give_up"): ("over", ("tell",)),
    ("up", "again"): ("up", ("reack",)),
    ("up", "fork"): ("up", ("drop_fork",)),
    ("up", "hang_up"): ("over", ("bye", "tell")),
    ("up", "bye"): ("over", ("tell",)),
    ("over", "1xx"): ("over", ("cancel",)),  # given up before it was heard of
    ("over", "2xx"): ("over", ("ack", "bye")),
    ("over", "again"): ("over", ("reack",)),
    ("over", "fork"): ("over", ("drop_fork",)),
}
"""A pair that is not here changes nothing."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A call to be made. ``dialog`` is as before the INVITE: no remote tag, no routes."""

    dialog: Dialog
    local: sdp.Local
    credentials: Credentials | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Identity and free headers of the INVITE."""
    holds_ack: bool = False
    """The ACK to the answer waits for ``confirm``. Until it leaves, the far end repeats its answer, so that a
    successor of a service that died can still find the call and end it."""


class Sent:
    """A request of ours under way."""

    __slots__ = ("cseq", "dialog", "method", "to", "transaction")

    def __init__(self, method: str, dialog: Dialog, to: HostPort, transaction: Transaction) -> None:
        self.method = method
        self.dialog = dialog
        self.cseq = dialog.cseq
        self.to = to
        self.transaction = transaction

    @property
    def key(self) -> str:
        return f"{self.dialog.branch(self.method, self.cseq)} {self.method}"


_NOTHING = Response(0, "", {})


class CallMachine:
    """Feed it with ``receive`` and ``tick``; it puts datagrams and events on the wire."""

    def __init__(self, invitation: Invitation, wire: Wire) -> None:
        self.wire = wire
        self.dialog = invitation.dialog
        self.trace = Trace()
        self.state: State = "idle"
        self.session = Session(invitation.local)
        self.scheduled = 0
        """For the agent's timers."""
        self._headers = invitation.headers
        self.auth = Authorizer(invitation.credentials, invitation.dialog.call_id)
        self._callee = Callee(self)
        self.referral = Referral(self)
        self._sent: dict[str, Sent] = {}
        self._acks: dict[str, tuple[bytes, HostPort]] = {}
        self._holds_ack = invitation.holds_ack
        self._held: tuple[bytes, HostPort] | None = None
        self._ending: Ended | None = None
        self._reason = ""
        self._give_up_at = 0
        self._heard = _NOTHING

    @classmethod
    def remembered(cls, dialog: Dialog, credentials: Credentials | None, wire: Wire, now: int) -> CallMachine:
        """An INVITE of a service that died: CANCEL may be sent for it, and for the one a challenge may have caused."""
        machine = cls(Invitation(dialog, sdp.Local("0.0.0.0", 0, 0), credentials), wire)
        machine.state = "proceeding"
        for maybe in (dialog, dialog.next()):
            invite = Transaction(INVITE_CLIENT, b"", now)
            invite.feed("1xx", now)
            invite.limit(now + PATIENCE)
            machine._keep(Sent("INVITE", maybe, dialog.peer, invite))
        machine.dialog = dialog.next()
        return machine

    @classmethod
    def unwanted(cls, dialog: Dialog, wire: Wire, now: int) -> CallMachine:
        """An INVITE of a dead service that nobody remembers; the answer that came for it gets ACK and BYE."""
        machine = cls.remembered(dialog, None, wire, now)
        machine.state = "over"
        return machine

    @classmethod
    def remembered_answered(cls, dialog: Dialog, credentials: Credentials | None, wire: Wire) -> CallMachine:
        """An answered call of a service that died: it can be hung up."""
        machine = cls(Invitation(dialog.skip(), sdp.Local("0.0.0.0", 0, 0), credentials), wire)
        machine.state = "up"
        return machine

    # ── what its owner does ──────────────────────────────────────────────────────────────────────

    def invite(self, now: int) -> None:
        self._feed("invite", now)

    def hang_up(self, now: int, reason: str = "") -> None:
        """CANCEL or BYE, whichever fits; ``reason`` is the value of a Reason header."""
        if self._ending is None:
            self._reason = reason
            self._ending = self._ended("local" if self.state == "up" else "cancelled")
            self._give_up_at = now + CANCEL_PATIENCE
        self._feed("hang_up", now)

    def ask(self, method: str, headers: list[tuple[str, str]], now: int) -> None:
        """A request of our own within the dialog."""
        self.confirm(now)
        self.dialog = self._send_within(method, self.dialog, headers, now)

    def confirm(self, now: int) -> None:
        """Sends the ACK that was held back, if it has not left yet."""
        if self._held is not None:
            held, self._held = self._held, None
            self.send(*held, now)

    def receive(self, message: Message, source: HostPort, now: int) -> None:
        """A message of this Call-ID. Raises ValueError when it cannot be read; nothing has changed then."""
        if isinstance(message, Response):
            self._receive_response(message, now)
        elif self._callee.receive(message, source, now):
            self._ending = self._ending or self._ended("remote", q850=q850_of(message))
            self._feed("bye", now)

    @property
    def due(self) -> int:
        """When ``tick`` wants to be called; 0 = never."""
        due = self._callee.due
        if self.state == "cancelling" and (not due or self._give_up_at < due):
            due = self._give_up_at
        if (at := self.referral.due) and (not due or at < due):
            due = at
        for sent in self._sent.values():
            at = sent.transaction.due
            if at and (not due or at < due):
                due = at
        return due

    def tick(self, now: int) -> None:
        if self.state == "cancelling" and now >= self._give_up_at:
            self._feed("give_up", now)
        for key, sent in list(self._sent.items()):
            self._obey(key, sent, sent.transaction.tick(now), now)
        self._callee.tick(now)
        self.referral.tick(now)

    @property
    def done(self) -> bool:
        """True when nothing is left to repeat or to answer."""
        return self.state == "over" and not self._sent and self._callee.idle

    @property
    def quiet(self) -> bool:
        """True when every CANCEL and BYE of ours has its answer."""
        open_states = ("trying", "proceeding")
        return not any(s.method != "INVITE" and s.transaction.state in open_states for s in self._sent.values())

    @property
    def remote_tag(self) -> str:
        """The far end's; empty before the answer."""
        return tag_of(self.dialog.remote)

    def send(self, data: bytes, to: HostPort, now: int) -> None:
        self.trace.add(now, "to", to, data)
        self.wire.out.append((data, to))

    # ── responses ────────────────────────────────────────────────────────────────────────────────

    def _receive_response(self, response: Response, now: int) -> None:
        key = f"{response.branch} {response.cseq[1]}"
        sent = self._sent.get(key)
        if sent is None:
            self.wire.counters.stray += 1
            return
        self._heard = response
        self._obey(key, sent, sent.transaction.feed(heard(response.status), now), now)

    def _obey(self, key: str, sent: Sent, verbs: tuple[str, ...], now: int) -> None:
        for verb in verbs:
            if verb == "send":
                self.send(sent.transaction.message, sent.to, now)
            elif verb == "ack":
                self.send(sent.dialog.ack_refusal(self._heard), sent.to, now)
            elif sent.method == "INVITE":
                self._hear(verb, now)
            elif sent.method == "REFER":
                self.referral.answered(self._heard if verb == "pass" else None, now)
            elif verb == "pass" and sent.method == "BYE":
                self._hear_bye(sent.dialog, now)
        if sent.transaction.state == "terminated":
            self._sent.pop(key, None)

    def _hear(self, verb: str, now: int) -> None:
        """What the INVITE brought, as an event of the table."""
        response = self._heard
        if verb == "timeout":
            self._ending = self._ending or self._ended("timeout")
            self._feed("timeout", now)
        elif response.status < 200:
            self._feed("1xx", now)
        elif response.status < 300:
            tag = response.to_tag
            self._feed("again" if tag in self._acks else "fork" if self._acks else "2xx", now)
        elif self.state in ("calling", "proceeding") and self.auth.accept(response):
            self._feed("challenge", now)
        else:
            if self._ending is None or response.status != 487:
                self._ending = self._ended("refused", response.status, response.phrase, q850_of(response))
            self._feed("refusal", now)

    def _hear_bye(self, dialog: Dialog, now: int) -> None:
        """A challenged BYE is sent again with credentials; any other end of it is as good as 200 (§15.1.1)."""
        if self.auth.accept(self._heard):
            self._send_bye(dialog, now)

    # ── the table ────────────────────────────────────────────────────────────────────────────────

    def _feed(self, event: Event, now: int) -> None:
        row = CALL.get((self.state, event))
        if row is None:
            return
        self.state = row[0]
        for act in row[1]:
            _ACTS[act](self, now)

    def _invite(self, now: int) -> None:
        lines = [
            ("Contact", self.dialog.contact),
            ("Allow", ALLOW),
            *self.auth.headers("INVITE", self.dialog.target),
            *self._headers,
            ("Content-Type", sdp.CONTENT_TYPE),
        ]
        data = self.dialog.request("INVITE", lines, self.session.offer())
        self._start("INVITE", self.dialog, data, now)

    def _start(self, method: str, dialog: Dialog, data: bytes, now: int) -> None:
        to = dialog.peer if method in ("INVITE", "CANCEL") else dialog.hop
        transaction = Transaction(INVITE_CLIENT if method == "INVITE" else CLIENT, data, now)
        self._keep(Sent(method, dialog, to, transaction))
        self.send(data, to, now)

    def _keep(self, sent: Sent) -> None:
        self._sent[sent.key] = sent

    def _progress(self, now: int) -> None:
        if self._heard.status > 100:
            media = self.session.early(self._heard)
            self.wire.events.append(Progress(self.dialog.call_id, self._heard.status, media))

    def _retry(self, now: int) -> None:
        self.dialog = self.dialog.next()
        self.wire.events.append(Challenged(self.dialog.call_id))
        self._invite(now)

    def _ack(self, now: int) -> None:
        self.dialog = self.dialog.established(self._heard)
        self._held = self._make_ack(self.dialog, self._heard)
        if not self._holds_ack:
            self.confirm(now)

    def _make_ack(self, dialog: Dialog, response: Response) -> tuple[bytes, HostPort]:
        number = response.cseq[0]
        ack = (dialog.request("ACK", self.auth.headers("ACK", dialog.request_uri), cseq=number), dialog.hop)
        self._acks[response.to_tag] = ack
        return ack

    def _reack(self, now: int) -> None:
        ack = self._acks[self._heard.to_tag]
        if ack is not self._held:
            self.send(*ack, now)

    def _answer(self, now: int) -> None:
        try:
            media = self.session.agree(self._heard)
        except ValueError as error:
            self._ending = self._ended("unsuitable", 488, str(error))
            self._feed("hang_up", now)
            return
        self.wire.events.append(Answered(self.dialog.call_id, media))

    def _drop_fork(self, now: int) -> None:
        """Another branch of a forked INVITE answered too: take it and hang it up (§13.2.2.4)."""
        loser = self.dialog.established(self._heard)
        self.send(*self._make_ack(loser, self._heard), now)
        self._send_bye(loser, now)

    def _hush(self, now: int) -> None:
        """Nobody was heard of and we want the call no more: no further copies."""
        for sent in self._sent.values():
            sent.transaction.hush()

    def _cancel(self, now: int) -> None:
        for sent in list(self._sent.values()):
            taken_back = f"{sent.dialog.branch('CANCEL', sent.cseq)} CANCEL" in self._sent
            if sent.method == "INVITE" and sent.transaction.state == "proceeding" and not taken_back:
                data = sent.dialog.request("CANCEL", self._reason_lines())
                sent.transaction.limit(now + PATIENCE)
                self._start("CANCEL", sent.dialog, data, now)

    def _bye(self, now: int) -> None:
        self.confirm(now)
        self.dialog = self._send_bye(self.dialog, now)

    def _send_bye(self, dialog: Dialog, now: int) -> Dialog:
        return self._send_within("BYE", dialog, self._reason_lines(), now)

    def _send_within(self, method: str, dialog: Dialog, headers: list[tuple[str, str]], now: int) -> Dialog:
        dialog = dialog.next()
        lines = [*self.auth.headers(method, dialog.request_uri), *headers]
        self._start(method, dialog, dialog.request(method, lines), now)
        return dialog

    def _reason_lines(self) -> list[tuple[str, str]]:
        return [("Reason", self._reason)] if self._reason else []

    def _tell(self, now: int) -> None:
        self.confirm(now)
        self.auth.begin()
        self.wire.events.append(self._ending or self._ended("local"))

    def _ended(self, end: End, code: int = 0, phrase: str = "", q850: int | None = None) -> Ended:
        return Ended(self.dialog.call_id, end, code, phrase, q850)


_ACTS: dict[Act, Callable[[CallMachine, int], None]] = {
    "invite": CallMachine._invite,
    "progress": CallMachine._progress,
    "retry": CallMachine._retry,
    "ack": CallMachine._ack,
    "answer": CallMachine._answer,
    "reack": CallMachine._reack,
    "drop_fork": CallMachine._drop_fork,
    "hush": CallMachine._hush,
    "cancel": CallMachine._cancel,
    "bye": CallMachine._bye,
    "tell": CallMachine._tell,
}
