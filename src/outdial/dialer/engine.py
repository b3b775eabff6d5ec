"""The dialer: wakes, claims, runs attempts, and stops in order. Wake-ups are hints; the database is the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Set
from functools import partial
from random import Random
from time import perf_counter
from typing import Any

import structlog
from sqlalchemy import Connection

from outdial.dialer.attempt import Line, Tools
from outdial.dialer.claim import Claimed, Look, claim
from outdial.dialer.globals import FRESH_S
from outdial.dialer.hooks import of_member
from outdial.dialer.onward import House
from outdial.dialer.pace import Pacing
from outdial.dialer.recover import recover
from outdial.dialer.trial import Trials
from outdial.domain.attempt import Attempt
from outdial.domain.beat import next_beat
from outdial.domain.buckets import Turns
from outdial.domain.errors import StoreUnavailable
from outdial.domain.plan import Plan
from outdial.domain.queue import Queue
from outdial.domain.resource import Resource
from outdial.store import attempts, claims, commands, lists, outbox, plans, queues, recovery, trash
from outdial.store.commands import Command
from outdial.store.context import revision

log = structlog.get_logger(__name__)

POLL_S = 0.5
"""The slow poll: what no bell announced is found after this time."""
SETTLE_S = 0.02
"""Bells that ring together make one round."""
APART_S = 0.1
"""Rounds are at least so far apart: what is reserved ahead bridges the gap, and a round has its price."""
EXPIRE_S = 30.0
EXPIRE_MOST = 500
"""Members stopped, or numbers taken off lists, by one transaction."""
SICK_S = 1.0
"""After trouble, the next round."""
FAREWELL_S = 40.0
"""At a stop, calls that were ended have so long to be over and on record: more than the 32 s after which SIP
gives up on a far end. What is open after it stays open on disk, and the next start ends it."""


class Dialer:
    """Rings what is due, one round after the other. ``run`` until ``stop``."""

    def __init__(
        self,
        tools: Tools,
        rng: Random,
        poll_s: float = POLL_S,
        *,
        claimed: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """``claimed`` hears how long each round of claiming took, its commit included."""
        self._tools = tools
        self._claimed = claimed
        self._store = tools.store
        self._switch = tools.switch
        self._flows = tools.flows
        self._now = tools.now
        self._rng = rng
        self._poll_s = poll_s
        timeout_ms = tools.media_timeout_s * 1000
        self.house = House(tools.switch, tools.store, tools.now, lambda: self._plan.gateways, timeout_ms)
        self._trials = Trials(tools, self.house)
        self._pacing = Pacing()
        self._turns = Turns()
        self._bell = asyncio.Event()
        self._plan = Plan(-1)
        self._idle: dict[int, str | None] = {}
        self._lines: dict[str, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._reloading = asyncio.Lock()
        self._in_doubt = False
        """The last round's commit was not confirmed: what it reserved may stand on disk, unknown to us."""
        self._stopping = False
        self._rounds_over = asyncio.Event()
        self._rounds_over.set()
        self._sick: str | None = "not started"

    @property
    def plan(self) -> Plan:
        return self._plan

    def ill(self) -> str | None:
        """None while it dials, else what is wrong (for /api/health)."""
        return self._sick

    def ring_bell(self) -> None:
        """Something changed; look again soon."""
        self._bell.set()

    async def reload(self) -> Plan:
        """The configuration in force now, with its flows parsed and its trunks registered."""
        async with self._reloading:
            plan = await self._store.read(self._newer)
            if plan:
                await self._flows.follow(plan)
                await self._switch.set_gateways(list(plan.gateways.values()))
                self._plan = plan
            return self._plan

    def _newer(self, conn: Connection) -> Plan | None:
        return plans.load(conn) if revision(conn) != self._plan.revision else None

    def next_moment(self, resource: Resource) -> int:
        return self._pacing.next(resource, self._now())

    def aside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._spawn(work)

    async def run(self) -> None:
        """Recovers what a dead service left, then claims until stopped."""
        for kind in ("config", "members", "command"):
            self._store.subscribe(kind, self.ring_bell)
        self._rounds_over.clear()
        keepers: list[asyncio.Task[None]] = []
        try:
            await self._patiently(self.reload)
            await self._patiently(lambda: recover(self._tools, self.reload, self._spawn))
            keepers = [self._spawn(self._expire_forever()), self._spawn(self._refresh_forever())]
            while not self._stopping:
                await self._sleep(await self._round())
        finally:
            self._rounds_over.set()
            for keeper in keepers:
                keeper.cancel()

    async def stop(self, drain_s: float) -> None:
        """Claims no more; calls go on up to ``drain_s``, then end with BYE and are recorded."""
        self._stopping = True
        self._bell.set()
        for line in list(self._lines.values()):
            line.do_not_ring()
        await self._quiet(drain_s)
        for line in list(self._lines.values()):
            line.end("SYSTEM_SHUTDOWN", "service")
        self._trials.end_all()
        await self._quiet(FAREWELL_S)
        if self._lines:
            log.error("dialer.left_open", attempts=[line.attempt.id for line in self._lines.values()])
        for task in self._tasks:
            task.cancel()

    async def _quiet(self, within_s: float) -> None:
        """Until nothing of ours runs any more, or for so long."""
        try:
            async with asyncio.timeout(within_s):
                await self._rounds_over.wait()
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            return

    async def _round(self) -> float:
        """One look at everything; answers how long to sleep, in seconds. Calls in progress outlive its trouble."""
        try:
            wait_s = await self._look_around()
        except StoreUnavailable as error:
            self._sick, self._in_doubt = error.detail, True
            log.warning("dialer.store_unavailable", detail=error.detail)
            return SICK_S
        except Exception as error:
            self._sick, self._in_doubt = f"a fault of its own: {error!r}", True
            log.error("dialer.bug", exc_info=error)
            return SICK_S
        self._sick = None
        return wait_s

    async def _look_around(self) -> float:
        plan = self._plan
        look = self._look(plan)
        known = {line.attempt.id for line in self._lines.values()} if self._in_doubt else None
        began = perf_counter()
        orders, claimed = await self._store.write(lambda conn: _take(conn, look, known))
        self._claimed(perf_counter() - began)
        self._in_doubt = False
        for attempt in claimed.attempts if claimed else ():
            self._start(attempt, plan.queues[attempt.queue_id])
        self._obey(orders)
        if claimed is None:
            await self.reload()
            return 0.0
        await self._tell(claimed)
        if claimed.wake_at is None:
            return self._poll_s
        return min(self._poll_s, max(APART_S, (claimed.wake_at - self._now()) / 1000))

    def _look(self, plan: Plan) -> Look:
        faults = {g.id: why for g in plan.gateways.values() if (why := self._switch.why_unreachable(g))}
        return Look(plan, self._now(), self._pacing, self._rng, faults, self._flows.broken, self._turns)

    def _start(self, attempt: Attempt, queue: Queue) -> None:
        line = Line(attempt, queue, self._tools, self)
        if self._stopping:  # the stop came while this was being reserved
            line.do_not_ring()
        self._lines[attempt.call_id] = line
        self._spawn(self._attend(line))

    async def _attend(self, line: Line) -> None:
        """The supervisor of one attempt: whatever happens in it, it ends on record."""
        try:
            await line.run()
        except Exception as error:
            log.error("dialer.bug", attempt=line.attempt.id, exc_info=error)
            await line.put_on_record(line.give_up())
        finally:
            del self._lines[line.attempt.call_id]
            self.ring_bell()

    def _obey(self, orders: list[Command]) -> None:
        for order in orders:
            if order.kind == "hook":
                self._spawn(self._hook(order))
            elif order.kind == "trial":
                self._spawn(self._trials.run(order))
            elif order.kind == "trial_end":
                self._trials.hang_up(order)
            for line in self._meant(order):
                line.end(str(order.payload.get("cause") or "MANAGER_REQUEST"), "B")

    async def _hook(self, order: Command) -> None:
        """The flow of a hook for a member who came, or left without being rung; no dialing hangs on it."""
        queue = self._plan.queues.get(order.payload["queue_id"])
        found = await self._store.read(lambda conn: claims.one(conn, order.payload["member_id"]))
        if queue and found:
            given = of_member(queue, found, order.payload["event"], self._now())
            await self._flows.hook(order.domain_id, order.payload["schema_id"], given)

    def _meant(self, order: Command) -> list[Line]:
        """The attempts that an order ends."""
        queue_id = order.payload.get("queue_id")
        if order.kind == "stop_queue":
            return [line for line in self._lines.values() if line.attempt.queue_id == queue_id]
        return [line for line in self._lines.values() if order.kind == "hangup" and line.attempt.id == order.attempt_id]

    async def _tell(self, claimed: Claimed) -> None:
        """Writes the sentences that changed."""
        changed = {i: why for i, why in claimed.idle.items() if self._idle.get(i, "") != why}
        if changed:
            await self._store.write(lambda conn: _write_reasons(conn, changed))
        self._idle = claimed.idle

    async def _expire_forever(self) -> None:
        while not self._stopping:
            await self._patiently(self._expire)
            await asyncio.sleep(EXPIRE_S)

    async def _expire(self) -> None:
        """Members, numbers on lists, deletions and deliveries whose time is over."""
        for over in (claims.expire, lists.purge, trash.purge, outbox.purge):
            done = EXPIRE_MOST
            while done == EXPIRE_MOST:
                done = await self._store.write(partial(over, now=self._now(), limit=EXPIRE_MOST))

    async def _refresh_forever(self) -> None:
        while not self._stopping:
            await self._patiently(self._flows.globals.refresh)
            await asyncio.sleep(FRESH_S)

    async def _patiently(self, act: Callable[[], Awaitable[Any]]) -> None:
        """Until the store takes it, or the service stops."""
        while not self._stopping:
            try:
                await act()
                return
            except StoreUnavailable as error:
                self._sick = error.detail
                await asyncio.sleep(SICK_S)

    async def _sleep(self, seconds: float) -> None:
        """Until the time is over, or a bell rang and the rounds are far enough apart."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return
        if not self._stopping:
            now = loop.time()
            await asyncio.sleep(next_beat(max(now + SETTLE_S, began + APART_S)) - now)
        self._bell.clear()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._settled)
        return task

    def _settled(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("dialer.bug", exc_info=error)


def _write_reasons(conn: Connection, reasons: dict[int, str | None]) -> None:
    for queue_id, why in reasons.items():
        queues.set_idle_reason(conn, queue_id, why)


def _take(conn: Connection, look: Look, known: Set[int] | None) -> tuple[list[Command], Claimed | None]:
    """Orders and attempts. No attempts: the plan is old; the configuration changed meanwhile.

    ``known``: attempts that somebody lives; idle ones beside them came of a commit that was not confirmed.
    """
    if known is not None:
        found = [opened.attempt.id for opened in recovery.open_attempts(conn) if opened.state == "idle"]
        attempts.release(conn, [attempt_id for attempt_id in found if attempt_id not in known])
    return commands.take(conn), claim(conn, look) if revision(conn) == look.plan.revision else None
