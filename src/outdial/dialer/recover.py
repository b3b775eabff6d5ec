"""At start: what a dead service left open is ended with a cause, and nobody is rung twice for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import structlog

from outdial.dialer.attempt import Tools, told_after
from outdial.dialer.ending import LOST_CAUSE, Told, finish_call, over, persist
from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.plan import Plan
from outdial.domain.queue import Queue
from outdial.store import attempts, legs, recovery
from outdial.store.base import Store
from outdial.store.recovery import OpenAttempt
from outdial.switch.port import Switch

log = structlog.get_logger(__name__)

FORGET_S = 5.0
"""How long the start waits for far ends to confirm; their BYE goes on being repeated after it."""


Spawn = Callable[[Coroutine[Any, Any, None]], object]


async def recover(tools: Tools, reload: Callable[[], Awaitable[Plan]], spawn: Spawn) -> None:
    """Releases what never rang, ends what rang or talked, and finishes what had hung up.

    After-flows may take their time, so each attempt is ended by a task of its own (``spawn``) beside the dialing;
    its member stays reserved until then.
    """
    store, switch = tools.store, tools.switch
    await _end_second_legs(store, switch)
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
    for opened in left:
        if opened.state != "idle":
            spawn(_end(tools, plan, opened))


async def _end_second_legs(store: Store, switch: Switch) -> None:
    """Their calls are ended as lost like others, after them."""
    left = await store.read(legs.left)
    if left:
        goodbyes = [asyncio.create_task(switch.forget(leg.dialog, leg.answered)) for leg in left]
        await asyncio.wait(goodbyes, timeout=FORGET_S)
        await store.write(lambda conn: legs.over(conn, [leg.call_id for leg in left]))


async def _end(tools: Tools, plan: Plan, opened: OpenAttempt) -> None:
    attempt = _as_dialled(opened)
    queue = plan.queues.get(attempt.queue_id) or _gone(attempt)
    facts = opened.facts or _lost(opened, tools.now())
    told = Told(
        call_variables=opened.variables,
        schema_ids=(queue.schema_id,) if facts.answered_at and queue.schema_id else (),
        recordings=(
            *tools.recordings.of(attempt, tools.recordings.path(attempt), facts),
            *tools.recordings.left(attempt, facts),
        ),
    )
    if opened.facts:
        told = await told_after(tools, queue, attempt, facts, told)
    finish = finish_call(queue, attempt, facts, told, tools.hurry)
    if await persist(tools.store, finish):
        tools.tell(over(finish, attempt, tools.now(), queue.name))


def _lost(opened: OpenAttempt, now: int) -> CallFacts:
    return CallFacts(
        created_at=opened.offering_at,
        answered_at=opened.bridged_at,
        hangup_at=now,
        cause=LOST_CAUSE,
        sip_code=487,
        hangup_by="service",
        phrase="The service stopped while this call was up.",
    )


def _as_dialled(opened: OpenAttempt) -> Attempt:
    """The pre-flow may have chosen another number than the member's."""
    number = opened.attempt.communication
    return replace(opened.attempt, communication=replace(number, destination=opened.destination or number.destination))


def _gone(attempt: Attempt) -> Queue:
    """Stands for a queue that was deleted."""
    return Queue(attempt.queue_id, attempt.domain_id, "", False, None, None)
