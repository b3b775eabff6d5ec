"""Hooks of a queue: which flow is started aside at which event; ``parent`` is the queue's id."""

from __future__ import annotations

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


def member_added(conn: Connection, domain_id: int, queue_id: int, member_id: int) -> None:
    """Asks the dialer to start the flows that wait for a new member."""
    c = queue_hook.c
    wanted = select(c.schema_id).where(
        c.domain_id == domain_id, c.queue_id == queue_id, c.event == ADDED, c.enabled.is_(True)
    )
    for schema_id in conn.scalars(wanted.order_by(c.id)).all():
        payload = {"queue_id": queue_id, "member_id": member_id, "schema_id": schema_id}
        commands.add(conn, domain_id, "hook", payload=payload)
