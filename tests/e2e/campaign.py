"""A campaign set up by REST, as the seed does it: media file, schemas, trunk, calendar, queue, members."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from outdial.audio.g711 import Samples
from outdial.carrier.script import course
from outdial.cli.demo.campaign import AFTER_FLOW
from outdial.sip.uri import HostPort
from tests.e2e.service import Rest

POLL_S = 0.1

AGAIN_SOON: list[dict[str, Any]] = [
    {
        "if": {
            "expression": "${call_cause} == 'USER_BUSY' || ${call_cause} == 'CALL_REJECTED'",
            "then": [
                {"set": [{"status": "Busy"}]},
                {"abandoned": {"export": ["status"], "waitBetweenRetries": "1"}},
            ],
        }
    }
]
"""The seed's first rule with an hour cut to a second."""

Flow = list[dict[str, Any]]


@dataclass(frozen=True)
class Wanted:
    """What the tests vary; the defaults ring quickly and once."""

    numbers: tuple[str, ...]
    carrier: HostPort
    prompt_s: float = 1.0
    voice: Flow | None = None
    """Instead of playing the prompt and hanging up."""
    after: Flow | None = field(default_factory=lambda: AFTER_FLOW)
    max_attempts: int = 1
    wait_s: int = 1
    originate_timeout_s: int = 2
    min_duration_s: int = 0
    max_calls: int = 50
    limit: int = 50
    rps: int = 0
    recordings: bool = False
    early_media: str = "consume"
    credentials: bool = True
    register: bool = False
    name: str = "campaign"
    """Of everything made, so that several can live side by side."""


@dataclass
class Campaign:
    rest: Rest
    queue: str
    wanted: Wanted
    samples: Samples
    """Of the prompt."""

    async def enable(self, enabled: bool = True) -> None:
        await self.rest.patch(f"/call_center/queues/{self.queue}", {"enabled": enabled})

    async def attempts(self) -> list[dict[str, Any]]:
        """History, oldest first."""
        return await self.rest.items(
            "/call_center/queues/attempts/history", queue_id=self.queue, sort="+joined_at", **{"joined_at.from": 1}
        )

    async def active(self) -> list[dict[str, Any]]:
        return await self.rest.items("/call_center/queues/attempts/active", queue_id=self.queue)

    async def calls(self) -> list[dict[str, Any]]:
        """Call history, oldest first."""
        return await self.rest.items(
            "/calls/history", queue_id=self.queue, sort="+created_at", **{"created_at.from": 1}
        )

    async def members(self) -> dict[str, dict[str, Any]]:
        """By their first number."""
        rows = await self.rest.items(f"/call_center/queues/{self.queue}/members")
        return {row["communications"][0]["destination"]: row for row in rows}

    async def ended(self, count: int, within_s: float = 40) -> list[dict[str, Any]]:
        """Waits for so many attempts in history and none in progress."""
        return await self._until(lambda rows, active: len(rows) >= count and not active, within_s)

    async def why_idle(self, within_s: float = 5) -> str:
        """Waits for the queue's reason not to dial."""
        async with asyncio.timeout(within_s):
            while True:
                reason = (await self.rest.get(f"/call_center/queues/{self.queue}")).get("why_idle")
                if reason:
                    return str(reason)
                await asyncio.sleep(POLL_S)

    async def settled(self, within_s: float = 60) -> dict[str, dict[str, Any]]:
        """Waits until no member is left to ring."""
        async with asyncio.timeout(within_s):
            while True:
                members = await self.members()
                if all(row.get("stop_cause") for row in members.values()) and not await self.active():
                    return members
                await asyncio.sleep(POLL_S)

    async def _until(
        self, enough: Callable[[list[dict[str, Any]], list[dict[str, Any]]], bool], within_s: float
    ) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(within_s):
                while True:
                    rows, active = await self.attempts(), await self.active()
                    if enough(rows, active):
                        return rows
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            queue = await self.rest.get(f"/call_center/queues/{self.queue}")
            raise AssertionError(f"{len(rows)} attempts ended; why idle: {queue.get('why_idle')}") from None

    def expected(self, number: str) -> list[tuple[str, int, str]]:
        """(cause, SIP code, result) of each attempt at a number, as the carrier's script has it."""
        script = course(number, self.wanted.max_attempts, credentials=self.wanted.credentials)
        return [(attempt.cause, attempt.sip_code, attempt.result) for attempt in script]


def told(rows: Iterable[dict[str, Any]], number: str) -> list[tuple[str, int, str]]:
    """The same of history's rows."""
    mine = [row for row in rows if row["destination"]["destination"] == number]
    return [(row["cause"], row.get("sip_code", 0), row["result"]) for row in mine]


async def set_up(rest: Rest, wanted: Wanted) -> Campaign:
    """Everything but switching it on."""
    samples = some_sound(wanted.prompt_s)
    media = (await rest.upload("/storage/media", f"{wanted.name}.wav", a_wav(samples)))["items"][0]
    playback = {"playback": {"files": [{"id": str(media["id"]), "name": media["name"]}]}}
    voice = await _made(rest, "/routing/schema", _schema(wanted, "voice", wanted.voice or [playback, {"hangup": ""}]))
    after = await _made(rest, "/routing/schema", _schema(wanted, "service", wanted.after)) if wanted.after else None
    group, kind = await _trunk(rest, wanted)
    calendar = await _made(rest, "/calendars", await _always_open(rest, wanted.name))
    queue = await _made(rest, "/call_center/queues", _queue(wanted, calendar, voice, after))
    await rest.post(f"/call_center/queues/{queue}/resource_groups", {"resource_group": {"id": group}})
    members = [
        {"name": number, "communications": [{"destination": number, "type": {"id": kind}}]} for number in wanted.numbers
    ]
    await rest.post(f"/call_center/queues/{queue}/members/bulk", {"file_name": "e2e", "items": members})
    return Campaign(rest, queue, wanted, samples)


async def _made(rest: Rest, path: str, body: dict[str, Any]) -> str:
    return str((await rest.post(path, body))["id"])


def _schema(wanted: Wanted, kind: str, steps: Flow) -> dict[str, Any]:
    return {"name": f"{wanted.name} {kind}", "type": kind, "schema": steps}


async def _trunk(rest: Rest, wanted: Wanted) -> tuple[str, str]:
    """Ids of the resource group and of the communication type."""
    address = f"{wanted.carrier[0]}:{wanted.carrier[1]}"
    gateway: dict[str, Any] = {"name": wanted.name, "enable": True, "proxy": address, "register": wanted.register}
    if wanted.credentials:
        gateway |= {"username": "outdial", "password": "outdial"}
    gateway |= {"account": f"outdial@{address}", "expires": 60} if wanted.register else {"host": address}
    gateway_id = await _made(rest, "/sip/gateways", gateway)
    resource = await _made(
        rest,
        "/call_center/resources",
        {
            "name": wanted.name,
            "gateway": {"id": gateway_id},
            "limit": wanted.limit,
            "rps": wanted.rps,
            "parameters": {"ignore_early_media": wanted.early_media},
        },
    )
    await rest.post(f"/call_center/resources/{resource}/display", {"display": "380440000000"})
    await rest.patch(f"/call_center/resources/{resource}", {"enabled": True})
    kind = await _made(
        rest, "/call_center/communication_type", {"name": wanted.name, "code": wanted.name, "channel": "Phone"}
    )
    times = [{"start_time_of_day": 0, "end_time_of_day": 1440}]
    group = await _made(
        rest, "/call_center/resource_group", {"name": wanted.name, "communication": {"id": kind}, "time": times}
    )
    await rest.post(f"/call_center/resource_group/{group}/resource", {"resource": {"id": resource}, "priority": 0})
    return group, kind


async def _always_open(rest: Rest, name: str) -> dict[str, Any]:
    zone = (await rest.get("/calendars/timezones", q="UTC", size=1))["items"][0]
    days = [{"day": day, "start_time_of_day": 0, "end_time_of_day": 1440} for day in range(7)]
    return {"name": name, "timezone": {"id": zone["id"]}, "accepts": days}


def _queue(wanted: Wanted, calendar: str, voice: str, after: str | None) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "type": 2,
        "strategy": "fifo",
        "calendar": {"id": calendar},
        "schema": {"id": voice},
        **({"after_schema": {"id": after}} if after else {}),
        "payload": {
            "max_attempts": wanted.max_attempts,
            "wait_between_retries": wanted.wait_s,
            "originate_timeout": wanted.originate_timeout_s,
            "min_duration": wanted.min_duration_s,
            "max_calls": wanted.max_calls,
            "recordings": wanted.recordings,
            "resource_strategy": "even-distribution",
        },
    }


def some_sound(seconds: float) -> Samples:
    """No two stretches are alike."""
    return np.random.default_rng(7).integers(-8000, 8000, round(8000 * seconds)).astype(np.int16)


def a_wav(samples: Samples) -> bytes:
    """The seed's format: 8 kHz, 16 bit, mono."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()
