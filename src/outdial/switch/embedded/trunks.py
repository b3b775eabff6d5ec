"""The gateways in use: where each is, whether it can be reached from here, and its registration."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from outdial.domain.errors import CallRefused, Misconfigured
from outdial.domain.resource import Gateway
from outdial.sip.digest import Credentials
from outdial.sip.events import RegistrationChanged, RegistrationState
from outdial.sip.registration import Account, RegistrationMachine
from outdial.sip.uri import HostPort
from outdial.switch.embedded import trunk
from outdial.switch.embedded.config import SwitchConfig, is_address, is_loopback, resolve, route_address
from outdial.switch.embedded.trunk import Here
from outdial.switch.port import GatewayState

NONE, UNREGISTERED, UNREACHABLE = 0, 1, 7
R_STATES: dict[RegistrationState, int] = {
    "unregistered": UNREGISTERED,
    "trying": 2,
    "registered": 3,
    "rejected": 4,
    "denied": 5,
    "timeout": 6,
}
"""``r_state`` of the wire: 3 is green, 4 to 7 are red."""


@dataclass(slots=True)
class Changes:
    """What must be told to registrars."""

    leave: list[RegistrationMachine] = field(default_factory=list)
    join: list[Account] = field(default_factory=list)


@dataclass(slots=True)
class _Joined:
    """A registration in force and what it was made from."""

    made_from: tuple[Gateway, HostPort]
    machine: RegistrationMachine | None = None


class Trunks:
    """Names are looked up in ``follow``; everything else answers at once from what was found."""

    def __init__(self, config: SwitchConfig, bound: HostPort, born: int) -> None:
        """``born`` tells this start's registrations from an earlier one's."""
        self._config = config
        self._bound = bound
        self._addresses: dict[str, str | None] = {}
        self._heres: dict[str, Here] = {}
        self._public = ""
        self._gateways: dict[int, Gateway] = {}
        self._joined: dict[int, _Joined] = {}
        self._states: dict[int, GatewayState] = {}
        self._call_ids = (f"register-{born:x}-{number}" for number in count(1))

    async def start(self) -> None:
        """Raises Misconfigured when the public host has no address."""
        if self._config.public_host:
            found = await resolve(self._config.public_host)
            if found is None:
                raise Misconfigured(f"public_host: {self._config.public_host} has no address")
            self._public = found

    @property
    def gateways(self) -> list[Gateway]:
        return list(self._gateways.values())

    # ── where ────────────────────────────────────────────────────────────────────────────────────

    def route(self, gateway: Gateway) -> tuple[HostPort, Here]:
        """Where a gateway is and who we are to it. Raises CallRefused when it cannot be reached."""
        why = self.why_unreachable(gateway)
        if why is not None:
            raise CallRefused("GATEWAY_DOWN", why)
        host, port = trunk.parse_proxy(gateway).hop
        peer = self._address(host) or host
        return (peer, port), self._here(peer)

    def why_unreachable(self, gateway: Gateway) -> str | None:
        try:
            host, _ = trunk.parse_proxy(gateway).hop
        except ValueError as error:
            return str(error)
        address = self._address(host)
        if address is None:
            return f"Gateway {gateway.name}: the name {host} has no address."
        if self._config.on_loopback and not is_loopback(address):
            return (
                f"Gateway {gateway.name} is at {address}, but SIP is bound to {self._config.sip_host}: "
                "set OUTDIAL_SIP_HOST to 0.0.0.0 or to an address of this machine."
            )
        try:
            self._here(address)
        except OSError as error:
            return f"Gateway {gateway.name}: no route to {address} ({error.strerror})."
        return None

    def stranger(self) -> Here:
        """Who we are to somebody we did not ask."""
        host = self._public or self._bound[0]
        return Here(host, self._bound[1], host)

    def _address(self, host: str) -> str | None:
        if host == "localhost":
            return "127.0.0.1"
        return host if is_address(host) else self._addresses.get(host)

    def _here(self, peer: str) -> Here:
        """Raises OSError when there is no route to the peer."""
        here = self._heres.get(peer)
        if here is None:
            self._heres[peer] = here = self._look_here(peer)
        return here

    def _look_here(self, peer: str) -> Here:
        if self._public and not is_loopback(peer):
            return Here(self._config.public_host, self._bound[1], self._public)
        everywhere = self._bound[0] in ("0.0.0.0", "::")
        host = route_address(peer) if everywhere else self._bound[0]
        return Here(host, self._bound[1], host)

    # ── registrations ────────────────────────────────────────────────────────────────────────────

    def credentials(self, gateway_id: str) -> Credentials | None:
        gateway = self._gateways.get(int(gateway_id)) if gateway_id.isdigit() else None
        return trunk.credentials(gateway) if gateway else None

    async def follow(self, gateways: Sequence[Gateway]) -> Changes:
        """Looks up every name and finds out which registrations end and begin."""
        self._gateways = {gateway.id: gateway for gateway in gateways}
        await self._look_up(gateways)
        self._heres.clear()  # routes may have changed with the names
        changes = Changes()
        wanted = self._wanted(gateways)
        for gateway_id, joined in list(self._joined.items()):
            account = wanted.get(gateway_id)
            if account is None or account.made_from != joined.made_from:
                del self._joined[gateway_id]
                if joined.machine is not None:
                    changes.leave.append(joined.machine)
        for gateway_id, joined in wanted.items():
            if gateway_id not in self._joined:
                self._join(gateway_id, joined, changes)
        return changes

    def joined(self, account: Account, machine: RegistrationMachine) -> None:
        self._joined[int(account.name)].machine = machine

    def leave(self) -> list[RegistrationMachine]:
        """Every registration there is; forgets them."""
        machines = [joined.machine for joined in self._joined.values() if joined.machine is not None]
        self._joined.clear()
        return machines

    def hear(self, event: RegistrationChanged) -> None:
        """What a registrar said; the goodbye of one that was replaced does not count."""
        gateway_id = int(event.name)
        if gateway_id in self._joined or event.state == "unregistered":
            self._states[gateway_id] = GatewayState(gateway_id, R_STATES[event.state], event.detail)

    def states(self) -> list[GatewayState]:
        return [self._state(gateway) for gateway in self._gateways.values()]

    def _state(self, gateway: Gateway) -> GatewayState:
        if not gateway.register:
            return GatewayState(gateway.id, NONE)
        if not gateway.enabled:
            return GatewayState(gateway.id, UNREGISTERED)
        why = self.why_unreachable(gateway)
        if why is not None:
            return GatewayState(gateway.id, UNREACHABLE, why)
        return self._states.get(gateway.id) or GatewayState(gateway.id, UNREGISTERED)

    async def _look_up(self, gateways: Sequence[Gateway]) -> None:
        names = set()
        for gateway in gateways:
            try:
                names.add(trunk.parse_proxy(gateway).hop[0])
            except ValueError:
                continue  # why_unreachable says so
        names = {name for name in names if not is_address(name)}
        found = await asyncio.gather(*(resolve(name) for name in names))
        for name, address in zip(names, found, strict=True):
            self._addresses[name] = address or self._addresses.get(name)

    def _wanted(self, gateways: Sequence[Gateway]) -> dict[int, _Joined]:
        wanted = {}
        for gateway in gateways:
            if gateway.register and gateway.enabled and self.why_unreachable(gateway) is None:
                wanted[gateway.id] = _Joined((gateway, self.route(gateway)[0]))
        return wanted

    def _join(self, gateway_id: int, joined: _Joined, changes: Changes) -> None:
        gateway, peer = joined.made_from
        try:
            account = trunk.account(gateway, peer, self._here(peer[0]), next(self._call_ids))
        except ValueError as error:
            self._states[gateway_id] = GatewayState(gateway_id, R_STATES["rejected"], str(error))
            return
        self._joined[gateway_id] = joined
        changes.join.append(account)
