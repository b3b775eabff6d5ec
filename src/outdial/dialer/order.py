"""From an attempt to what the switch is asked, and the last check before its INVITE (DESIGN, promise 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from outdial.domain.attempt import Attempt, Result
from outdial.domain.calendar import in_range, local_minute, minute_of, why_closed
from outdial.domain.plan import Plan
from outdial.domain.queue import bucket_of
from outdial.domain.resource import Gateway, Resource
from outdial.flow.attempt import PreOutcome
from outdial.switch.port import Order


@dataclass(frozen=True, slots=True)
class No:
    """The call must not be made. ``reason`` is a stable code, kept with the attempt."""

    reason: str
    text: str
    result: Result = "cancel"
    wait_s: int = 0
    stop: bool = False


def last_check(plan: Plan, attempt: Attempt, now: int) -> No | None:
    """Everything that may have changed since the claim, under the plan in force; anything unknown is a no."""
    queue = plan.queues.get(attempt.queue_id)
    if queue is None or not queue.enabled or queue.unbuilt or queue.rules.max_calls == 0:
        return No("queue_off", "The queue was switched off before the call left.")
    link = bucket_of(queue, attempt.bucket_id)
    if link and link.disabled:
        return No("bucket_off", "The member's bucket was switched off before the call left.")
    calendar = plan.calendars.get(queue.calendar_id or 0)
    if calendar is None:
        return No("calendar_gone", "The queue's calendar is gone.")
    closed = why_closed(calendar, now, attempt.member_timezone)
    if closed:
        return No("outside_hours", f"{closed}.")
    resource = plan.resources.get(attempt.resource_id)
    if resource is None or not resource.enabled or resource.limit == 0 or not _is_on(resource.gateway):
        return No("resource_off", "The resource or its gateway was switched off before the call left.")
    return _group_check(plan, attempt, now)


def _is_on(gateway: Gateway | None) -> bool:
    return gateway is not None and gateway.enabled


def _group_check(plan: Plan, attempt: Attempt, now: int) -> No | None:
    group = plan.groups.get(attempt.group_id)
    if group is None or group.id not in plan.queue_groups.get(attempt.queue_id, ()):
        return No("group_gone", "The resource group does not belong to the queue any more.")
    minute = minute_of(local_minute(now, attempt.member_timezone))
    if not any(in_range(minute, t.start, t.end) for t in group.times):
        return No("outside_group_time", f"Resource group {group.name} is outside its time range.")
    return None


def order_of(attempt: Attempt, plan: Plan, resource: Resource, recording: Path | None, media_timeout_s: int) -> Order:
    """What the switch is asked to do. The resource has a gateway: ``last_check`` saw it."""
    assert resource.gateway is not None
    queue = plan.queues[attempt.queue_id]
    return Order(
        call_id=attempt.call_id,
        destination=attempt.communication.destination.replace(" ", ""),
        gateway=resource.gateway,
        display=attempt.display,
        cid_type=resource.cid_type,
        ignore_early_media=resource.ignore_early_media,
        ring_timeout_ms=queue.rules.originate_timeout_s * 1000,
        recording=recording,
        media_timeout_ms=media_timeout_s * 1000,
    )


def confirmed(attempt: Attempt, outcome: PreOutcome) -> Attempt:
    """The attempt as the pre-flow wants it: another number or caller id, more variables (flow-engine §5.3)."""
    number = attempt.communication
    if outcome.destination:
        number = replace(number, destination=outcome.destination)
    return replace(
        attempt,
        communication=number,
        display=outcome.display or attempt.display,
        variables=attempt.variables | outcome.exports,
    )
