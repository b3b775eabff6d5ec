"""Hooks of queues: flows started aside when an attempt changes its state (flow-engine §5.4)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from outdial.domain.happening import Moved, Stage
from outdial.domain.member import Member
from outdial.domain.queue import HookEvent, Queue
from outdial.flow import known

Spawn = Callable[[Coroutine[Any, Any, None]], object]


class Starts(Protocol):
    """Who runs flows."""

    async def hook(self, domain_id: int, schema_id: int, given: dict[str, str]) -> None: ...


EVENT_OF: dict[Stage, HookEvent] = {
    "waiting": "joined",
    "offering": "offering",
    "bridged": "bridged",
    "over": "leaving",
}


def fire(flows: Starts, spawn: Spawn, queue: Queue, moved: Moved) -> None:
    """Starts the queue's flows for this stage; nothing waits for them and nothing of the attempt hangs on them."""
    event = EVENT_OF.get(moved.stage)
    wanted = [hook.schema_id for hook in queue.hooks if hook.event == event]
    if event is None or not wanted:
        return
    given = known.of_attempt(queue, moved.attempt, moved.at) | {"state": event, "channel": "call"}
    given["member_channel_id"] = moved.attempt.call_id
    if moved.stage == "over":
        given["cc_result"] = moved.result
        given |= known.of_end(moved.facts, moved.result, {}) if moved.facts else {}
    for schema_id in wanted:
        spawn(flows.hook(queue.domain_id, schema_id, given))


def of_member(queue: Queue, member: Member, event: str, now: int) -> dict[str, str]:
    """What the flow of a hook is given for a member who has no attempt: a new one, or one whose time is over."""
    first = member.communications[0].destination if member.communications else ""
    given = {
        "member_id": str(member.id),
        "member_name": member.name,
        "queue_id": str(queue.id),
        "destination": first,
        "bucket_id": str(member.bucket_id or ""),
        "timestamp": str(now),
        "cc_result": member.stop_cause,
        "member_stop_cause": member.stop_cause,
        "state": event,
        "channel": "call",
    }
    return known.filled(queue.variables | member.variables | given)
