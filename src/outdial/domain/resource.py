"""Gateways, resources and their groups: which trunk may carry a call (dialer-core §2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

EarlyMedia = Literal["", "true", "false", "consume", "ring_ready"]
CidType = Literal["", "none", "rpid", "pid"]


@dataclass(frozen=True, slots=True)
class Gateway:
    """A SIP trunk: by registration (``register``) or by address."""

    id: int
    name: str
    enabled: bool
    proxy: str
    """host[:port], optionally with a ``sip:`` in front: where requests are sent."""
    register: bool = False
    host: str = ""
    """Trunk: the domain of request URI and From."""
    account: str = ""
    """Registration: user@host[:port], the address of record."""
    username: str = ""
    password: str = field(default="", repr=False)
    expires_s: int = 600
    registrar: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A trunk's view with limits."""

    id: int
    name: str
    enabled: bool
    gateway: Gateway | None
    limit: int
    """Concurrent calls; -1 = no limit."""
    rps: int = 0
    """Calls per second; 0 or less = no limit."""
    displays: tuple[str, ...] = ()
    """Caller numbers."""
    patterns: tuple[str, ...] = ()
    cid_type: CidType = ""
    ignore_early_media: EarlyMedia = ""
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimeRange:
    start: int
    """Minute of the day."""
    end: int
    """Minute of the day, exclusive; 1439 and 1440 both mean midnight."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource in a group, with the one that takes over while it is switched off."""

    resource: Resource
    reserve: Resource | None = None
    priority: int = 0
    """Smaller first."""

    def in_force(self) -> Resource | None:
        """The primary, the reserve while the primary is off, or nothing (dialer-core §2.2.2)."""
        for candidate in (self.resource, self.reserve):
            if candidate and candidate.enabled and candidate.gateway and candidate.gateway.enabled:
                return candidate
        return None


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    id: int
    name: str
    communication_type_id: int
    resources: tuple[Placed, ...] = ()
    times: tuple[TimeRange, ...] = ()


def carries(resource: Resource, destination: str) -> bool:
    """Whether the number matches one of the resource's patterns; a resource without patterns takes all."""
    number = destination.replace(" ", "")
    return not resource.patterns or any(_pattern(p).fullmatch(number) for p in resource.patterns)


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    """``X`` or ``x`` is any one character, everything else is itself (dialer-core §2.2.7)."""
    return re.compile("".join("." if c in "xX" else re.escape(c) for c in text))
