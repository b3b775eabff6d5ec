"""The embedded switch: our own user agent on one UDP socket, media in a process beside it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import structlog

from outdial.domain.errors import CallRefused
from outdial.domain.resource import Gateway
from outdial.sip import sdp
from outdial.sip.agent import UserAgent
from outdial.sip.call import CallMachine
from outdial.sip.dialog import Dialog
from outdial.sip.events import RegistrationChanged, SipEvent
from outdial.sip.uri import HostPort
from outdial.switch.embedded import trunk
from outdial.switch.embedded.call import EmbeddedCall
from outdial.switch.embedded.config import SwitchConfig, bind
from outdial.switch.embedded.media.client import MediaClient
from outdial.switch.embedded.trunks import Changes, Trunks
from outdial.switch.embedded.udp import UdpSocket
from outdial.switch.embedded.voice import Voice
from outdial.switch.port import Call, GatewayState, Now, Order

log = structlog.get_logger(__name__)

BUFFER_BYTES = 4 << 20
BURST, BURST_GAP_S = 50, 0.01
"""INVITEs sent in one go, and the pause before the next ones: a far end's socket buffer is finite."""
CONFIRM_S = 4.0
"""How long a goodbye waits to be confirmed; it is repeated as long as the service runs."""
CLOSE_S = 6.0
LOOK_UP_S = 60.0
"""How often the names of gateways are looked up again."""


class EmbeddedSwitch:
    """See ``port.Switch``."""

    def __init__(self, config: SwitchConfig, now: Now, media: MediaClient | None = None) -> None:
        self._config = config
        self._now = now
        self.media = media or MediaClient(config.sip_host, range(config.rtp_first, config.rtp_last + 1), now)
        self._socket: UdpSocket | None = None
        self._calls: dict[str, EmbeddedCall] = {}
        self._starts: deque[EmbeddedCall] = deque()
        self._pacing = False
        self._closing = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0
        self._goodbyes: dict[CallMachine, asyncio.Future[None]] = {}
        self._empty = asyncio.Event()
        self._following = asyncio.Lock()
        self._sessions = now()
        self._pumping = False

    # ── the port ─────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Raises Misconfigured when the SIP port or all RTP ports are taken."""
        self._loop = asyncio.get_running_loop()
        bound = bind(self._config, BUFFER_BYTES)
        host, port = bound.getsockname()[:2]
        self._trunks = Trunks(self._config, (str(host), int(port)), self._now())
        try:
            await self._trunks.start()
        except BaseException:
            bound.close()
            raise
        here = self._trunks.stranger()
        self.agent = UserAgent(here.sent_by, here.contact("outdial"))
        self._socket = UdpSocket(bound, self._heard)  # what far ends repeat since a crash comes from now on
        try:
            await self.media.start()
        except BaseException:
            self._socket.close()
            raise
        self._look_up = self._loop.create_task(self._look_up_forever())
        log.info("switch.started", address=f"{self.address[0]}:{self.address[1]}")

    @property
    def address(self) -> HostPort:
        """Where SIP is bound. Only after ``start``."""
        assert self._socket is not None
        return self._socket.address

    async def close(self) -> None:
        if self._socket is None:
            return
        self._closing = True
        self._empty.clear()
        for call in list(self._calls.values()):
            call.hang_up("SYSTEM_SHUTDOWN", "service")
        for machine in self._trunks.leave():
            self.agent.unregister(machine, self._clock())
        self._pump()
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._empty.wait()
        except TimeoutError:
            log.warning("switch.unconfirmed", calls=len(self._calls))
        self._look_up.cancel()
        if self._timer:
            self._timer.cancel()
        await self.media.close()
        self._socket.close()
        self._socket = None

    def prepare(self, order: Order) -> Call:
        if self._closing or self._socket is None:
            raise CallRefused("SYSTEM_SHUTDOWN", "The service is stopping.")
        peer, here = self._trunks.route(order.gateway)
        self._sessions += 1
        invitation = trunk.invitation(order, peer, here, sdp.Local(here.media_host, 0, self._sessions))
        machine = self.agent.call(invitation)
        call = EmbeddedCall(order, machine, self)
        try:
            call.voice = Voice(self.media, call)
        except ValueError as error:
            self.agent.hang_up(machine, self._clock())
            raise CallRefused("SWITCH_CONGESTION", str(error)) from None
        machine.session.local = replace(machine.session.local, port=call.voice.port)
        self._calls[order.call_id] = call
        return call

    async def forget(self, dialog: bytes, answered: bool) -> None:
        try:
            known = Dialog.load(dialog)
        except ValueError:
            log.warning("switch.dialog_unreadable")
            return
        machine = self.agent.forget(known, answered, self._trunks.credentials(known.trunk), self._clock())
        self._goodbyes[machine] = said = self._loop.create_future()
        self._pump()
        await asyncio.wait([said], timeout=CONFIRM_S)
        self._goodbyes.pop(machine, None)

    async def set_gateways(self, gateways: Sequence[Gateway]) -> None:
        async with self._following:  # a look-up under way must not bring older gateways back
            self._follow(await self._trunks.follow(gateways))

    def gateway_states(self) -> list[GatewayState]:
        return self._trunks.states()

    def why_unreachable(self, gateway: Gateway) -> str | None:
        return self._trunks.why_unreachable(gateway)

    def ill(self) -> str | None:
        if self._socket is None:
            return "SIP is not running"
        return self.media.ill()

    # ── what a call needs (call.Line) ────────────────────────────────────────────────────────────

    def now(self) -> int:
        return self._now()

    def start_call(self, call: EmbeddedCall) -> None:
        self._starts.append(call)
        if not self._pacing:
            self._pacing = True
            self._loop.call_soon(self._start_some)

    def confirm(self, call: EmbeddedCall) -> None:
        call.machine.confirm(self._clock())
        self._pump()

    def refer(self, call: EmbeddedCall, target: str) -> bool:
        started = self.agent.refer(call.machine, target, self._clock())
        self._pump()
        return started

    def take_down(self, call: EmbeddedCall, reason: str) -> None:
        self.agent.hang_up(call.machine, self._clock(), reason)
        self._pump()

    def done(self, call: EmbeddedCall) -> None:
        self._calls.pop(call.id, None)
        self._settle_goodbyes()

    def trace_of(self, machine: CallMachine) -> str:
        return machine.trace.text(self._now() - self._clock())

    # ── socket, timers, events ───────────────────────────────────────────────────────────────────

    def _clock(self) -> int:
        """Steady milliseconds: the wall clock may jump, SIP's timers must not."""
        return int(self._loop.time() * 1000) + 1

    def _start_some(self) -> None:
        for _ in range(min(BURST, len(self._starts))):
            self.agent.invite(self._starts.popleft().machine, self._clock())
        self._pacing = bool(self._starts)
        if self._pacing:
            self._loop.call_later(BURST_GAP_S, self._start_some)
        self._pump()

    def _heard(self, batch: list[tuple[bytes, HostPort]]) -> None:
        now = self._clock()
        for data, source in batch:
            self.agent.receive(data, source, now)
        self._pump()

    def _tick(self) -> None:
        self._timer = None
        self.agent.tick(self._clock())
        self._pump()

    def _pump(self) -> None:
        """Sends what is to be sent, tells what happened, arms the next timer. What a listener does in
        its turn lands in the same queues and is pumped by the outermost call."""
        if self._pumping or self._socket is None:
            return
        self._pumping = True
        try:
            while self.agent.out or self.agent.events:
                while self.agent.out:
                    self._socket.send(*self.agent.out.popleft())
                if self.agent.events:
                    self._hear(self.agent.events.popleft())
        finally:
            self._pumping = False
        self._arm()
        self._settle_goodbyes()

    def _follow(self, changes: Changes) -> None:
        for machine in changes.leave:
            self.agent.unregister(machine, self._clock())
        for account in changes.join:
            self._trunks.joined(account, self.agent.register(account, self._clock()))
        self._pump()

    def _hear(self, event: SipEvent) -> None:
        if isinstance(event, RegistrationChanged):
            log.info("trunk.registration", gateway=event.name, state=event.state, detail=event.detail)
            self._trunks.hear(event)
        elif (call := self._calls.get(event.call_id)) is not None:
            call.hear(event)

    def _arm(self) -> None:
        at = self.agent.next_timer()
        if not at or (self._timer and self._timer_at <= at):
            return
        if self._timer:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._loop.call_at(at / 1000, self._tick)  # a moment of the beat, as the agent rounds it

    def _settle_goodbyes(self) -> None:
        for machine, said in self._goodbyes.items():
            if machine.quiet and not said.done():
                said.set_result(None)
        if self._closing and not self._calls and self.agent.quiet:
            self._empty.set()

    async def _look_up_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_UP_S)
            async with self._following:
                self._follow(await self._trunks.follow(self._trunks.gateways))
