"""Everything configured that dialing rests on, as one value read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field

from outdial.domain.calendar import Calendar
from outdial.domain.queue import Queue
from outdial.domain.resource import Gateway, Resource, ResourceGroup


@dataclass(frozen=True, slots=True)
class Plan:
    """Configuration at one revision, all domains. Disabled records are in it, so that reasons can name them."""

    revision: int
    """Grows with every configuration write; an INVITE leaves only under the current one."""
    queues: dict[int, Queue] = field(default_factory=dict)
    calendars: dict[int, Calendar] = field(default_factory=dict)
    resources: dict[int, Resource] = field(default_factory=dict)
    gateways: dict[int, Gateway] = field(default_factory=dict)
    groups: dict[int, ResourceGroup] = field(default_factory=dict)
    queue_groups: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Queue id → ids of its resource groups."""
    zones: dict[int, str] = field(default_factory=dict)
    """Domain id → its time zone, where it is not UTC."""
    schemas: dict[int, int] = field(default_factory=dict)
    """Schema id → its ``updated_at``, the key under which a parsed schema may be kept."""
