"""What the API wants done to calls, as rows that the dialer takes away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert

from outdial.store.context import now_of, ring
from outdial.store.dialect import raw
from outdial.store.tables import command


@dataclass(frozen=True, slots=True)
class Command:
    id: int
    domain_id: int
    kind: str
    attempt_id: int | None
    payload: dict[str, Any]
    created_at: int
    created_by: int | None


def add(
    conn: Connection,
    domain_id: int,
    kind: str,
    *,
    attempt_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    by: int | None = None,
) -> int:
    """Rings the bell ``command`` after the commit.

    Kinds: ``hangup`` (an attempt; ``cause``), ``stop_queue`` (``queue_id``).
    """
    values = {
        "domain_id": domain_id,
        "kind": kind,
        "attempt_id": attempt_id,
        "payload": dict(payload or {}),
        "created_at": now_of(conn),
        "created_by": by,
    }
    key = conn.execute(insert(command).values(values)).inserted_primary_key
    ring(conn, "command")
    assert key is not None
    return int(key[0])


def take(conn: Connection) -> list[Command]:
    """All commands that wait, oldest first; they are gone after this."""
    if not raw(conn).all("SELECT 1 FROM command LIMIT 1"):  # asked in every round, seldom there
        return []
    rows = conn.execute(delete(command).returning(command)).all()
    found = [Command(r.id, r.domain_id, r.kind, r.attempt_id, r.payload, r.created_at, r.created_by) for r in rows]
    return sorted(found, key=lambda c: c.id)
