"""What the embedded switch needs to know, and how it binds and names itself."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

from outdial.domain.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class SwitchConfig:
    """Addresses and ports, as in ``settings.Settings``."""

    sip_host: str = "127.0.0.1"
    sip_port: int = 5060
    """0 = any free one."""
    public_host: str = ""
    rtp_first: int = 20000
    rtp_last: int = 29999

    @property
    def on_loopback(self) -> bool:
        """True when nothing outside of this machine can be reached from here."""
        return is_loopback(self.sip_host)


@lru_cache(maxsize=1024)
def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


def route_address(peer: str) -> str:
    """The local address from which this machine reaches ``peer``: a connected UDP socket sends nothing.

    Raises OSError when there is no route.
    """
    with socket.socket(socket.AF_INET6 if ":" in peer else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((peer, 9))
        return str(probe.getsockname()[0])


async def resolve(name: str) -> str | None:
    """The first IPv4 address of a name, asked outside of the loop's thread; None when there is none."""
    if is_address(name):
        return name
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    except OSError:
        return None
    return str(found[0][4][0]) if found else None


def bind(config: SwitchConfig, buffer_bytes: int) -> socket.socket:
    """The SIP socket. Raises Misconfigured when it cannot be bound."""
    family = socket.AF_INET6 if ":" in config.sip_host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_DGRAM)
    bound.setblocking(False)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_bytes)
    try:
        bound.bind((config.sip_host, config.sip_port))
    except OSError as error:
        bound.close()
        raise Misconfigured(
            f"UDP port {config.sip_port} on {config.sip_host} cannot be used for SIP: {error.strerror}. "
            "Choose OUTDIAL_SIP_HOST and OUTDIAL_SIP_PORT."
        ) from None
    return bound
