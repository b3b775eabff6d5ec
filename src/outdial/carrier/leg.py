"""One callee being rung: does what the plan says, tells the journal what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol
from urllib.parse import unquote

from outdial.carrier.exchange import Exchange, Wire
from outdial.carrier.journal import Event
from outdial.carrier.media import Ear, Ears
from outdial.carrier.script import Plan, Times, referral
from outdial.sip import sdp
from outdial.sip.dialog import Dialog
from outdial.sip.message import REASONS, Reply, Request, respond
from outdial.sip.transaction import CLIENT, Verb
from outdial.sip.uri import Address, HostPort, Uri

State = Literal["ringing", "up", "over"]
REPEAT_MS = 60
"""Between needless copies."""


class House(Wire, Protocol):
    """What a leg needs of the carrier."""

    ears: Ears
    times: Times

    @property
    def host(self) -> str:
        """Our address, without a port."""
        ...

    @property
    def sent_by(self) -> str:
        """Our ``host:port``."""
        ...

    def told(self, leg: Leg, event: Event, **more: Any) -> None: ...

    def keep(self, exchange: Exchange) -> None:
        """Messages with the exchange's key belong to it."""
        ...

    def over(self, leg: Leg) -> None: ...


@dataclass(frozen=True, slots=True)
class Rung:
    """The INVITE and whose call it is."""

    request: Request
    source: HostPort
    number: str
    plan: Plan


@dataclass(slots=True, eq=False)
class Leg:
    house: House
    rung: Rung
    exchange: Exchange
    """The INVITE's."""
    tag: str
    state: State = "ringing"
    acked: bool = False
    _ear: Ear | None = None
    _answer: bytes = b""
    _description: bytes = b""
    _number: int = 0
    """Of our newest request within the dialog."""
    _timers: list[asyncio.TimerHandle] = field(default_factory=list)

    @property
    def call_id(self) -> str:
        return self.rung.request.call_id

    # ── what happens by itself ───────────────────────────────────────────────────────────────────

    def start(self) -> None:
        plan = self.rung.plan
        self.exchange.told = self._heard
        self._reply("1xx", Reply(100))
        self._after(plan.ring_ms, self._ring)
        if plan.behaviour.answers or plan.behaviour.refuses_with:
            self._after(plan.final_ms, self._decide)

    def _ring(self) -> None:
        ear = self._open_ear() if self.rung.plan.behaviour.early_media else None
        if ear:
            ear.ring_back()
            self._reply("1xx", self._described(183))
        else:
            self._reply("1xx", Reply(180, to_tag=self.tag, headers=(("Contact", self._contact),)))

    def _decide(self) -> None:
        behaviour = self.rung.plan.behaviour
        if behaviour.refuses_with:
            reason = (("Reason", f"Q.850;cause={behaviour.q850}"),) if behaviour.q850 else ()
            self.refuse(Reply(behaviour.refuses_with, to_tag=self.tag, headers=(*reason, *behaviour.headers)))
        else:
            self.answer()

    def answer(self) -> None:
        """200 with our description; 488 when the offer has nothing we speak."""
        if self.state != "ringing":
            return
        ear, behaviour = self._open_ear(), self.rung.plan.behaviour
        if ear is None:
            self.refuse(Reply(488, to_tag=self.tag))
            return
        self.state = "up"
        self._reply("2xx", self._described(200))
        ear.answer(mute=behaviour.mute, hums=behaviour.hums)
        ear.pressed = lambda press: self.house.told(self, "key", key=press.key, ms=press.ms)
        self.house.told(self, "answered")
        for n in range(behaviour.repeats):
            self._after(REPEAT_MS * (n + 1), self._repeat_answer)
        for n, key in enumerate(behaviour.presses):
            self._after(self.house.times.press_ms * (n + 1), self._presser(key))

    def refuse(self, reply: Reply) -> None:
        if self.state == "ringing":
            self._reply("refusal", reply)
            self._over("refused")

    def hang_up(self) -> None:
        """BYE from the callee; repeated needlessly where the behaviour says so."""
        if self.state != "up":
            return
        bye, hop = self._ask("BYE")
        for n in range(self.rung.plan.behaviour.repeats):
            asyncio.get_running_loop().call_later(REPEAT_MS * (n + 1) / 1000, self.house.send, bye, hop)
        self.house.told(self, "bye", by="callee")
        self._over("callee")

    # ── what the caller does ─────────────────────────────────────────────────────────────────────

    def heard_ack(self) -> None:
        """Of the answer or of the refusal; only now may an answered leg send BYE (§15)."""
        self.exchange.feed("ack")
        self.house.told(self, "ack", copy=self.acked)
        if self.state == "up" and not self.acked and self.rung.plan.hang_up_ms is not None:
            self._after(self.rung.plan.hang_up_ms, self.hang_up)
        self.acked = True

    def heard_cancel(self) -> None:
        """487, unless it is answered already, or the answer is on its way."""
        if self.state != "ringing":
            return
        if self.rung.plan.behaviour.answers_cancel:
            self.answer()
        else:
            self.refuse(Reply(487, to_tag=self.tag))

    def heard_bye(self) -> None:
        self.house.told(self, "bye", by="caller", copy=self.state == "over")
        if self.state == "up":
            self._over("caller")

    def renegotiate(self, request: Request, source: HostPort) -> bytes:
        """The response to an offer in the dialog: the same description again."""
        return respond(request, self._described(200), source)

    def refer(self, request: Request) -> Reply:
        """The answer to a REFER; what comes of it is told soon after (RFC 3515)."""
        behaviour = self.rung.plan.behaviour
        target = request.first("refer-to")
        self.house.told(self, "refer", target=target)
        if behaviour.refer < 300 and behaviour.tells:
            self._after(0, lambda: self._notify(100, "active"))
            final = referral(user_of(target))
            self._after(self.house.times.ring_ms[1], lambda: self._notify(final, "terminated;reason=noresource"))
        return Reply(behaviour.refer, to_tag=self.tag, headers=(("Contact", self._contact),))

    def _notify(self, status: int, state: str) -> None:
        if self.state == "up":
            headers = [("Event", "refer"), ("Subscription-State", state), ("Content-Type", "message/sipfrag")]
            self._ask("NOTIFY", headers, f"SIP/2.0 {status} {REASONS.get(status, 'Told')}\r\n".encode())

    def _ask(self, method: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b"") -> tuple[bytes, HostPort]:
        """A request of ours within the dialog, and where it went."""
        self._number += 1
        dialog = replace(self._dialog(), cseq=self._number)
        data = dialog.request(method, headers, body)
        exchange = Exchange(self.house, CLIENT, f"{dialog.branch(method, dialog.cseq)} {method}", dialog.hop)
        self.house.keep(exchange)
        exchange.ask(data)
        return data, dialog.hop

    def close(self) -> None:
        """The carrier stops: no more timers, no socket; nothing is told."""
        for timer in self._timers:
            timer.cancel()
        if self._ear:
            self.house.ears.close(self._ear)
            self._ear = None

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    @property
    def _contact(self) -> str:
        return f"<sip:carrier@{self.house.sent_by}>"

    def _heard(self, verb: Verb) -> None:
        """Nobody acknowledged the answer: hang up (§13.3.1.4)."""
        if verb == "timeout":
            self.hang_up()

    def _reply(self, event: Literal["1xx", "2xx", "refusal"], reply: Reply) -> None:
        if self.state != "over":
            self._answer = respond(self.rung.request, reply, self.rung.source)
            self.exchange.say(event, self._answer)

    def _repeat_answer(self) -> None:
        self.house.send(self._answer, self.rung.source)

    def _presser(self, key: str) -> Callable[[], None]:
        def press() -> None:
            if self._ear:
                self._ear.press(key)

        return press

    def _described(self, status: int) -> Reply:
        headers = (("Contact", self._contact), ("Content-Type", sdp.CONTENT_TYPE), ("Allow", ALLOW))
        return Reply(status, to_tag=self.tag, headers=headers, body=self._description)

    def _open_ear(self) -> Ear | None:
        """None when the offer cannot be agreed on."""
        if self._ear:
            return self._ear
        ear = self.house.ears.open()
        local = sdp.Local(self.house.host, ear.port, session=ear.port)
        try:
            self._description, media = sdp.answer(local, self.rung.request.body)
        except ValueError:
            self.house.ears.close(ear)
            return None
        ear.connect(media)
        self._ear = ear
        return ear

    def _dialog(self) -> Dialog:
        """Ours, as the callee: To and From change places, routes stay in order (§12.1.1)."""
        request = self.rung.request
        return Dialog(
            call_id=request.call_id,
            local=f"{request.first('to')};tag={self.tag}",
            remote=request.first("from"),
            target=request.contact,
            peer=self.rung.source,
            sent_by=self.house.sent_by,
            contact=self._contact,
            routes=tuple(request.every("record-route")),
        )

    def _after(self, ms: int, do: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(ms / 1000, do))

    def _over(self, by: str) -> None:
        figures = self._figures()
        self.close()
        self.state = "over"
        self.house.told(self, "ended", by=by, **figures)
        self.house.over(self)

    def _figures(self) -> dict[str, Any]:
        ear = self._ear
        if ear is None or not ear.answered_at:
            return {}
        ear.listen()
        return {
            "received": ear.reception.received,
            "last_seq": ear.reception.highest & 0xFFFF if ear.reception.received else None,
            "first_rtp_ms": ear.first_rtp_at - ear.answered_at if ear.first_rtp_at else None,
            "first_sound_ms": ear.first_sound_at - ear.answered_at if ear.first_sound_at else None,
        }


ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, REGISTER, REFER"


def user_of(address: str) -> str:
    """The number in an address or a URI; empty when there is none."""
    try:
        return unquote(Uri.parse(Address.parse(address).uri).user).partition(";")[0]
    except ValueError:
        return ""
