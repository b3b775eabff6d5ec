"""One round of claiming: member, number, resource, line and moment, reserved in one transaction (dialer-core §10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from sqlalchemy import Connection

from outdial.dialer.choose import Board, Chosen, Lane, Passed, Round, choose, lanes
from outdial.dialer.explain import BUCKETS_OFF, why_broken, why_closed_now, why_waiting
from outdial.dialer.pace import Pacing
from outdial.domain.attempt import Attempt
from outdial.domain.buckets import Turns
from outdial.domain.member import Member, open_numbers
from outdial.domain.number import normalise
from outdial.domain.plan import Plan
from outdial.domain.queue import Queue, bucket_of
from outdial.domain.resource import Resource
from outdial.store import claims
from outdial.store.claims import Busy, Reservation

MOST_PER_ROUND = 100
"""Attempts that one queue reserves in one round, so that no transaction grows long."""
SPARE = 20
"""Members looked at beyond those that can be placed, for some will be barred or bound to another trunk."""
DEFER_MS = 60_000
"""A member that no rule lets ring now is looked at again after this time."""
CONFLICT_MS = 5_000
"""The same for one whose number is in another call just now."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the engine knows beside the store."""

    plan: Plan
    now: int
    pacing: Pacing
    rng: Random
    unreachable: Mapping[int, str]
    """Gateway id → sentence."""
    broken_flows: Mapping[int, str]
    """Schema id → what is wrong with it."""
    turns: Turns = field(default_factory=Turns)


@dataclass(slots=True)
class Claimed:
    attempts: list[Attempt] = field(default_factory=list)
    idle: dict[int, str | None] = field(default_factory=dict)
    """Queue id → why it does not dial; None while it does."""
    wake_at: int | None = None
    """Epoch ms at which the next round may find more; None: only an event can change anything."""

    def wake_by(self, at: int | None) -> None:
        if at is not None:
            self.wake_at = at if self.wake_at is None else min(at, self.wake_at)


def claim(conn: Connection, look: Look) -> Claimed:
    """Reserves what can be rung at once, queue by queue, bigger priority first."""
    claims.promote(conn, look.now)
    busy = claims.busy(conn)
    board = Board(_free_lines(look.plan, busy), look.pacing, look.rng, look.now)
    claiming = _Claiming(conn, look, board)
    for queue in sorted(look.plan.queues.values(), key=lambda q: (-q.priority, q.id)):
        claiming.queue(queue, busy.per_queue.get(queue.id, 0))
    return claiming.claimed


def _free_lines(plan: Plan, busy: Busy) -> dict[int, int]:
    unlimited = 1_000_000
    return {
        r.id: (unlimited if r.limit < 0 else r.limit) - busy.per_resource.get(r.id, 0) for r in plan.resources.values()
    }


class _Claiming:
    """The transaction's state while it goes from queue to queue."""

    def __init__(self, conn: Connection, look: Look, board: Board) -> None:
        self.conn = conn
        self.look = look
        self.board = board
        self.claimed = Claimed()

    def queue(self, queue: Queue, active: int) -> None:
        before = len(self.claimed.attempts)
        reason = self._claim(queue, active)
        dialing = active or len(self.claimed.attempts) > before
        self.claimed.idle[queue.id] = None if dialing else reason

    def _claim(self, queue: Queue, active: int) -> str | None:
        """Adds the queue's attempts; answers why there are none."""
        plan, now = self.look.plan, self.look.now
        broken = why_broken(plan, queue, self.look.unreachable, self.look.broken_flows)
        if broken:
            return broken
        closed_text, closed, change = why_closed_now(plan, queue, claims.zones(self.conn, queue.id), now)
        self.claimed.wake_by(change)
        if closed_text:
            return closed_text
        usable = lanes(plan, queue, self.look.unreachable)
        take = _take(queue, usable, self.board, active)
        if take <= 0:
            self._all_full(usable)
            return "All lines of the queue's resources are in use."
        limit = take + SPARE
        members = claims.due(self.conn, queue, now, limit, closed, turns=self.look.turns)
        due = claims.next_due(self.conn, queue.id) if len(members) < limit else None
        self.claimed.wake_by(due)
        if not members and claims.only_disabled(self.conn, queue):
            return BUCKETS_OFF
        if not members:
            return why_waiting(due, plan.calendars[queue.calendar_id or 0].timezone)
        turn = Round(queue, usable, self._barred(queue, members), self.board)
        return self._place(turn, members, take)

    def _barred(self, queue: Queue, members: list[Member]) -> set[str]:
        if queue.dnc_list_id is None:
            return set()
        numbers = {normalise(c.destination) for m in members for c in open_numbers(m)}
        return claims.barred(self.conn, queue.dnc_list_id, numbers)

    def _place(self, turn: Round, members: list[Member], take: int) -> str | None:
        """Chooses for one member after the other and reserves; answers the last reason for not ringing."""
        home = self.look.plan.calendars[turn.queue.calendar_id or 0].timezone
        wanted: list[Reservation] = []
        deferred: dict[str, list[int]] = {}
        reason = None
        for member in members:
            if len(wanted) >= take:
                break
            zone = member.timezone or home
            result = choose(member, zone, turn)
            for number in result.barred:
                claims.bar(self.conn, turn.queue, member, number, self.look.now)
            if isinstance(result, Chosen):
                wanted.append(_reservation(turn, member, zone, result))
                self._count(turn.queue, member)
                continue
            reason = result.reason
            if result.full and self._all_full(turn.lanes):
                break
            if not result.full and not _fully_barred(member, result):
                deferred.setdefault(result.reason, []).append(member.id)
        for why, ids in deferred.items():
            claims.defer(self.conn, ids, self.look.now + DEFER_MS, why)
        self._reserve(wanted)
        return reason and f"No member can be rung now: {reason}."

    def _count(self, queue: Queue, member: Member) -> None:
        link = bucket_of(queue, member.bucket_id)
        if link:
            self.look.turns.took(queue.id, link)

    def _all_full(self, usable: list[Lane]) -> bool:
        """No lane has both a line and a moment; where only the moment is missing, says when it comes."""
        open_lanes = [lane.resource for lane in usable if self.board.free(lane.resource)]
        pacing = self.board.pacing
        if any(pacing.moment(resource, self.look.now) is not None for resource in open_lanes):
            return False
        self.claimed.wake_by(min((pacing.free_at(resource) for resource in open_lanes), default=None))
        return True

    def _reserve(self, wanted: list[Reservation]) -> None:
        """A number that is in another call just now makes its reservation fail; that member waits a little."""
        if not wanted:
            return
        got = claims.reserve(self.conn, wanted)
        self.claimed.attempts.extend(got)
        taken = {attempt.member_id for attempt in got}
        lost = [r.member.id for r in wanted if r.member.id not in taken]
        if lost:
            claims.defer(self.conn, lost, self.look.now + CONFLICT_MS, "this number is in another call")


def _take(queue: Queue, usable: list[Lane], board: Board, active: int) -> int:
    """How many calls may be reserved now: by the queue's slots, the lines, and the moments that are near."""
    slots = MOST_PER_ROUND if queue.rules.max_calls < 0 else queue.rules.max_calls - active
    resources = {lane.resource.id: lane.resource for lane in usable}.values()
    return min(slots, MOST_PER_ROUND, sum(_room(resource, board) for resource in resources))


def _room(resource: Resource, board: Board) -> int:
    lines, moments = max(0, board.lines[resource.id]), board.pacing.room(resource, board.now)
    return lines if moments is None else min(lines, moments)


def _fully_barred(member: Member, result: Passed) -> bool:
    """Such a member has just been stopped; there is nothing to defer."""
    return len(result.barred) == len(open_numbers(member)) > 0


def _reservation(turn: Round, member: Member, zone: str, chosen: Chosen) -> Reservation:
    resource, board = chosen.lane.resource, turn.board
    board.lines[resource.id] -= 1
    board.pacing.take(resource, chosen.ring_at)
    return Reservation(
        domain_id=turn.queue.domain_id,
        queue_id=turn.queue.id,
        member=member,
        member_timezone=zone,
        communication=chosen.communication,
        other_numbers=len(open_numbers(member)) - 1 - len(chosen.barred),
        resource_id=resource.id,
        group_id=chosen.lane.group.id,
        display=chosen.display,
        call_id=str(UUID(int=board.rng.getrandbits(128), version=4)),
        joined_at=board.now,
        ring_at=chosen.ring_at,
    )
