"""Values with defaults, for tests about dialing."""

from __future__ import annotations

from random import Random

from outdial.dialer.choose import Board
from outdial.dialer.pace import Pacing
from outdial.domain.calendar import Calendar, Window
from outdial.domain.member import Communication, Member
from outdial.domain.plan import Plan
from outdial.domain.queue import Queue, Rules
from outdial.domain.resource import Gateway, Placed, Resource, ResourceGroup, TimeRange

NOON = 1_700_049_600_000
"""2023-11-15 12:00 UTC, a Wednesday."""
ALWAYS = tuple(Window(day, 0, 1440) for day in range(7))


def a_gateway(id: int = 1, enabled: bool = True, register: bool = False) -> Gateway:
    return Gateway(id, f"gateway {id}", enabled, "127.0.0.1:5070", register, host="carrier.example")


def a_resource(id: int = 1, **more: object) -> Resource:
    values: dict[str, object] = {"enabled": True, "gateway": a_gateway(), "limit": 10, "displays": ("1000",)} | more
    return Resource(id, f"resource {id}", **values)  # type: ignore[arg-type]


def a_group(*placed: Placed, id: int = 1, times: tuple[TimeRange, ...] = (TimeRange(0, 1440),)) -> ResourceGroup:
    return ResourceGroup(id, f"group {id}", 7, placed or (Placed(a_resource()),), times)


def a_number(destination: str = "38044100", id: int = 1, **more: object) -> Communication:
    return Communication(id, id - 1, destination, 7, **more)  # type: ignore[arg-type]


def a_member(*numbers: Communication, id: int = 1) -> Member:
    return Member(id, f"member {id}", communications=numbers or (a_number(),))


def a_queue(**more: object) -> Queue:
    values: dict[str, object] = {"calendar_id": 1, "schema_id": 1, "rules": Rules()} | more
    return Queue(1, 1, "queue", values.pop("enabled", True), **values)  # type: ignore[arg-type]


def a_plan(queue: Queue | None = None, *groups: ResourceGroup, calendar: Calendar | None = None) -> Plan:
    used = groups or (a_group(),)
    return Plan(
        1,
        {1: queue or a_queue()},
        {1: calendar or Calendar(1, "always", "UTC", ALWAYS)},
        groups={g.id: g for g in used},
        queue_groups={1: tuple(g.id for g in used)},
        schemas={1: 1},
    )


def a_board(lines: dict[int, int] | None = None, now: int = NOON) -> Board:
    return Board(lines if lines is not None else {1: 10, 2: 10}, Pacing(), Random(1), now)
