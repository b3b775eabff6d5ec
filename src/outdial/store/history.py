"""Attempts as the API shows them: those that are over, and those in progress."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, func, literal, select

from outdial.domain.number import normalise
from outdial.store.listing import ListQuery, Page
from outdial.store.noun import EVERYTHING, Noun
from outdial.store.shape import Shape, by
from outdial.store.tables import attempt, attempt_history, queue, resource

_SNAPSHOTS = {
    "queue": ("queue_id", "queue_name"),
    "member": ("member_id", "member_name"),
    "resource": ("resource_id", "resource_name"),
}
_h = attempt_history.c
_FILTERS = {
    "queue_id": by(_h.queue_id),
    "member_id": by(_h.member_id),
    "resource_id": by(_h.resource_id),
    "duration": by((_h.leaving_at - _h.joined_at) / 1000),
    "number": by(_h.number, normalise),
}

OVER = Noun(
    Shape(
        attempt_history,
        order="-joined_at",
        q=("destination", "display"),
        snapshots=_SNAPSHOTS,
        filters=_FILTERS,
    ),
    label="attempt",
    entity="attempt_history",
    dialing=False,
)
"""Fields: id, queue, member, resource, group_id, list_id, destination (the number dialled), number, type_name,
communication (the member's number as reserved), display, call_id, seq, joined_at, offering_at, bridged_at,
leaving_at, result, disposition, reason, cause, sip_code, description, agent_id, variables.
Filters: queue_id, member_id, resource_id, result, number, duration (seconds) and ranges of the instants."""
get, search = OVER.get, OVER.search

_a = attempt.c


def _name(table: Table, id_: ColumnElement[Any]) -> ColumnElement[Any]:
    found = select(table.c.name).where(table.c.id == id_).correlate(attempt).scalar_subquery()
    return func.coalesce(found, literal("", Text()))


OPEN = Noun(
    Shape(
        attempt,
        order="-joined_at",
        q=("destination", "display"),
        filters={name: by(_a[name]) for name in ("queue_id", "member_id", "resource_id")},
        snapshots={"member": ("member_id", "member_name")},
        hidden=frozenset({"dialog", "revision", "number_id", "call_variables"}),
        extra={"queue_name": _name(queue, _a.queue_id), "resource_name": _name(resource, _a.resource_id)},
    ),
    label="attempt",
    dialing=False,
)
"""Fields: id, queue_id, queue_name, member, resource_id, resource_name, state (ours), destination, communication,
display, call_id, seq, joined_at, offering_at, bridged_at, hangup_at, variables …"""


def search_open(conn: Connection, domain_id: int, query: ListQuery = EVERYTHING) -> Page:
    """Attempts in progress."""
    return OPEN.search(conn, domain_id, query)
