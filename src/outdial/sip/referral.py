"""Handing an answered call on by REFER (RFC 3515), as a table.

      refer             2xx, NOTIFY 1xx              NOTIFY with a final status
○ ───────────▶ asked ───────────────────▶ accepted ─────────────────────────────▶ ○
                │                            │
                └── refusal, nobody answers ─┴── nothing more is told ──────────▶ ○

The far end rings the target itself and tells how that went; who hangs up then is the owner's decision.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from outdial.sip.events import ReferEnd, Referred
from outdial.sip.message import Request, Response

if TYPE_CHECKING:
    from outdial.sip.call import CallMachine

PATIENCE = 90_000
"""So long nothing may be told of an accepted REFER, in ms; each NOTIFY starts it anew."""

State = Literal["idle", "asked", "accepted"]
Event = Literal["refer", "challenge", "2xx", "refusal", "timeout", "trying", "success", "failure", "expire"]
"""The first answers are to the REFER; trying, success and failure are told by NOTIFY."""
Act = Literal["ask", "wait", "transferred", "refused", "failed", "timeout"]

REFER: dict[tuple[State, Event], tuple[State, tuple[Act, ...]]] = {
    ("idle", "refer"): ("asked", ("ask",)),
    ("asked", "challenge"): ("asked", ("ask",)),
    ("asked", "2xx"): ("accepted", ("wait",)),
    ("asked", "refusal"): ("idle", ("refused",)),
    ("asked", "timeout"): ("idle", ("timeout",)),
    ("asked", "trying"): ("accepted", ("wait",)),  # the NOTIFY overtook the 202
    ("asked", "success"): ("idle", ("transferred",)),
    ("asked", "failure"): ("idle", ("failed",)),
    ("accepted", "trying"): ("accepted", ("wait",)),
    ("accepted", "success"): ("idle", ("transferred",)),
    ("accepted", "failure"): ("idle", ("failed",)),
    ("accepted", "expire"): ("idle", ("timeout",)),
}
"""A pair that is not here changes nothing."""

_STATUS = re.compile(rb"\s*SIP/2\.0 ([1-6]\d\d)(?: ([^\r\n]*))?", re.IGNORECASE)


class Referral:
    """The transfer of one call. It asks the call to send and puts one ``Referred`` on the wire for each REFER."""

    __slots__ = ("_call", "_code", "_expire_at", "_phrase", "_target", "state")

    def __init__(self, call: CallMachine) -> None:
        self._call = call
        self.state: State = "idle"
        self._target = ""
        self._code, self._phrase = 0, ""
        self._expire_at = 0

    def start(self, target: str, now: int) -> bool:
        """``target`` is a URI. False while another REFER is under way, or the call is not up."""
        if self.state != "idle" or self._call.state != "up":
            return False
        self._target, self._code, self._phrase = target, 0, ""
        self._call.auth.begin()
        self._feed("refer", now)
        return True

    @property
    def due(self) -> int:
        return self._expire_at

    def tick(self, now: int) -> None:
        if self._expire_at and now >= self._expire_at:
            self._feed("expire", now)

    def answered(self, response: Response | None, now: int) -> None:
        """What the REFER brought; None: nobody answered it."""
        if response is None:
            self._feed("timeout", now)
        elif self._call.auth.accept(response):
            self._feed("challenge", now)
        elif response.status >= 200:
            self._code, self._phrase = response.status, response.phrase
            self._feed("2xx" if response.status < 300 else "refusal", now)

    def notified(self, request: Request, now: int) -> None:
        """A NOTIFY of the subscription that the REFER made (§2.4.4)."""
        status = _STATUS.match(request.body)
        if status is None:
            if request.first("subscription-state").lower().startswith("terminated"):
                self._feed("failure", now)
            return
        self._code, self._phrase = int(status[1]), (status[2] or b"").decode("utf-8", "replace")
        self._feed("trying" if self._code < 200 else "success" if self._code < 300 else "failure", now)

    def _feed(self, event: Event, now: int) -> None:
        row = REFER.get((self.state, event))
        if row is None:
            return
        self.state, self._expire_at = row[0], 0
        for act in row[1]:
            _ACTS[act](self, now)

    def _ask(self, now: int) -> None:
        by = self._call.dialog.contact
        self._call.ask("REFER", [("Refer-To", f"<{self._target}>"), ("Referred-By", by), ("Contact", by)], now)

    def _wait(self, now: int) -> None:
        self._expire_at = now + PATIENCE

    def _tell(self, end: ReferEnd) -> None:
        """Of a call that is over its end says enough."""
        if self._call.state == "up":
            self._call.wire.events.append(Referred(self._call.dialog.call_id, end, self._code, self._phrase))


_ACTS: dict[Act, Callable[[Referral, int], None]] = {
    "ask": Referral._ask,
    "wait": Referral._wait,
    "transferred": lambda referral, now: referral._tell("transferred"),
    "refused": lambda referral, now: referral._tell("refused"),
    "failed": lambda referral, now: referral._tell("failed"),
    "timeout": lambda referral, now: referral._tell("timeout"),
}
