"""The far end's requests within a call of ours: BYE, INFO, re-INVITE, UPDATE, OPTIONS, NOTIFY, ACK."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from outdial.sip import sdp
from outdial.sip.dialog import local_tag
from outdial.sip.events import Pressed, Renegotiated
from outdial.sip.message import Reply, Request, reply_address, respond
from outdial.sip.session import has_description
from outdial.sip.transaction import INVITE_SERVER, SERVER, Transaction, Verb, heard
from outdial.sip.uri import HostPort

if TYPE_CHECKING:
    from outdial.sip.call import CallMachine

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY"
EXTENSIONS = frozenset({"timer"})
"""What a request may require of us."""

_SIGNAL = re.compile(r"(?:^\s*|signal\s*=\s*)([0-9*#A-D]|1[01])\s*$", re.IGNORECASE | re.MULTILINE)
_DURATION = re.compile(r"duration\s*=\s*(\d{1,5})", re.IGNORECASE)
_EVENT_CODES = {"10": "*", "11": "#"}
DIGIT_MS = 100
"""Where an INFO does not say how long the key was held."""


class Served:
    """A request of the far end and our answer to it."""

    __slots__ = ("cseq", "method", "to", "transaction")

    def __init__(self, method: str, cseq: int, to: HostPort, transaction: Transaction) -> None:
        self.method = method
        self.cseq = cseq
        self.to = to
        self.transaction = transaction


class Callee:
    """The answering half of a call."""

    __slots__ = ("_call", "_newest", "_served")

    def __init__(self, call: CallMachine) -> None:
        self._call = call
        self._served: dict[str, Served] = {}
        self._newest = 0

    def receive(self, request: Request, source: HostPort, now: int) -> bool:
        """Answers; True when the far end hung up. Raises ValueError when the request cannot be read."""
        number, method = request.cseq
        if request.method == "ACK":
            self._acknowledged(number, request, now)
            return False
        to = reply_address(request, source)
        key = f"{request.branch} {method}"
        known = self._served.get(key)
        if known is not None:
            self._call.wire.counters.repeated += 1
            self._obey(known, known.transaction.feed("request", now), now)
            return False
        reply = self._judge(request, number)
        transaction = Transaction(INVITE_SERVER if method == "INVITE" else SERVER, respond(request, reply, source), now)
        self._served[key] = served = Served(method, number, to, transaction)
        self._obey(served, transaction.feed(heard(reply.status), now), now)
        if method == "NOTIFY" and reply.status == 200:
            self._call.referral.notified(request, now)
        return method == "BYE" and reply.status == 200

    @property
    def due(self) -> int:
        if not self._served:
            return 0
        return min((due for served in self._served.values() if (due := served.transaction.due)), default=0)

    @property
    def idle(self) -> bool:
        return not self._served

    def tick(self, now: int) -> None:
        for key, served in list(self._served.items()):
            self._obey(served, served.transaction.tick(now), now)
            if served.transaction.state == "terminated":
                del self._served[key]

    def _obey(self, served: Served, verbs: tuple[Verb, ...], now: int) -> None:
        if "send" in verbs:
            self._call.send(served.transaction.message, served.to, now)

    def _acknowledged(self, number: int, ack: Request, now: int) -> None:
        """An ACK belongs to the INVITE of its CSeq: after a 2xx it has a branch of its own (§13.2.2.4)."""
        for served in self._served.values():
            if served.method == "INVITE" and served.cseq == number:
                if "pass" in served.transaction.feed("ack", now):
                    self._renegotiated(self._call.session.close_offer(ack))
                return
        self._call.wire.counters.stray += 1

    def _judge(self, request: Request, number: int) -> Reply:
        call = self._call
        tag = local_tag(call.dialog.call_id)
        if request.to_tag != tag or call.remote_tag not in ("", request.from_tag):
            looped = request.method == "INVITE" and not request.to_tag
            return Reply(482 if looped else 481, to_tag=tag)
        if number < self._newest:
            return Reply(500, "CSeq out of order")  # §12.2.2
        self._newest = number
        strange = [word for word in request.every("require") if word.lower() not in EXTENSIONS]
        if strange:
            return Reply(420, headers=(("Unsupported", ", ".join(strange)),))
        handler = _HANDLERS.get(request.method)
        return handler(self, request) if handler else Reply(405, headers=(("Allow", ALLOW),))

    def _bye(self, request: Request) -> Reply:
        return Reply(200 if self._call.state in ("up", "over") else 481)

    def _cancel(self, request: Request) -> Reply:
        """Our answer to the re-INVITE has left already: nothing to take back (§9.2)."""
        return Reply(200 if f"{request.branch} INVITE" in self._served else 481)

    def _reinvite(self, request: Request) -> Reply:
        if not has_description(request) and self._open():
            return self._described(request, self._call.session.reoffer())
        return self._offer(request)

    def _update(self, request: Request) -> Reply:
        if not has_description(request):
            self._call.dialog = self._call.dialog.moved(request)
            return Reply(200, headers=(("Contact", self._call.dialog.contact), *_timer(request)))
        return self._offer(request)

    def _offer(self, request: Request) -> Reply:
        if self._call.state == "over":
            return Reply(481)
        if not self._open():
            return Reply(491)  # an offer of ours has no answer yet (RFC 3311 §5.2)
        try:
            body, media = self._call.session.answer(request)
        except ValueError:
            return Reply(488)
        self._renegotiated(media)
        return self._described(request, body)

    def _open(self) -> bool:
        return self._call.state == "up" and not self._call.session.waiting

    def _described(self, request: Request, body: bytes) -> Reply:
        self._call.dialog = self._call.dialog.moved(request)
        headers = (
            ("Contact", self._call.dialog.contact),
            ("Allow", ALLOW),
            *_timer(request),
            ("Content-Type", sdp.CONTENT_TYPE),
        )
        return Reply(200, headers=headers, body=body)

    def _renegotiated(self, media: sdp.Media | None) -> None:
        if media is not None:
            self._call.wire.events.append(Renegotiated(self._call.dialog.call_id, media))

    def _options(self, request: Request) -> Reply:
        return Reply(200, headers=(("Allow", ALLOW), ("Accept", sdp.CONTENT_TYPE)))

    def _notify(self, request: Request) -> Reply:
        return Reply(200)

    def _info(self, request: Request) -> Reply:
        if not request.body:
            return Reply(200)
        if request.content_type not in ("application/dtmf-relay", "application/dtmf"):
            return Reply(415, headers=(("Accept", "application/dtmf-relay, application/dtmf"),))
        text = request.body.decode("ascii", "replace")
        signal = _SIGNAL.search(text)
        if signal is not None and self._call.state == "up":
            digit = _EVENT_CODES.get(signal[1], signal[1].upper())
            held = _DURATION.search(text)
            ms = int(held[1]) if held else DIGIT_MS
            self._call.wire.events.append(Pressed(self._call.dialog.call_id, digit, ms))
        return Reply(200)


def _timer(request: Request) -> tuple[tuple[str, str], ...]:
    """The session timer a far end asks for, with itself as the refresher (RFC 4028 §9)."""
    wanted = request.first("session-expires")
    if not wanted or "refresher=uas" in wanted.lower():
        return ()
    return ("Session-Expires", f"{wanted.partition(';')[0].strip()};refresher=uac"), ("Require", "timer")


_HANDLERS: dict[str, Callable[[Callee, Request], Reply]] = {
    "BYE": Callee._bye,
    "CANCEL": Callee._cancel,
    "INVITE": Callee._reinvite,
    "UPDATE": Callee._update,
    "OPTIONS": Callee._options,
    "NOTIFY": Callee._notify,
    "INFO": Callee._info,
}
