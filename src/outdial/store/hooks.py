"""Hooks of a queue: which flow is started aside at which event; ``parent`` is the queue's id."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from outdial.store import commands
from outdial.store.noun import Noun
from outdial.store.shape import Shape, by
from outdial.store.tables import queue_hook

NOUN = Noun(
    Shape(
        queue_hook,
        parent="queue_id",
        q=("event",),
        filters={"schema_id": by(queue_hook.c.schema_id)},
        object="cc_queue",
        granted_by="queue_id",
    ),
    label="hook of the queue",
    title="event",
    patchable=frozenset({"schema", "event", "enabled", "properties"}),
)

ADDED = "add_member"
Gone = tuple[int, int, int]
"""Member, domain and queue."""


def member_added(conn: Connection, domain_id: int, queue_id: int, member_id: int) -> None:
    """Asks the dialer to start the flows that wait for a new member."""
    _ask(conn, ADDED, [(member_id, domain_id, queue_id)])


def members_expired(conn: Connection, gone: Sequence[Gone]) -> None:
    """Asks the dialer to start the flows that wait for members who leave; these were never rung."""
    _ask(conn, "leaving", gone)


def _ask(conn: Connection, event: str, whom: Sequence[Gone]) -> None:
    c = queue_hook.c
    queue_ids = {queue_id for _, _, queue_id in whom}
    wanted = select(c.queue_id, c.schema_id).where(c.queue_id.in_(queue_ids), c.event == event, c.enabled.is_(True))
    hooks = conn.execute(wanted.order_by(c.id)).all() if queue_ids else ()
    for member_id, domain_id, queue_id in whom:
        for hook in hooks:
            if hook.queue_id == queue_id:
                payload = {"queue_id": queue_id, "member_id": member_id, "schema_id": hook.schema_id, "event": event}
                commands.add(conn, domain_id, "hook", payload=payload)
