"""The dialer: wakes, claims, runs attempts, and stops in order. Wake-ups are hints; the database is the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any

import structlog
from sqlalchemy import Connection

from outdial.dialer.attempt import Line, Tools, persist
from outdial.dialer.claim import Claimed, Look, claim
from outdial.dialer.pace import Pacing
from outdial.dialer.recover import recover
from outdial.domain.attempt import Attempt
from outdial.domain.errors import StoreUnavailable
from outdial.domain.plan import Plan
from outdial.store import claims, commands, plans, queues
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


class Dialer:
    """Rings what is due, one round after the other. ``run`` until ``stop``."""

    def __init__(self, tools: Tools, rng: Random, poll_s: float = POLL_S) -> None:
        self._tools = tools
        self._store = tools.store
        self._switch = tools.switch
        self._flows = tools.flows
        self._now = tools.now
        self._rng = rng
        self._poll_s = poll_s
        self._pacing = Pacing()
        self._bell = asyncio.Event()
        self._plan = Plan(-1)
        self._idle: dict[int, str | None] = {}
        self._lines: dict[str, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
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
        plan = await self._store.read(plans.load)
        if plan.revision != self._plan.revision:
            await self._flows.follow(plan)
            self._plan = plan
            await self._switch.set_gateways(list(plan.gateways.values()))
        return self._plan

    async def run(self) -> None:
        """Recovers what a dead service left, then claims until stopped."""
        for kind in ("config", "members", "command"):
            self._store.subscribe(kind, self.ring_bell)
        await self._patiently(self.reload)
        await self._patiently(lambda: recover(self._tools, self.reload, self._spawn))
        self._sick = None
        expire = self._spawn(self._expire_forever())
        while not self._stopping:
            wait_s = await self._round()
            await self._sleep(wait_s)
        expire.cancel()

    async def stop(self, drain_s: float) -> None:
        """Claims no more; calls go on up to ``drain_s``, then end with BYE and are recorded."""
        self._stopping = True
        self._bell.set()
        for line in list(self._lines.values()):
            line.do_not_ring()
        running = [t for t in self._tasks if not t.done()]
        if running and drain_s > 0:
            await asyncio.wait(running, timeout=drain_s)
        for line in list(self._lines.values()):
            line.end("SYSTEM_SHUTDOWN", "service")
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _round(self) -> float:
        """One look at everything; answers how long to sleep, in seconds."""
        try:
            look = self._look(self._plan)
            orders, claimed = await self._store.write(lambda conn: (commands.take(conn), _claim(conn, look)))
            self._obey(orders)
            if claimed is None:
                await self.reload()
                return 0.0
        except StoreUnavailable as error:
            self._sick = error.detail
            log.warning("dialer.store_unavailable", detail=error.detail)
            return 1.0
        self._sick = None
        for attempt in claimed.attempts:
            self._start(attempt)
        await self._tell(claimed)
        if claimed.wake_at is None:
            return self._poll_s
        return min(self._poll_s, max(APART_S, (claimed.wake_at - self._now()) / 1000))

    def _look(self, plan: Plan) -> Look:
        faults = {g.id: why for g in plan.gateways.values() if (why := self._switch.why_unreachable(g))}
        return Look(plan, self._now(), self._pacing, self._rng, faults, self._flows.broken)

    def _start(self, attempt: Attempt) -> None:
        line = Line(attempt, self._tools, self)
        self._lines[attempt.call_id] = line
        self._spawn(self._attend(line))

    async def _attend(self, line: Line) -> None:
        """The supervisor of one attempt: whatever happens in it, it ends on record."""
        try:
            await line.run()
        except Exception as error:
            log.error("dialer.bug", attempt=line.attempt.id, exc_info=error)
            await persist(self._tools, line.give_up())
        finally:
            del self._lines[line.attempt.call_id]
            self.ring_bell()

    def _obey(self, orders: list[Command]) -> None:
        by_attempt = {line.attempt.id: line for line in self._lines.values()}
        for order in orders:
            line = by_attempt.get(order.attempt_id or 0)
            if line and order.kind == "hangup":
                line.end(str(order.payload.get("cause") or "MANAGER_REQUEST"), "B")

    async def _tell(self, claimed: Claimed) -> None:
        """Writes the sentences that changed."""
        changed = {i: why for i, why in claimed.idle.items() if self._idle.get(i, "") != why}
        self._idle = claimed.idle
        if changed:
            await self._store.write(lambda conn: _write_reasons(conn, changed))

    async def _expire_forever(self) -> None:
        while not self._stopping:
            await self._patiently(lambda: self._store.write(lambda conn: claims.expire(conn, self._now())))
            await asyncio.sleep(EXPIRE_S)

    async def _patiently(self, act: Any) -> None:
        """Until the store takes it."""
        while True:
            try:
                await act()
                return
            except StoreUnavailable as error:
                self._sick = error.detail
                await asyncio.sleep(1.0)

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
            await asyncio.sleep(max(SETTLE_S, began + APART_S - loop.time()))
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


def _claim(conn: Connection, look: Look) -> Claimed | None:
    """None: the plan is old; the configuration changed meanwhile."""
    return claim(conn, look) if revision(conn) == look.plan.revision else None
