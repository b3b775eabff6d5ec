"""The settings of an outbound IVR queue (webitel-api §9.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from outdial.domain.buckets import QueueBucket

Strategy = Literal["fifo", "lifo", "strict_fifo"]
ResourceStrategy = Literal["even-distribution", "priority-based"]


@dataclass(frozen=True, slots=True)
class Rules:
    """The queue's payload, decoded."""

    max_attempts: int = 3
    wait_between_retries_s: int = 1800
    wait_between_retries_desc: bool = False
    originate_timeout_s: int = 60
    min_duration_s: int = 3
    max_calls: int = 10
    """Concurrent attempts; -1 = no limit, 0 = none."""
    recordings: bool = False
    per_numbers: bool = False
    resource_strategy: ResourceStrategy = "even-distribution"


HookEvent = Literal["joined", "offering", "bridged", "leaving"]
"""When an attempt of an outbound IVR queue fires its hooks (flow-engine §5.4)."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A flow that is started aside when an attempt comes to this state."""

    event: str
    schema_id: int


@dataclass(frozen=True, slots=True)
class Queue:
    id: int
    domain_id: int
    name: str
    enabled: bool
    calendar_id: int | None
    schema_id: int | None
    do_schema_id: int | None = None
    after_schema_id: int | None = None
    dnc_list_id: int | None = None
    strategy: Strategy = "fifo"
    priority: int = 0
    """Bigger first."""
    rules: Rules = Rules()
    variables: dict[str, str] = field(default_factory=dict)
    buckets: tuple[QueueBucket, ...] = ()
    hooks: tuple[Hook, ...] = ()
    """Those that are on."""
    unbuilt: tuple[str, ...] = ()
    """Settings in use that are not honoured yet; such a queue does not dial."""


def bucket_of(queue: Queue, bucket_id: int | None) -> QueueBucket | None:
    """What the queue says of a member's bucket; None when it says nothing."""
    return next((link for link in queue.buckets if link.bucket_id == bucket_id), None)


def decode_rules(payload: Mapping[str, Any]) -> Rules:
    """The payload's rules; absent or null fields are zero, as on the wire (a field not sent is zero).

    Raises ValueError with the field's name when a value has the wrong type.
    """
    strategy = payload.get("resource_strategy") or "even-distribution"
    if strategy not in ("even-distribution", "priority-based"):
        raise ValueError("payload.resource_strategy: expected even-distribution or priority-based")
    return Rules(
        max_attempts=_int(payload, "max_attempts"),
        wait_between_retries_s=_int(payload, "wait_between_retries"),
        wait_between_retries_desc=_bool(payload, "wait_between_retries_desc"),
        originate_timeout_s=_int(payload, "originate_timeout"),
        min_duration_s=_int(payload, "min_duration"),
        max_calls=_int(payload, "max_calls"),
        recordings=_bool(payload, "recordings"),
        per_numbers=_bool(payload, "per_numbers"),
        resource_strategy=cast(ResourceStrategy, strategy),
    )


def unbuilt_settings(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of settings in use that this release does not honour (DESIGN: such a queue does not dial)."""
    amd = payload.get("amd") or {}
    found = []
    if isinstance(amd, Mapping) and amd.get("enabled"):
        found.append("payload.amd.enabled")
    for key in ("strict_circuit", "record_mono"):
        if payload.get(key):
            found.append(f"payload.{key}")
    return tuple(found)


def _int(payload: Mapping[str, Any], key: str) -> int:
    value = payload.get(key)
    if value in (None, ""):
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"payload.{key}: expected a whole number")
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"payload.{key}: expected a whole number") from None


def _bool(payload: Mapping[str, Any], key: str) -> bool:
    value = payload.get(key)
    if value in (None, ""):
        return False
    if isinstance(value, bool):
        return value
    if value in ("true", "false", 0, 1):
        return value in ("true", 1)
    raise ValueError(f"payload.{key}: expected true or false")
