"""Attempts as the API shows them: those that are over, and those in progress."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, func, literal, select

from outdial.domain.number import normalise
from outdial.store.listing import ListQuery, Page, Row, matches
from outdial.store.noun import EVERYTHING, Noun
from outdial.store.shape import Shape, by
from outdial.store.tables import attempt, attempt_history, bucket, call_history, queue, resource

_SNAPSHOTS = {
    "queue": ("queue_id", "queue_name"),
    "member": ("member_id", "member_name"),
    "resource": ("resource_id", "resource_name"),
    "bucket": ("bucket_id", "bucket_name"),
}
_h = attempt_history.c
_FILTERS = {
    "queue_id": by(_h.queue_id),
    "member_id": by(_h.member_id),
    "resource_id": by(_h.resource_id),
    "bucket_id": by(_h.bucket_id),
    "agent_id": by(_h.agent_id),
    "duration": by((_h.leaving_at - _h.joined_at) / 1000),
    "number": by(_h.number, normalise),
}

OVER = Noun(
    Shape(
        attempt_history,
        order="-joined_at",
        q=("destination", "display"),
        listed=(
            "id", "queue", "member", "resource", "group_id", "list_id", "destination", "number", "type_name",
            "communication", "display", "call_id", "seq", "joined_at", "offering_at", "bridged_at", "leaving_at",
            "result", "disposition", "reason", "cause", "sip_code", "description", "agent_id", "variables", "bucket",
        ),
        snapshots=_SNAPSHOTS,
        filters=_FILTERS,
        object="cc_queue",
        granted_by="queue_id",
    ),
    label="attempt",
    entity="attempt_history",
    dialing=False,
)  # fmt: skip
"""Fields: id, queue, member, resource, group_id, list_id, destination (the number dialled), number, type_name,
communication (the member's number as reserved), display, call_id, seq, joined_at, offering_at, bridged_at,
leaving_at, result, disposition, reason, cause, sip_code, description, agent_id, variables, flow_trace (one only).
Filters: queue_id, member_id, resource_id, result, number, duration (seconds) and ranges of the instants."""
search = OVER.search


def get(conn: Connection, domain_id: int, id: int) -> Row:
    """One attempt with the trace of its flows, which its call has where there was one. Raises NotFound."""
    row = OVER.get(conn, domain_id, id)
    of_call = select(call_history.c.flow_trace).where(
        call_history.c.domain_id == domain_id, call_history.c.id == row["call_id"]
    )
    row["flow_trace"] = row["flow_trace"] or conn.scalar(of_call) or []
    return row


_a = attempt.c


def _name(table: Table, id_: ColumnElement[Any]) -> ColumnElement[Any]:
    found = select(table.c.name).where(table.c.id == id_).correlate(attempt).scalar_subquery()
    return func.coalesce(found, literal("", Text()))


def _through_gateway(_: Connection, ids: Any) -> list[ColumnElement[bool]]:
    lines = select(resource.c.id).where(*matches(resource.c.gateway_id, ids))
    return [_a.resource_id.in_(lines)] if ids else []


OPEN = Noun(
    Shape(
        attempt,
        order="-joined_at",
        q=("destination", "display"),
        filters={
            **{name: by(_a[name]) for name in ("queue_id", "member_id", "resource_id", "bucket_id")},
            "gateway_id": _through_gateway,
            "number": by(_a.number, normalise),
        },
        snapshots={"member": ("member_id", "member_name")},
        hidden=frozenset({"dialog", "revision", "number_id", "call_variables"}),
        extra={
            "queue_name": _name(queue, _a.queue_id),
            "resource_name": _name(resource, _a.resource_id),
            "bucket_name": _name(bucket, _a.bucket_id),
        },
        object="cc_queue",
        granted_by="queue_id",
    ),
    label="attempt",
    dialing=False,
)
"""Fields: id, queue_id, queue_name, member, resource_id, resource_name, state (ours), destination, communication,
display, call_id, seq, joined_at, offering_at, bridged_at, hangup_at, variables …"""


def search_open(conn: Connection, domain_id: int, query: ListQuery = EVERYTHING) -> Page:
    """Attempts in progress."""
    return OPEN.search(conn, domain_id, query)
