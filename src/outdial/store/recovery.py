"""What the last run left open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
from sqlalchemy import Connection

from outdial.domain.attempt import Attempt, CallFacts, State
from outdial.domain.member import Communication
from outdial.store.dialect import raw


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt as it stands on disk."""

    attempt: Attempt
    state: State
    destination: str
    """As it was dialled; the member's number until the INVITE."""
    dialog: bytes | None = None
    offering_at: int = 0
    bridged_at: int = 0
    hangup_at: int = 0
    facts: CallFacts | None = None
    """From the hang-up on."""
    variables: dict[str, Any] = field(default_factory=dict)
    """The call's payload at hang-up."""


_SQL = (
    "SELECT id, domain_id, queue_id, member_id, member_name, member_timezone, CAST(communication AS TEXT),"
    " other_numbers, resource_id, group_id, display, call_id, seq, joined_at, CAST(variables AS TEXT), ring_at,"
    " bucket_id,"
    " state, destination, dialog, offering_at, bridged_at, hangup_at, CAST(facts AS TEXT),"
    " CAST(call_variables AS TEXT)"
    " FROM attempt ORDER BY id"
)


def open_attempts(conn: Connection) -> list[OpenAttempt]:
    """Every open attempt of all domains, oldest first."""
    return [_open(row) for row in raw(conn).all(_SQL)]


def _open(row: tuple[object, ...]) -> OpenAttempt:
    order = (
        "id", "domain_id", "queue_id", "member_id", "member_name", "member_timezone", "communication",
        "other_numbers", "resource_id", "group_id", "display", "call_id", "seq", "joined_at", "variables", "ring_at",
        "bucket_id",
    )  # fmt: skip
    known = dict(zip(order, row[:17], strict=True))
    known["communication"] = msgspec.json.decode(cast(str, known["communication"]), type=Communication)
    known["variables"] = _text_map(known["variables"])
    known["ring_at"] = known["ring_at"] or 0
    state, destination, dialog, offering_at, bridged_at, hangup_at, facts, variables = row[17:]
    return OpenAttempt(
        attempt=Attempt(**known),  # type: ignore[arg-type]  # the columns have these types
        state=cast(State, state),
        destination=cast(str, destination),
        dialog=bytes(cast(bytes, dialog)) if dialog is not None else None,
        offering_at=cast(int, offering_at) or 0,
        bridged_at=cast(int, bridged_at) or 0,
        hangup_at=cast(int, hangup_at) or 0,
        facts=msgspec.json.decode(cast(str, facts), type=CallFacts) if facts else None,
        variables=msgspec.json.decode(cast(str, variables)) if variables else {},
    )


def _text_map(text: object) -> dict[str, str]:
    return msgspec.json.decode(cast(str, text), type=dict[str, str]) if text else {}
