"""Which number of a member to ring and which resource carries it (dialer-core §1.3, §2.2, §2.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from random import Random

from outdial.dialer.pace import Pacing
from outdial.domain.calendar import in_range, local, minute_of
from outdial.domain.member import Communication, Member, open_numbers
from outdial.domain.number import normalise
from outdial.domain.plan import Plan
from outdial.domain.queue import Queue
from outdial.domain.resource import Placed, Resource, ResourceGroup, carries


@dataclass(frozen=True, slots=True)
class Lane:
    """A usable pair of group and resource."""

    group: ResourceGroup
    placed: Placed
    resource: Resource


@dataclass(slots=True)
class Board:
    """What is free in one round of claiming, for all queues; counted down as members are placed."""

    lines: dict[int, int]
    """Resource id → free lines."""
    pacing: Pacing
    rng: Random
    now: int
    """Epoch ms."""

    def free(self, resource: Resource) -> bool:
        return self.lines[resource.id] > 0


@dataclass(frozen=True, slots=True)
class Chosen:
    communication: Communication
    lane: Lane
    display: str
    ring_at: int
    """Epoch ms."""
    barred: tuple[Communication, ...]
    """Numbers of the stop list that were passed over on the way."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing to ring."""

    reason: str
    barred: tuple[Communication, ...] = ()
    full: bool = False
    """True: only lines or calls per second are missing; the member need not be looked at otherwise."""


def lanes(plan: Plan, queue: Queue, unreachable: Mapping[int, str]) -> list[Lane]:
    """The queue's usable pairs now: resource on (or its reserve), gateway on and reachable."""
    found = []
    for group_id in plan.queue_groups.get(queue.id, ()):
        group = plan.groups[group_id]
        for placed in group.resources:
            resource = placed.in_force()
            if resource and resource.gateway and resource.gateway.id not in unreachable:
                found.append(Lane(group, placed, resource))
    return found


def may_show(communication: Communication, resource: Resource) -> bool:
    """Whether there is a caller id: nobody is rung without one (a registration supplies its own)."""
    registered = resource.gateway is not None and resource.gateway.register
    return bool(communication.display or resource.displays or registered)


def display_for(communication: Communication, resource: Resource, rng: Random) -> str:
    if communication.display:
        return communication.display
    return rng.choice(resource.displays) if resource.displays else ""


@dataclass(frozen=True, slots=True)
class Round:
    """One queue's turn in a round."""

    queue: Queue
    lanes: list[Lane]
    barred: Collection[str]
    """Normalised numbers of the queue's stop list."""
    board: Board


def choose(member: Member, zone: str, turn: Round) -> Chosen | Passed:
    """The first open number that a usable pair carries now; ``zone`` is the member's, or the calendar's."""
    board = turn.board
    blocked: list[Communication] = []
    reason, full = "no open number", False
    minute = minute_of(local(board.now, zone))
    for number in open_numbers(member):
        if normalise(number.destination) in turn.barred:
            blocked.append(number)
            reason = "on the stop list"
            continue
        fitting, why = _fitting(number, turn.lanes, minute)
        if not fitting:
            reason = why
            continue
        for lane in _in_order(fitting, turn.queue, board.rng):
            at = board.pacing.moment(lane.resource, board.now)
            if board.free(lane.resource) and at is not None:
                display = display_for(number, lane.resource, board.rng)
                return Chosen(number, lane, display, at, tuple(blocked))
        reason, full = "no free line", True
    return Passed(reason, tuple(blocked), full)


def _fitting(number: Communication, pairs: list[Lane], minute: int) -> tuple[list[Lane], str]:
    """Pairs that may carry the number at this minute, or the rule that leaves none."""
    steps = (
        (
            "no resource group of the queue takes numbers of this type",
            lambda p: p.group.communication_type_id == number.type_id,
        ),
        ("the number is bound to another resource", lambda p: number.resource_id in (None, p.resource.id)),
        ("no resource takes this number (patterns)", lambda p: carries(p.resource, number.destination)),
        ("no caller id for this number", lambda p: may_show(number, p.resource)),
        (
            "outside the time range of the resource group",
            lambda p: any(in_range(minute, t.start, t.end) for t in p.group.times),
        ),
    )
    left = pairs
    for why, allows in steps:
        left = [pair for pair in left if allows(pair)]
        if not left:
            return [], why
    return left, ""


def _in_order(pairs: list[Lane], queue: Queue, rng: Random) -> list[Lane]:
    """Random order; by priority, smaller first and ties random, where the queue says so."""
    shuffled = rng.sample(pairs, len(pairs))
    if queue.rules.resource_strategy == "priority-based":
        shuffled.sort(key=lambda lane: lane.placed.priority)
    return shuffled
