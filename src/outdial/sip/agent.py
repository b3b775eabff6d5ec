"""The user agent: hands each datagram to the call it belongs to and keeps everybody's timers.

Whatever the network sends, ``receive`` raises nothing: what cannot be read is dropped and counted.
"""

from __future__ import annotations

import heapq
from collections import deque
from itertools import count
from typing import Protocol

from outdial.sip import sdp
from outdial.sip.call import CallMachine, Invitation
from outdial.sip.callee import ALLOW
from outdial.sip.dialog import Dialog, local_tag
from outdial.sip.digest import Credentials
from outdial.sip.events import Counters, SipEvent, Wire
from outdial.sip.message import Message, Reply, Request, Response, parse, reply_address, respond
from outdial.sip.registration import Account, RegistrationMachine
from outdial.sip.trace import Trace
from outdial.sip.uri import HostPort


def grain(wait: int) -> int:
    """Milliseconds to which a timer is rounded up, so that those close together fire together: an eighth at most,
    from 160 ms on. Multiples of 20, for the owner wakes up then anyway.
    """
    if wait < 320:
        return 20
    return 40 if wait < 4_000 else 500


class Machine(Protocol):
    """What the agent needs of a call or a registration."""

    scheduled: int
    dialog: Dialog
    trace: Trace

    @property
    def due(self) -> int: ...
    @property
    def done(self) -> bool: ...
    @property
    def quiet(self) -> bool: ...
    def tick(self, now: int) -> None: ...
    def receive(self, message: Message, source: HostPort, now: int) -> None: ...


class UserAgent:
    """All calls and registrations behind one address."""

    def __init__(self, sent_by: str, contact: str) -> None:
        """``sent_by`` and ``contact`` are only for answers to what belongs to nobody."""
        self.wire = Wire()
        self._sent_by = sent_by
        self._contact = contact
        self._machines: dict[str, Machine] = {}
        self._timers: list[tuple[int, int, Machine]] = []
        self._numbers = count()

    @property
    def counters(self) -> Counters:
        return self.wire.counters

    @property
    def out(self) -> deque[tuple[bytes, HostPort]]:
        """Datagrams to send, oldest first; the owner empties it."""
        return self.wire.out

    @property
    def events(self) -> deque[SipEvent]:
        """What happened, oldest first; the owner empties it."""
        return self.wire.events

    def __len__(self) -> int:
        """Calls and registrations that still have something to say or to answer."""
        return len(self._machines)

    @property
    def quiet(self) -> bool:
        """True when every goodbye of ours is confirmed."""
        return all(machine.quiet for machine in self._machines.values())

    # ── what its owner starts ────────────────────────────────────────────────────────────────────

    def call(self, invitation: Invitation) -> CallMachine:
        """A call that has not rung yet. Raises ValueError when its Call-ID is in use."""
        if invitation.dialog.call_id in self._machines:
            raise ValueError("Call-ID in use")
        machine = CallMachine(invitation, self.wire)
        self._machines[invitation.dialog.call_id] = machine
        return machine

    def invite(self, machine: CallMachine, now: int) -> None:
        machine.invite(now)
        self._after(machine, now)

    def hang_up(self, machine: CallMachine, now: int, reason: str = "") -> None:
        machine.hang_up(now, reason)
        self._after(machine, now)

    def refer(self, machine: CallMachine, target: str, now: int) -> bool:
        """Asks the far end of an answered call to ring a URI instead; False when it cannot be asked now."""
        started = machine.referral.start(target, now)
        self._after(machine, now)
        return started

    def forget(self, dialog: Dialog, answered: bool, credentials: Credentials | None, now: int) -> CallMachine:
        """Ends a call of a service that died: BYE if it was answered, else CANCEL; a late 2xx gets ACK and BYE."""
        known = self._machines.get(dialog.call_id)
        if isinstance(known, CallMachine):
            return known
        if answered:
            machine = CallMachine.remembered_answered(dialog, credentials, self.wire)
        else:
            machine = CallMachine.remembered(dialog, credentials, self.wire, now)
        self._machines[dialog.call_id] = machine
        self.hang_up(machine, now)
        return machine

    def register(self, account: Account, now: int) -> RegistrationMachine:
        machine = RegistrationMachine(account, self.wire)
        self._machines[account.dialog.call_id] = machine
        machine.start(now)
        self._after(machine, now)
        return machine

    def unregister(self, machine: RegistrationMachine, now: int) -> None:
        machine.stop(now)
        self._after(machine, now)

    # ── what the network brings ──────────────────────────────────────────────────────────────────

    def receive(self, data: bytes, source: HostPort, now: int) -> None:
        """One datagram. Never raises."""
        try:
            message = parse(data)
            machine = self._machines.get(message.call_id)
            if machine is None:
                self._stranger(message, source, now)
                return
            machine.trace.add(now, "from", source, data)
            machine.receive(message, source, now)
        except ValueError:
            self.counters.malformed += 1
            return
        self._after(machine, now)

    def next_timer(self) -> int:
        """When ``tick`` wants to be called; 0 = never."""
        return self._timers[0][0] if self._timers else 0

    def tick(self, now: int) -> None:
        """Fires what is due."""
        while self._timers and self._timers[0][0] <= now:
            at, _, machine = heapq.heappop(self._timers)
            if machine.scheduled == at:
                machine.scheduled = 0
            due = machine.due
            if due and due <= now:
                machine.tick(now)
            self._after(machine, now)

    def _after(self, machine: Machine, now: int) -> None:
        """Arms the machine's next timer, or lets it go. A timer that came too early is simply passed over."""
        if machine.done:
            self._machines.pop(machine.dialog.call_id, None)
            return
        due = machine.due
        if not due:
            return
        step = grain(due - now)
        at = max(due, now + 1) + step - 1
        at -= at % step
        if not machine.scheduled or at < machine.scheduled:
            machine.scheduled = at
            heapq.heappush(self._timers, (at, next(self._numbers), machine))

    # ── what belongs to no call ──────────────────────────────────────────────────────────────────

    def _stranger(self, message: Message, source: HostPort, now: int) -> None:
        if isinstance(message, Request):
            self._refuse(message, source)
        elif 200 <= message.status < 300 and message.cseq[1] == "INVITE" and _ours(message):
            self._drop_late_answer(message, source, now)
        else:
            self.counters.stray += 1

    def _refuse(self, request: Request, source: HostPort) -> None:
        """Answers without remembering: the same request gets the same answer (RFC 3261 §8.2.7)."""
        if request.method == "ACK":
            self.counters.stray += 1
            return
        reply = _reply_to_stranger(request)
        data = respond(request, reply, source)
        self.wire.out.append((data, reply_address(request, source)))
        self.counters.refused += 1

    def _drop_late_answer(self, response: Response, source: HostPort, now: int) -> None:
        """Somebody answered an INVITE that a dead service of ours sent: ACK and BYE."""
        dialog = Dialog(
            call_id=response.call_id,
            local=response.headers["from"][0],
            remote=response.headers["to"][0],
            target=f"sip:{source[0]}:{source[1]}",
            peer=source,
            sent_by=self._sent_by,
            contact=self._contact,
            cseq=response.cseq[0],
        )
        self.counters.late_answers += 1
        machine = CallMachine.unwanted(dialog, self.wire, now)
        self._machines[dialog.call_id] = machine
        machine.receive(response, source, now)
        self._after(machine, now)


def _ours(response: Response) -> bool:
    """Our tags are computed from the Call-ID, so a response to an INVITE of ours can be told from a forged one."""
    return response.from_tag == local_tag(response.call_id)


def _reply_to_stranger(request: Request) -> Reply:
    tag = local_tag(request.branch or request.call_id)
    if request.method == "OPTIONS":
        return Reply(200, to_tag=tag, headers=(("Allow", ALLOW), ("Accept", sdp.CONTENT_TYPE)))
    if request.to_tag or request.method in ("BYE", "CANCEL"):
        return Reply(481, to_tag=tag)
    if request.method == "INVITE":
        return Reply(480, to_tag=tag)
    return Reply(405, to_tag=tag, headers=(("Allow", ALLOW),))
