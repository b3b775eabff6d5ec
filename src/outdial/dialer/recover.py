"""At start: what a dead service left open is ended with a cause, and nobody is rung twice for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from outdial.dialer.attempt import Tools, persist, told_after
from outdial.dialer.ending import LOST_CAUSE, Told, finish_call
from outdial.domain.attempt import CallFacts
from outdial.domain.plan import Plan
from outdial.store import attempts, recovery
from outdial.store.recovery import OpenAttempt

log = structlog.get_logger(__name__)

FORGET_S = 5.0
"""How long the start waits for far ends to confirm; their BYE goes on being repeated after it."""


Spawn = Callable[[Coroutine[Any, Any, None]], object]


async def recover(tools: Tools, reload: Callable[[], Awaitable[Plan]], spawn: Spawn) -> None:
    """Releases what never rang, ends what rang or talked, and finishes what had hung up.

    After-flows may take their time, so each runs as a task of its own (``spawn``) beside the dialing; its member
    stays reserved until then.
    """
    store, switch = tools.store, tools.switch
    left = await store.read(recovery.open_attempts)
    if not left:
        return
    log.info("dialer.recovering", attempts=len(left))
    idle = [o.attempt.id for o in left if o.state == "idle"]
    await store.write(lambda conn: attempts.release(conn, idle))
    up = [o for o in left if o.state in ("offering", "bridged")]
    goodbyes = [asyncio.create_task(switch.forget(o.dialog or b"", o.state == "bridged")) for o in up]
    if goodbyes:
        await asyncio.wait(goodbyes, timeout=FORGET_S)
    plan = await reload()
    for opened in up:
        await _end_lost(tools, plan, opened)
    for opened in left:
        if opened.state == "hangup" and opened.facts:
            spawn(_conclude(tools, plan, opened, opened.facts))


async def _conclude(tools: Tools, plan: Plan, opened: OpenAttempt, facts: CallFacts) -> None:
    attempt = opened.attempt
    told = await told_after(tools, plan, attempt, facts, Told(call_variables=opened.variables))
    await persist(tools, finish_call(plan.queues[attempt.queue_id], attempt, facts, told, tools.hurry))


async def _end_lost(tools: Tools, plan: Plan, opened: OpenAttempt) -> None:
    attempt = opened.attempt
    queue = plan.queues[attempt.queue_id]
    facts = CallFacts(
        created_at=opened.offering_at,
        answered_at=opened.bridged_at,
        hangup_at=tools.now(),
        cause=LOST_CAUSE,
        sip_code=487,
        hangup_by="service",
        phrase="The service stopped while this call was up.",
    )
    told = Told(recordings=tools.recordings.of(attempt, tools.recordings.path(attempt), facts))
    await persist(tools, finish_call(queue, attempt, facts, told, tools.hurry))
