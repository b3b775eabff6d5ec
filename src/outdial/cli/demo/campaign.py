"""The demo's campaign, set up by REST as anybody would: from the media file to the members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.cli.demo.people import Person
from outdial.cli.demo.prompt import wav
from outdial.cli.rest import Rest

PROMPT_S = 12
CALLER_ID = "380440000000"

AFTER_FLOW: list[dict[str, Any]] = [
    {
        "if": {
            "expression": "${call_cause} == 'USER_BUSY' || ${call_cause} == 'CALL_REJECTED'",
            "then": [
                {"set": [{"status": "Busy"}]},
                {"abandoned": {"export": ["status"], "waitBetweenRetries": "3600"}},
            ],
        }
    },
    {
        "if": {
            "expression": "${cc_result} && +${call_voice_sec} <= 10",
            "then": [
                {"set": [{"status": "Not listened"}]},
                {"abandoned": {"export": ["status"]}},
            ],
        }
    },
]
"""Busy or rejected: again in an hour. Hung up within ten seconds, or never answered: again after the queue's wait."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The queue's figures in the demo; waits are divided by ``--hurry`` when it dials."""

    max_attempts: int = 3
    wait_between_retries_s: int = 1800
    originate_timeout_s: int = 5
    max_calls: int = 20
    calls_per_second: int = 10


def set_up(rest: Rest, carrier: str, people: list[Person], rules: Rules) -> str:
    """Creates everything and switches it on; answers the queue's id. ``carrier`` is host:port."""
    media = rest.upload("/storage/media", "welcome.wav", "audio/wav", wav(PROMPT_S))["items"][0]
    voice = _created(rest, "/routing/schema", _voice_schema(media))
    after = _created(rest, "/routing/schema", {"name": "Retry rules", "type": "service", "schema": AFTER_FLOW})
    group, type_id = _trunk(rest, carrier, rules)
    calendar = _created(rest, "/calendars", _always_open(rest))
    queue = _created(rest, "/call_center/queues", _queue(calendar, voice, after, rules))
    rest.post(f"/call_center/queues/{queue}/resource_groups", {"resource_group": {"id": group}})
    rest.post(f"/call_center/queues/{queue}/members/bulk", {"file_name": "demo", "items": _members(people, type_id)})
    rest.patch(f"/call_center/queues/{queue}", {"enabled": True})
    return queue


def _created(rest: Rest, path: str, body: dict[str, Any]) -> str:
    return str(rest.post(path, body)["id"])


def _voice_schema(media: dict[str, Any]) -> dict[str, Any]:
    prompt = {"id": str(media["id"]), "name": media["name"]}
    return {
        "name": "Welcome",
        "type": "voice",
        "schema": [{"playback": {"files": [prompt]}}, {"hangup": "NORMAL_CLEARING"}],
    }


def _trunk(rest: Rest, carrier: str, rules: Rules) -> tuple[str, str]:
    """Gateway, resource with its number, communication type and group; answers group and type."""
    gateway = _created(
        rest, "/sip/gateways",
        {"name": "Test carrier", "enable": True, "register": False, "proxy": carrier, "host": carrier},
    )  # fmt: skip
    resource = _created(
        rest, "/call_center/resources",
        {
            "name": "Test trunk", "gateway": {"id": gateway}, "limit": rules.max_calls, "rps": rules.calls_per_second,
            "parameters": {"ignore_early_media": "consume"},
        },
    )  # fmt: skip
    rest.post(f"/call_center/resources/{resource}/display", {"display": CALLER_ID})
    rest.patch(f"/call_center/resources/{resource}", {"enabled": True})
    type_id = _created(
        rest, "/call_center/communication_type", {"name": "Mobile", "code": "mobile", "channel": "Phone"}
    )
    group = _created(
        rest, "/call_center/resource_group",
        {
            "name": "Demo lines", "communication": {"id": type_id},
            "time": [{"start_time_of_day": 0, "end_time_of_day": 1439}],
        },
    )  # fmt: skip
    rest.post(f"/call_center/resource_group/{group}/resource", {"resource": {"id": resource}, "priority": 0})
    return group, type_id


def _always_open(rest: Rest) -> dict[str, Any]:
    zone = rest.get("/calendars/timezones", q="UTC", size=1)["items"][0]
    days = [{"day": day, "start_time_of_day": 0, "end_time_of_day": 1440} for day in range(7)]
    return {"name": "Day and night", "timezone": {"id": zone["id"]}, "accepts": days}


def _queue(calendar: str, voice: str, after: str, rules: Rules) -> dict[str, Any]:
    return {
        "name": "Demo campaign",
        "type": 2,
        "strategy": "fifo",
        "calendar": {"id": calendar},
        "schema": {"id": voice},
        "after_schema": {"id": after},
        "payload": {
            "max_attempts": rules.max_attempts,
            "wait_between_retries": rules.wait_between_retries_s,
            "originate_timeout": rules.originate_timeout_s,
            "min_duration": 3,
            "max_calls": rules.max_calls,
            "recordings": True,
            "resource_strategy": "even-distribution",
        },
    }


def _members(people: list[Person], type_id: str) -> list[dict[str, Any]]:
    return [{"name": p.name, "communications": [{"destination": p.number, "type": {"id": type_id}}]} for p in people]
