"""What a queue rests on, made through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.api.door import Door

DAYS = [{"day": day, "start_time_of_day": 540, "end_time_of_day": 1200} for day in range(7)]
PAYLOAD = {"max_attempts": 3, "wait_between_retries": 60, "originate_timeout": 30, "min_duration": 3, "max_calls": 10}


def link(id_: str) -> dict[str, str]:
    return {"id": id_}


def a_gateway(door: Door, name: str = "Trunk") -> str:
    return door.id("/sip/gateways", {"name": name, "proxy": "127.0.0.1:5070", "host": "127.0.0.1"})


def a_type(door: Door, code: str = "mobile") -> str:
    return door.id("/call_center/communication_type", {"code": code, "name": code.title(), "channel": "Phone"})


def a_schema(door: Door, name: str = "Greeting") -> str:
    return door.id("/routing/schema", {"name": name, "type": "voice", "schema": [{"hangup": {}}]})


def a_resource(door: Door, name: str = "Line") -> str:
    gateway = a_gateway(door, f"Trunk of {name}")
    return door.id("/call_center/resources", {"name": name, "gateway": link(gateway), "limit": 10, "rps": 5})


def a_group(door: Door, name: str = "Mobiles") -> str:
    hours = [{"start_time_of_day": 0, "end_time_of_day": 1439}]
    type_ = a_type(door, f"code of {name}")
    return door.id("/call_center/resource_group", {"name": name, "communication": link(type_), "time": hours})


def a_calendar(door: Door, name: str = "Workdays") -> str:
    return door.id("/calendars", {"name": name, "timezone": {"name": "Europe/Kyiv"}, "accepts": DAYS})


@dataclass(frozen=True)
class Queue:
    id: str
    type: str
    """Communication type of its members' numbers."""
    calendar: str
    schema: str

    @property
    def path(self) -> str:
        return f"/call_center/queues/{self.id}"

    @property
    def members(self) -> str:
        return f"{self.path}/members"

    def person(self, *numbers: str, **fields: Any) -> dict[str, Any]:
        numbers = numbers or ("380441234567",)
        communications = [{"destination": number, "type": link(self.type)} for number in numbers]
        return {"name": "Ann", "communications": communications, **fields}


def a_queue(door: Door, name: str = "Reminder", **fields: Any) -> Queue:
    calendar, schema = a_calendar(door, f"Calendar of {name}"), a_schema(door, f"Flow of {name}")
    body = {"name": name, "type": 2, "calendar": link(calendar), "schema": link(schema), "payload": PAYLOAD, **fields}
    return Queue(door.id("/call_center/queues", body), a_type(door, f"code of {name}"), calendar, schema)
