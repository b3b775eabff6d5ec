"""Hooks of queues: flows started aside when an attempt changes its state (flow-engine §5.4)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.queue import HookEvent, Queue
from outdial.flow import known

Spawn = Callable[[Coroutine[Any, Any, None]], object]


class Starts(Protocol):
    """Who runs flows."""

    async def hook(self, domain_id: int, schema_id: int, given: dict[str, str]) -> None: ...


def fire(
    flows: Starts,
    spawn: Spawn,
    queue: Queue,
    attempt: Attempt,
    event: HookEvent,
    now: int,
    facts: CallFacts | None = None,
    result: str = "",
) -> None:
    """Starts the queue's flows for this event; nothing waits for them and nothing of the attempt hangs on them."""
    wanted = [hook.schema_id for hook in queue.hooks if hook.event == event]
    if not wanted:
        return
    given = known.of_attempt(queue, attempt, now) | {"state": event, "channel": "call"}
    given["member_channel_id"] = attempt.call_id
    if facts:
        given |= known.of_end(facts, result, {})
    elif result:
        given["cc_result"] = result
    for schema_id in wanted:
        spawn(flows.hook(queue.domain_id, schema_id, given))
