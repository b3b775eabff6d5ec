"""Members with their numbers, from rows to the domain's values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from outdial.domain.member import Communication, Member
from outdial.store.dialect import Raw
from outdial.store.tables.dialing import READY, STOPPED, WAITING

_MEMBERS = (
    "SELECT id, name, priority, timezone, attempts, ready_at, expire_at, stop_at, stop_cause,"
    " CAST(variables AS TEXT), bucket_id"
    " FROM member WHERE id IN {ids}"
)
_NUMBERS = (
    "SELECT member_id, id, position, destination, type_id, priority, display, resource_id, description, dtmf,"
    " attempts, last_activity_at, stop_at FROM member_number WHERE member_id IN {ids} ORDER BY member_id, position"
)
_variables = msgspec.json.Decoder(dict[str, str])


def load_members(driver: Raw, member_ids: Sequence[int]) -> dict[int, Member]:
    """Members by id, with all their numbers."""
    if not member_ids:
        return {}
    numbers: dict[int, list[Communication]] = {}
    for member_id, *number in driver.all(_NUMBERS, (driver.ids(member_ids),)):
        numbers.setdefault(member_id, []).append(_communication(number))
    rows = driver.all(_MEMBERS, (driver.ids(member_ids),))
    return {row[0]: _member(row, tuple(numbers.get(row[0], ()))) for row in rows}


def _communication(number: list[Any]) -> Communication:
    number[-1] = number[-1] or 0  # stop_at
    return Communication(*number)


def _member(row: tuple[Any, ...], numbers: tuple[Communication, ...]) -> Member:
    id_, name, priority, timezone, attempts, ready_at, expire_at, stop_at, cause, variables, bucket_id = row
    return Member(
        id=id_,
        name=name,
        priority=priority,
        timezone=timezone,
        attempts=attempts,
        ready_at=ready_at or 0,
        expire_at=expire_at or 0,
        stop_at=stop_at or 0,
        stop_cause=cause,
        bucket_id=bucket_id or None,
        variables=_variables.decode(variables),
        communications=numbers,
    )


def state_of(stop_at: int | None, ready_at: int | None, now: int) -> int:
    """The state of a member without an open attempt."""
    if stop_at:
        return STOPPED
    return WAITING if ready_at is not None and ready_at > now else READY
