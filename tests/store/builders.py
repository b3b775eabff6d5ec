"""A small campaign in a store, with defaults for everything."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.member import open_numbers
from outdial.domain.queue import Queue
from outdial.store import (
    calendars,
    claims,
    communications,
    domains,
    gateways,
    groups,
    members,
    plans,
    queues,
    resources,
    schemas,
)
from outdial.store.claims import Reservation
from outdial.store.steps import Finish, Offering
from tests.store.ground import NOON, Ground

CALLS = itertools.count(1)
PAYLOAD = {"max_attempts": 3, "wait_between_retries": 60, "originate_timeout": 30, "min_duration": 3, "max_calls": 10}


@dataclass(frozen=True)
class Campaign:
    """Ids of what ``a_campaign`` made."""

    domain: int
    type: int
    schema: int
    gateway: int
    resource: int
    group: int
    calendar: int
    queue: int


def a_campaign(ground: Ground, name: str = "acme", **queue: Any) -> Campaign:
    return ground.write(build, name, queue)


def build(conn: Connection, name: str = "acme", queue: dict[str, Any] | None = None) -> Campaign:
    d = domains.ensure(conn, name)
    type_ = communications.create(conn, d, {"code": "mobile", "name": "Mobile", "channel": "Phone"})["id"]
    schema = schemas.create(conn, d, {"name": "Greeting", "type": "voice", "schema": [{"hangup": {}}]})["id"]
    gateway = gateways.create(conn, d, {"name": "Trunk", "enable": True, "proxy": "127.0.0.1:5070"})["id"]
    values = {"name": "Line", "enabled": True, "limit": 10, "gateway": gateway}
    resource = resources.create(conn, d, values)["id"]
    resources.add_displays(conn, d, resource, ["380441234567"])
    hours = [{"start_time_of_day": 0, "end_time_of_day": 1440}]
    group = groups.create(conn, d, {"name": "Mobiles", "communication": type_, "time": hours})["id"]
    groups.RESOURCES.create(conn, d, {"resource": resource}, parent=group)
    open_days = [{"day": day, "start_time_of_day": 0, "end_time_of_day": 1440} for day in range(7)]
    calendar = calendars.create(conn, d, {"name": "Always", "accepts": open_days})["id"]
    given = {"name": "Reminder", "type": 2, "enabled": True, "calendar": calendar, "schema": schema, "payload": PAYLOAD}
    queue_id = queues.create(conn, d, given | (queue or {}))["id"]
    queues.GROUPS.create(conn, d, {"resource_group": group}, parent=queue_id)
    return Campaign(d, type_, schema, gateway, resource, group, calendar, queue_id)


def people(campaign: Campaign, *numbers: str | Sequence[str], **fields: Any) -> list[dict[str, Any]]:
    """Members with the given numbers, or several numbers each."""
    return [
        {
            "name": f"M{place}",
            "communications": [
                {"destination": n, "type": campaign.type} for n in ([given] if isinstance(given, str) else given)
            ],
            **fields,
        }
        for place, given in enumerate(numbers)
    ]


def add_members(ground: Ground, campaign: Campaign, *numbers: str | Sequence[str], **fields: Any) -> list[int]:
    return ground.write(members.bulk, campaign.domain, campaign.queue, people(campaign, *numbers, **fields))


def queue_of(conn: Connection, campaign: Campaign) -> Queue:
    return plans.load(conn).queues[campaign.queue]


def reserve(ground: Ground, campaign: Campaign, limit: int = 100) -> list[Attempt]:
    """Claims what is due, each member on its first open number."""
    return ground.write(claim, campaign, ground.now, limit)


def claim(conn: Connection, campaign: Campaign, now: int, limit: int = 100) -> list[Attempt]:
    due = claims.due(conn, queue_of(conn, campaign), now, limit)
    return claims.reserve(conn, [reservation(campaign, member, now) for member in due])


def reservation(campaign: Campaign, member: Any, now: int = NOON) -> Reservation:
    numbers = open_numbers(member)
    return Reservation(
        domain_id=campaign.domain,
        queue_id=campaign.queue,
        member=member,
        member_timezone=member.timezone or "UTC",
        communication=numbers[0],
        other_numbers=len(numbers) - 1,
        resource_id=campaign.resource,
        group_id=campaign.group,
        display="380441234567",
        call_id=f"call-{next(CALLS)}",
        joined_at=now,
    )


def offering(ground: Ground, attempt: Attempt, **changes: Any) -> Offering:
    from outdial.store import context

    fields: dict[str, Any] = {
        "attempt_id": attempt.id,
        "at": ground.now,
        "revision": ground.read(context.revision),
        "dnc_list_id": None,
        "destination": attempt.communication.destination,
        "display": attempt.display,
        "dialog": b"dialog",
    }
    return Offering(**fields | changes)


def facts(at: int = NOON, **changes: Any) -> CallFacts:
    fields: dict[str, Any] = {
        "created_at": at,
        "answered_at": at + 2000,
        "hangup_at": at + 9000,
        "cause": "NORMAL_CLEARING",
        "sip_code": 200,
        "hangup_by": "A",
    }
    return CallFacts(**fields | changes)


def finish(attempt: Attempt, **changes: Any) -> Finish:
    """Abandoned, counted, to be rung again in a minute."""
    fields: dict[str, Any] = {
        "attempt_id": attempt.id,
        "at": NOON + 9000,
        "result": "abandoned",
        "max_attempts": 3,
        "wait_s": 60,
        "per_numbers": False,
        "facts": facts(),
    }
    return Finish(**fields | changes)
