"""The rows of both histories: what happened, with names as they were at the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from outdial.domain.member import Communication
from outdial.domain.number import normalise
from outdial.store import outbox, tallies
from outdial.store.dialect import Raw, dump
from outdial.store.steps import Finish


class OpenRow(NamedTuple):
    """What history needs of the open attempt; the order in which it is deleted."""

    id: int
    domain_id: int
    queue_id: int
    member_id: int
    number_id: int | None
    state: str
    resource_id: int | None
    group_id: int | None
    list_id: int | None
    display: str
    destination: str
    call_id: str
    seq: int
    communication: str
    member_name: str
    variables: str
    joined_at: int
    offering_at: int | None
    bridged_at: int | None
    bucket_id: int | None


Ends = Sequence[tuple[OpenRow, Finish]]

_BUCKET_NAME = "COALESCE((SELECT name FROM bucket WHERE id = ?), '')"
_QUEUE_NAME = "COALESCE((SELECT name FROM queue WHERE id = ?), '')"
_RESOURCE_NAME = "COALESCE((SELECT name FROM resource WHERE id = ?), '')"
_TYPE_NAME = "COALESCE((SELECT name FROM communication_type WHERE id = ?), '')"
_GATEWAY = "FROM resource r JOIN gateway g ON g.id = r.gateway_id WHERE r.id = ?)"
_GATEWAY_ID = f"(SELECT g.id {_GATEWAY}"
_GATEWAY_NAME = f"COALESCE((SELECT g.name {_GATEWAY}, '')"


def _insert(table: str, columns: dict[str, str]) -> str:
    """An INSERT with a value expression for each column; each takes one parameter."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(columns.values())})"


def _plain(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "?")


_ATTEMPT = _insert(
    "attempt_history",
    _plain("id", "domain_id", "queue_id")
    | {"queue_name": _QUEUE_NAME}
    | _plain("member_id", "member_name", "resource_id")
    | {"resource_name": _RESOURCE_NAME}
    | _plain("group_id", "list_id", "destination", "number")
    | {"type_name": _TYPE_NAME}
    | _plain(
        "communication", "display", "call_id", "seq", "joined_at", "offering_at", "bridged_at", "leaving_at",
        "result", "disposition", "reason", "cause", "sip_code", "description", "agent_id", "variables", "flow_trace",
        "bucket_id",
    )
    | {"bucket_name": _BUCKET_NAME},
)  # fmt: skip

_CALL = _insert(
    "call_history",
    _plain("id", "domain_id", "attempt_id", "queue_id")
    | {"queue_name": _QUEUE_NAME}
    | _plain("member_id", "member_name")
    | {"gateway_id": _GATEWAY_ID, "gateway_name": _GATEWAY_NAME}
    | _plain(
        "resource_id", "from_number", "destination", "number", "created_at", "ringing_at", "answered_at",
        "hangup_at", "joined_at", "leaving_at", "stored_at", "duration", "talk_sec", "cause", "sip_code", "q850",
        "hangup_by", "hangup_phrase", "result", "disposition", "amd_result", "variables", "schema_ids",
        "flow_trace", "sip_trace", "bridge_at", "bridge_to", "bridge_cause",
    ),
)  # fmt: skip

_FILE = _insert(
    "file",
    _plain("domain_id", "call_id", "channel", "key", "name", "mime_type", "size", "start_at", "stop_at", "uploaded_at"),
)
_variables = msgspec.json.Decoder(dict[str, str])
_communication = msgspec.json.Decoder(Communication)


def write_histories(driver: Raw, ends: Ends, now: int) -> None:
    """One attempt row each, a call row where a call was made, a file row for each recording; and the tallies."""
    driver.many(_ATTEMPT, [_attempt_row(row, step) for row, step in ends])
    driver.many(_CALL, [_call_row(row, step, now) for row, step in ends if step.facts])
    driver.many(_FILE, [file for row, step in ends for file in _file_rows(row, step, now)])
    tallies.add(driver, [_tallied(row, step) for row, step in ends])
    outbox.add(driver, (_fact(row, step) for row, step in ends), now)


def _fact(row: OpenRow, step: Finish) -> outbox.Fact:
    """The same fields as the live feed's, and the variables."""
    facts = step.facts
    variables = _variables.decode(row.variables) | step.member_exports
    body = {
        "id": str(row.id),
        "queue_id": str(row.queue_id),
        "member": {"id": str(row.member_id), "name": row.member_name},
        "resource_id": str(row.resource_id or 0),
        "destination": row.destination,
        "display": row.display,
        "call_id": row.call_id,
        "attempts": row.seq,
        "joined_at": str(row.joined_at),
        "created_at": str(facts.created_at if facts else 0),
        "answered_at": str(facts.answered_at if facts else 0),
        "hangup_at": str(facts.hangup_at if facts else 0),
        "leaving_at": str(step.at),
        "talk_sec": facts.talk_s if facts else 0,
        "cause": facts.cause if facts else "",
        "sip_code": facts.sip_code if facts else 0,
        "hangup_by": facts.hangup_by if facts else "",
        "result": step.result,
        "disposition": step.disposition,
        "reason": step.reason,
        "description": step.description,
        "variables": variables,
        "call_variables": step.call_variables,
    }
    return outbox.Fact(row.domain_id, row.queue_id, outbox.OVER, body)


def _tallied(row: OpenRow, step: Finish) -> tallies.One:
    facts = step.facts
    cause, talk = (facts.cause, facts.talk_s) if facts else ("", 0)
    answered = bool(facts and facts.answered_at)
    return tallies.One(row.domain_id, row.queue_id, step.at, row.seq, step.result, cause, answered, talk)


def _attempt_row(row: OpenRow, step: Finish) -> tuple[Any, ...]:
    variables = row.variables
    if step.member_exports:
        variables = dump(_variables.decode(variables) | step.member_exports)
    facts = step.facts
    return (
        row.id, row.domain_id, row.queue_id, row.queue_id, row.member_id, row.member_name, row.resource_id,
        row.resource_id, row.group_id, row.list_id, row.destination, normalise(row.destination),
        _communication.decode(row.communication).type_id, row.communication, row.display, row.call_id, row.seq,
        row.joined_at, row.offering_at, row.bridged_at, step.at, step.result, step.disposition, step.reason,
        facts.cause if facts else "", facts.sip_code if facts else 0, step.description, step.agent_id, variables,
        dump(step.flow_trace) if step.flow_trace and not facts else None,
        row.bucket_id, row.bucket_id,
    )  # fmt: skip


def _call_row(row: OpenRow, step: Finish, now: int) -> tuple[Any, ...]:
    facts = step.facts
    assert facts is not None
    return (
        row.call_id, row.domain_id, row.id, row.queue_id, row.queue_id, row.member_id, row.member_name,
        row.resource_id, row.resource_id, row.resource_id, step.shown_from or row.display,
        step.shown_destination or row.destination, normalise(row.destination),
        facts.created_at, facts.ringing_at or None, facts.answered_at or None, facts.hangup_at or None,
        row.joined_at, step.at, now, facts.duration_s, facts.talk_s, facts.cause, facts.sip_code, facts.q850,
        facts.hangup_by, facts.phrase, step.result, step.disposition, "", dump(step.call_variables),
        dump(step.schema_ids), dump(step.flow_trace), step.sip_trace,
        facts.bridge_at or None, facts.bridge_to or None, facts.bridge_cause or None,
    )  # fmt: skip


def _file_rows(row: OpenRow, step: Finish, now: int) -> list[tuple[Any, ...]]:
    return [
        (row.domain_id, row.call_id, "call", f.key, f.name, f.mime_type, f.size, f.start_at, f.stop_at, now)
        for f in step.recordings
    ]
