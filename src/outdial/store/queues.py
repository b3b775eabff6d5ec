"""Queues, their resource groups, their counters and why they are idle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, or_, select, update
from sqlalchemy import delete as sql_delete

from outdial.domain.errors import UserMistake
from outdial.store import commands, trash
from outdial.store.changes import About, record
from outdial.store.context import configuration_changed, now_of, ring
from outdial.store.dialect import has_name
from outdial.store.grants import only_granted
from outdial.store.listing import ListQuery, Page, Row
from outdial.store.named import row_of
from outdial.store.noun import EVERYTHING, Noun
from outdial.store.schemas import tag_page
from outdial.store.shape import Shape
from outdial.store.tables import (
    attempt,
    member,
    member_number,
    queue,
    queue_counter,
    queue_resource_group,
    resource,
    resource_group,
    resource_in_group,
)


def _tagged(conn: Connection, names: Any) -> list[ColumnElement[bool]]:
    return [has_name(conn, queue.c.tags, list(names))] if names else []


def _enabled(_: Connection, value: Any) -> list[ColumnElement[bool]]:
    return [queue.c.enabled.is_(True)] if value else []


def _counter(column: Column[Any]) -> ColumnElement[Any]:
    found = select(column).where(queue_counter.c.queue_id == queue.c.id).correlate(queue).scalar_subquery()
    return func.coalesce(found, 0)


NOUN = Noun(
    Shape(
        queue,
        order="-priority",
        listed=(
            "id", "enabled", "priority", "updated_at", "name", "type", "created_at", "created_by", "updated_by",
            "count", "waiting", "active", "tags",
        ),
        q=("name", "description"),
        filters={"tags": _tagged, "enabled": _enabled},
        extra={
            "count": _counter(queue_counter.c["count"]),
            "waiting": _counter(queue_counter.c.waiting),
            "active": _counter(queue_counter.c.active),
        },
        object="cc_queue",
    ),
    label="queue",
    read_only=frozenset({"why_idle", "why_idle_at"}),
    patchable=frozenset(
        {
            "strategy", "enabled", "calendar", "priority", "name", "dnc_list", "schema", "do_schema", "after_schema",
            "description", "tags", "variables", "payload",
        }
    ),
    merged=frozenset({"payload"}),
)  # fmt: skip
"""Fields beside the wire's: ``why_idle`` and ``why_idle_at``."""
create, replace, patch = NOUN.create, NOUN.replace, NOUN.patch

GROUPS = Noun(
    Shape(queue_resource_group, order="+resource_group", parent="queue_id", object="cc_queue", granted_by="queue_id"),
    label="resource group of the queue",
    entity="queue_resource",
    title="resource_group",
)
"""Their ``parent`` is the queue's id."""


def get(conn: Connection, domain_id: int, id: int) -> Row:
    """With ``resource_groups`` and ``resources``. Raises NotFound."""
    row = NOUN.get(conn, domain_id, id)
    _with_trunks(conn, [row])
    return row


def search(conn: Connection, domain_id: int, query: ListQuery = EVERYTHING) -> Page:
    """Filters beside fields: tags (any of them), enabled (only True counts)."""
    page = NOUN.search(conn, domain_id, query)
    if not query.fields or {"resource_groups", "resources"} & set(query.fields):
        _with_trunks(conn, [row for row in page.items if "id" in row])
    return page


def _with_trunks(conn: Connection, rows: list[Row]) -> None:
    ids = [row["id"] for row in rows]
    joined = (
        queue_resource_group.join(resource_group, resource_group.c.id == queue_resource_group.c.resource_group_id)
        .outerjoin(resource_in_group, resource_in_group.c.group_id == resource_group.c.id)
        .outerjoin(resource, resource.c.id == resource_in_group.c.resource_id)
    )
    wanted = select(
        queue_resource_group.c.queue_id,
        resource_group.c.id,
        resource_group.c.name,
        resource.c.id.label("resource_id"),
        resource.c.name.label("resource_name"),
    ).select_from(joined)
    found = conn.execute(wanted.where(queue_resource_group.c.queue_id.in_(ids))).all() if ids else []
    for row in rows:
        mine = [item for item in found if item.queue_id == row["id"]]
        row["resource_groups"] = _distinct((item.id, item.name) for item in mine)
        row["resources"] = _distinct((item.resource_id, item.resource_name) for item in mine if item.resource_id)


def _distinct(pairs: Iterable[tuple[int, str]]) -> list[Row]:
    return [{"id": id_, "name": name} for id_, name in sorted(set(pairs))]


def delete(conn: Connection, domain_id: int, id: int) -> Row:
    """The queue goes with its members; histories stay. Raises UserMistake while calls are in progress."""
    row = get(conn, domain_id, id)
    if conn.scalar(select(func.count()).where(attempt.c.queue_id == id)):
        text = f"Queue {row['name']} has calls in progress; switch it off and wait until they end."
        raise UserMistake(text, id="store.sql_queue.delete.app_error")
    trash.keep(conn, domain_id, queue, id, NOUN.shape.object)
    members = select(member.c.id).where(member.c.queue_id == id)
    conn.execute(sql_delete(member_number).where(member_number.c.member_id.in_(members)))
    conn.execute(sql_delete(member).where(member.c.queue_id == id))
    conn.execute(sql_delete(queue_counter).where(queue_counter.c.queue_id == id))
    NOUN.delete(conn, domain_id, id, kept=True)
    return row


def restore(conn: Connection, domain_id: int, id: int) -> Row:
    """Takes its deletion back, with its members."""
    NOUN.restore(conn, domain_id, id)
    ring(conn, "members")
    return get(conn, domain_id, id)


def stop(conn: Connection, domain_id: int, id: int, *, by: int | None = None) -> int:
    """Switches it off and tells the dialer to end its calls; answers how many attempts are open. Raises NotFound."""
    patch(conn, domain_id, id, {"enabled": False}, by=by)
    commands.add(conn, domain_id, "stop_queue", payload={"queue_id": id}, by=by)
    return int(counters(conn, domain_id, id)["active"])


def granted_ids(conn: Connection, domain_id: int) -> frozenset[int]:
    """Of the queues that the actor may see."""
    mine = only_granted(conn, "cc_queue", queue.c.id)
    return frozenset(conn.scalars(select(queue.c.id).where(queue.c.domain_id == domain_id, *mine)))


def set_idle_reason(conn: Connection, queue_id: int, text: str | None) -> None:
    """Why the queue does not dial; None while it does. Not a change of the configuration."""
    other = queue.c.why_idle.is_not(None) if text is None else or_(queue.c.why_idle.is_(None), queue.c.why_idle != text)
    values = {"why_idle": text, "why_idle_at": now_of(conn)}
    if conn.execute(update(queue).where(queue.c.id == queue_id, other).values(values)).rowcount:
        ring(conn, "attempts")


def tags(conn: Connection, domain_id: int, query: ListQuery) -> Page:
    where = (queue.c.domain_id == domain_id, *NOUN.shape.allowed(conn))
    return tag_page(list(conn.scalars(select(queue.c.tags).where(*where))), query)


def state(conn: Connection, domain_id: int, query: ListQuery) -> tuple[bool, int]:
    """Whether all queues that match are enabled, and how many a switch of all of them would change."""
    shape = NOUN.shape
    wanted = select(queue.c.enabled, func.count()).where(queue.c.domain_id == domain_id)
    rows = conn.execute(wanted.where(*shape.conditions(conn, query)).group_by(queue.c.enabled))
    counts = {bool(enabled): int(count) for enabled, count in rows}
    on, off = counts.get(True, 0), counts.get(False, 0)
    return (on > 0 and not off, off or on)


def set_enabled(conn: Connection, domain_id: int, query: ListQuery, enabled: bool) -> int:
    """Switches all queues that match; answers how many changed."""
    where = (queue.c.domain_id == domain_id, queue.c.enabled.is_(not enabled))
    values = {"enabled": enabled, "updated_at": now_of(conn)}
    statement = update(queue).where(*where, *NOUN.shape.conditions(conn, query)).values(values)
    changed = conn.execute(statement).rowcount
    if changed:
        configuration_changed(conn)
        about = About(NOUN.shape.object, None, part="all queues that matched a filter")
        record(conn, domain_id, "update", about, {"enabled": not enabled}, {"enabled": enabled}, count=changed)
    return changed


def info(conn: Connection, domain_id: int, id: int, name: str) -> Row | None:
    """What flows are told of a queue: ``id type name enabled priority waiting size``; by name when the id is 0."""
    row = row_of(conn, queue, domain_id, id, name)
    if row is None:
        return None
    kept = counters(conn, domain_id, row.id)
    plain = {"id": row.id, "type": row.type, "name": row.name, "enabled": row.enabled, "priority": row.priority}
    return plain | {"waiting": kept["waiting"], "size": kept["count"]}


def counters(conn: Connection, domain_id: int, id: int) -> Row:
    """``count``, ``waiting`` and ``active`` of a queue."""
    c = queue_counter.c
    row = conn.execute(
        select(c["count"], c.waiting, c.active).where(c.queue_id == id, c.domain_id == domain_id)
    ).first()
    return {"count": row[0], "waiting": row[1], "active": row[2]} if row else {"count": 0, "waiting": 0, "active": 0}
