"""A member of a queue and the numbers under which to reach them (dialer-core §1.3, §1.4)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Communication:
    """One number of a member."""

    id: int
    """The row of this number."""
    index: int
    """Its place in the member's list, from 0, as flows see it (``communication_id``)."""
    destination: str
    type_id: int
    priority: int = 0
    """Bigger first."""
    display: str = ""
    """Caller id to show instead of the resource's."""
    resource_id: int | None = None
    """The only resource that may carry it."""
    description: str = ""
    dtmf: str = ""
    attempts: int = 0
    last_activity_at: int = 0
    stop_at: int = 0
    """Epoch ms; not 0 = do not use."""


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    name: str = ""
    priority: int = 0
    """Bigger first."""
    timezone: str = ""
    """IANA name; empty = the calendar's."""
    bucket_id: int | None = None
    attempts: int = 0
    ready_at: int = 0
    """Epoch ms; not before. 0 = never rung."""
    expire_at: int = 0
    stop_at: int = 0
    stop_cause: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    communications: tuple[Communication, ...] = ()


def open_numbers(member: Member) -> list[Communication]:
    """The numbers to try, in order: priority first, within one priority the least recently used."""
    usable = [c for c in member.communications if not c.stop_at]
    return sorted(usable, key=lambda c: (-c.priority, c.last_activity_at, c.index))
