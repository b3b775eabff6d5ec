"""One account kept registered: REGISTER, refresh, back-off, unregister (RFC 3261 §10.2), as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from outdial.sip.authorizer import Authorizer
from outdial.sip.dialog import Dialog
from outdial.sip.digest import Credentials
from outdial.sip.events import RegistrationChanged, RegistrationState, Wire
from outdial.sip.message import Message, Response
from outdial.sip.trace import Trace
from outdial.sip.transaction import CLIENT, Transaction, heard
from outdial.sip.uri import Address, HostPort

BACK_OFF_S, LONGEST_BACK_OFF_S = 30, 600
SHORTEST_S = 10
"""A registration is not refreshed more often, whatever the registrar grants."""

State = Literal["idle", "trying", "registered", "refreshing", "failed", "leaving", "gone"]
Event = Literal["start", "ok", "challenge", "brief", "denied", "rejected", "timeout", "wake", "stop"]
Act = Literal["register", "granted", "unregister", "fail", "tell"]

REGISTRATION: dict[tuple[State, Event], tuple[State, tuple[Act, ...]]] = {
    ("idle", "start"): ("trying", ("register", "tell")),
    ("idle", "stop"): ("gone", ("tell",)),
    ("trying", "ok"): ("registered", ("granted", "tell")),
    ("trying", "challenge"): ("trying", ("register",)),
    ("trying", "brief"): ("trying", ("register",)),
    ("trying", "denied"): ("failed", ("fail", "tell")),
    ("trying", "rejected"): ("failed", ("fail", "tell")),
    ("trying", "timeout"): ("failed", ("fail", "tell")),
    ("trying", "stop"): ("leaving", ("unregister",)),
    ("registered", "wake"): ("refreshing", ("register",)),
    ("registered", "stop"): ("leaving", ("unregister",)),
    ("refreshing", "ok"): ("registered", ("granted",)),
    ("refreshing", "challenge"): ("refreshing", ("register",)),
    ("refreshing", "brief"): ("refreshing", ("register",)),
    ("refreshing", "denied"): ("failed", ("fail", "tell")),
    ("refreshing", "rejected"): ("failed", ("fail", "tell")),
    ("refreshing", "timeout"): ("failed", ("fail", "tell")),
    ("refreshing", "stop"): ("leaving", ("unregister",)),
    ("failed", "wake"): ("trying", ("register",)),
    ("failed", "stop"): ("gone", ("tell",)),
    ("leaving", "ok"): ("gone", ("tell",)),
    ("leaving", "challenge"): ("leaving", ("unregister",)),
    ("leaving", "brief"): ("gone", ("tell",)),
    ("leaving", "denied"): ("gone", ("tell",)),
    ("leaving", "rejected"): ("gone", ("tell",)),
    ("leaving", "timeout"): ("gone", ("tell",)),
}
"""A pair that is not here changes nothing."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is registered where. ``dialog``: From and To are the address of record, target the registrar's URI."""

    name: str
    dialog: Dialog
    credentials: Credentials
    expires_s: int


class RegistrationMachine:
    """Starts with ``start``, ends with ``stop``; its Call-ID must be a new one after each restart (§10.2)."""

    def __init__(self, account: Account, wire: Wire) -> None:
        self.state: State = "idle"
        self.trace = Trace()
        self.scheduled = 0
        """For the agent's timers."""
        self.dialog = account.dialog
        self._account = account
        self._wire = wire
        self._auth = Authorizer(account.credentials, account.dialog.call_id)
        self._expires_s = account.expires_s
        self._sent: Transaction | None = None
        self._begun = False
        self._wake_at = 0
        self._failures = 0
        self._outcome: RegistrationState = "unregistered"
        self._heard = Response(0, "", {})

    def start(self, now: int) -> None:
        self._auth.begin()
        self._feed("start", now)

    def stop(self, now: int) -> None:
        self._auth.begin()
        self._feed("stop", now)

    @property
    def due(self) -> int:
        """When ``tick`` wants to be called; 0 = never."""
        times = (self._wake_at, self._sent.due if self._sent else 0)
        return min((time for time in times if time), default=0)

    @property
    def done(self) -> bool:
        return self.state == "gone"

    @property
    def quiet(self) -> bool:
        return self.state != "leaving"

    def tick(self, now: int) -> None:
        if self._wake_at and now >= self._wake_at:
            self._wake_at = 0
            self._auth.begin()
            self._feed("wake", now)
        if self._sent is not None:
            self._obey(self._sent, self._sent.tick(now), now)

    def receive(self, message: Message, source: HostPort, now: int) -> None:
        """Raises ValueError when the message cannot be read."""
        expected = f"{self.dialog.branch('REGISTER', self.dialog.cseq)}"
        if self._sent is None or not isinstance(message, Response) or message.branch != expected:
            self._wire.counters.stray += 1
            return
        verbs = self._sent.feed(heard(message.status), now)
        if "pass" in verbs and message.status >= 200:
            self._heard = message
            self._feed(self._meaning(message), now)

    def _meaning(self, response: Response) -> Event:
        if response.status < 300:
            return "ok"
        if response.status in (401, 407):
            return "challenge" if self._auth.accept(response) else "denied"
        if response.status == 403:
            return "denied"
        least = response.first("min-expires")
        if response.status == 423 and least.isdigit() and int(least) > self._expires_s:
            self._expires_s = int(least)
            return "brief"
        return "rejected"

    def _obey(self, sent: Transaction, verbs: tuple[str, ...], now: int) -> None:
        if "send" in verbs:
            self._send(sent.message, now)
        if "timeout" in verbs:
            self._heard = Response(408, "no answer", {})
            self._feed("timeout", now)
        if sent.state == "terminated" and self._sent is sent:
            self._sent = None

    def _feed(self, event: Event, now: int) -> None:
        row = REGISTRATION.get((self.state, event))
        if row is None:
            return
        self.state = row[0]
        self._outcome = _OUTCOMES.get(event, self._outcome)
        for act in row[1]:
            _ACTS[act](self, now)

    def _register(self, now: int) -> None:
        self._request(self._expires_s, now)

    def _unregister(self, now: int) -> None:
        self._wake_at = 0
        self._request(0, now)

    def _request(self, expires_s: int, now: int) -> None:
        if self._begun:
            self.dialog = self.dialog.next()
        self._begun = True
        auth = self._auth.headers("REGISTER", self.dialog.target)
        lines = [("Contact", self.dialog.contact), ("Expires", str(expires_s)), *auth]
        self._sent = Transaction(CLIENT, self.dialog.request("REGISTER", lines), now)
        self._send(self._sent.message, now)

    def _send(self, data: bytes, now: int) -> None:
        self.trace.add(now, "to", self.dialog.peer, data)
        self._wire.out.append((data, self.dialog.peer))

    def _granted(self, now: int) -> None:
        self._failures = 0
        granted = max(self._granted_s(), SHORTEST_S)
        self._wake_at = now + granted * 800
        self.trace.clear()

    def _granted_s(self) -> int:
        """For how long: our Contact's ``expires``, else the header's, else what was asked (§10.2.4)."""
        ours = Address.parse(self.dialog.contact).uri
        for value in self._heard.every("contact"):
            address = Address.parse(value)
            if address.uri == ours and address.params.get("expires", "").isdigit():
                return int(address.params["expires"])
        header = self._heard.first("expires")
        return int(header) if header.isdigit() else self._expires_s

    def _fail(self, now: int) -> None:
        wait_s = min(BACK_OFF_S << min(self._failures, 5), LONGEST_BACK_OFF_S)
        asked = self._heard.first("retry-after").partition(" ")[0].partition(";")[0]
        if asked.isdigit():
            wait_s = min(max(wait_s, int(asked)), 3600)
        self._failures += 1
        self._wake_at = now + wait_s * 1000

    def _tell(self, now: int) -> None:
        detail = f"{self._heard.status} {self._heard.phrase}" if self.state == "failed" else ""
        state = "unregistered" if self.state == "gone" else self._outcome
        self._wire.events.append(RegistrationChanged(self._account.name, state, detail))


_OUTCOMES: dict[Event, RegistrationState] = {
    "start": "trying",
    "ok": "registered",
    "denied": "denied",
    "rejected": "rejected",
    "timeout": "timeout",
}

_ACTS: dict[Act, Callable[[RegistrationMachine, int], None]] = {
    "register": RegistrationMachine._register,
    "granted": RegistrationMachine._granted,
    "unregister": RegistrationMachine._unregister,
    "fail": RegistrationMachine._fail,
    "tell": RegistrationMachine._tell,
}
