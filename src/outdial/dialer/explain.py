"""Why a queue does not dial, in sentences a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from outdial.domain.calendar import local, next_change, why_closed
from outdial.domain.plan import Plan
from outdial.domain.queue import Queue
from outdial.domain.resource import Placed, ResourceGroup

BUCKETS_OFF = "All members who wait are in buckets that are switched off; switch one on, on the queue's Buckets tab."


def why_broken(plan: Plan, queue: Queue, unreachable: Mapping[int, str], flows: Mapping[int, str]) -> str | None:
    """What in the configuration keeps the queue from dialing, or None.

    ``unreachable``: gateway id → sentence; ``flows``: schema id → what is wrong with it.
    """
    if not queue.enabled:
        return "The queue is switched off; enable it to dial."
    if queue.unbuilt:
        return f"{', '.join(queue.unbuilt)} is not honoured by this release; clear it to dial."
    if queue.rules.max_calls == 0:
        return "Max tasks is 0, so nothing is dialed; set it to the number of calls at a time."
    return _calendar(plan, queue) or _flows(plan, queue, flows) or _resources(plan, queue, unreachable)


def _calendar(plan: Plan, queue: Queue) -> str | None:
    calendar = plan.calendars.get(queue.calendar_id or 0)
    if calendar is None:
        return "The queue has no calendar; choose one on its General tab."
    if not calendar.accepts:
        return f"Calendar {calendar.name} is never open; add working hours to it."
    return None


def _flows(plan: Plan, queue: Queue, flows: Mapping[int, str]) -> str | None:
    if queue.schema_id is None or queue.schema_id not in plan.schemas:
        return "The queue has no flow schema; choose one on its General tab."
    for title, schema_id in (
        ("Flow schema", queue.schema_id),
        ("Pre-executive schema", queue.do_schema_id),
        ("After-executive schema", queue.after_schema_id),
    ):
        if schema_id is not None and schema_id in flows:
            return f"{title} {schema_id} does not work: {flows[schema_id]}"
    return None


def _resources(plan: Plan, queue: Queue, unreachable: Mapping[int, str]) -> str | None:
    groups = [plan.groups[i] for i in plan.queue_groups.get(queue.id, ())]
    if not groups:
        return "The queue has no resource group; add one on its Resources tab."
    reasons = [_group(group, unreachable) for group in groups]
    return None if None in reasons else next(r for r in reasons if r)


def _group(group: ResourceGroup, unreachable: Mapping[int, str]) -> str | None:
    if not group.resources:
        return f"Resource group {group.name} has no resource; add one on its Resources tab."
    if not group.times:
        return f"Resource group {group.name} has no time range, so it is never open; add one."
    reasons = [_placed(placed, unreachable) for placed in group.resources]
    return None if None in reasons else next(r for r in reasons if r)


def _placed(placed: Placed, unreachable: Mapping[int, str]) -> str | None:
    resource = placed.in_force()
    if resource is None:
        primary = placed.resource
        if not primary.enabled:
            return f"Resource {primary.name} is switched off; enable it in the list of resources."
        if primary.gateway is None:
            return f"Resource {primary.name} has no gateway."
        return f"Gateway {primary.gateway.name} is switched off; enable it in the list of gateways."
    assert resource.gateway is not None
    if resource.gateway.id in unreachable:
        return unreachable[resource.gateway.id]
    if resource.limit == 0:
        return f"Resource {resource.name} has a limit of 0 calls; raise it."
    if not resource.displays and not resource.gateway.register:
        return f"Resource {resource.name} has no caller number; add one on its Numbers tab."
    return None


def why_closed_now(
    plan: Plan, queue: Queue, zones: list[str], now: int
) -> tuple[str | None, frozenset[str], int | None]:
    """(sentence when all zones are closed, the closed zones, epoch ms at which the first of them opens)."""
    calendar = plan.calendars[queue.calendar_id or 0]
    verdicts = {z: why_closed(calendar, now, z or calendar.timezone) for z in zones or [""]}
    closed = frozenset(z for z, why in verdicts.items() if why)
    change = min((c for z in closed if (c := next_change(calendar, now, z or calendar.timezone))), default=None)
    if len(closed) < len(verdicts):
        return None, closed, change
    why = next(w for w in verdicts.values() if w)
    until = f"; the next change is {_when(change, calendar.timezone)}" if change else ""
    return f"{why[0].upper()}{why[1:]}{until}.", closed, change


def why_waiting(next_due: int | None, zone: str) -> str:
    """Nobody is due: when the next one is."""
    if next_due is None:
        return "No member is waiting to be called."
    return f"Nobody is due now; the next member is due {_when(next_due, zone)}."


def _when(at: int, zone: str) -> str:
    here = local(at, zone) if zone else datetime.fromtimestamp(at / 1000, UTC)
    return here.strftime("%Y-%m-%d %H:%M:%S %Z")
