"""What the board of queues shows: counters, lines in use, and how attempts ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, select

from outdial.store import tallies
from outdial.store.listing import Row
from outdial.store.tables import (
    attempt,
    queue,
    queue_counter,
    queue_resource_group,
    resource,
    resource_in_group,
)
from outdial.store.tallies import Line, Sum

IN_USE = ("offering", "bridged")
"""An attempt in these states has a line."""


def figures(conn: Connection, domain_id: int, *, since: int, until: int, queue_ids: Collection[int] = ()) -> list[Row]:
    """Of each queue: ``id name enabled why_idle why_idle_at count waiting active done``, ``resources`` with the lines
    they use, and the sums of what ended between two instants, ``results`` and ``causes`` with the most frequent first.
    """
    mine = [queue.c.id.in_(queue_ids)] if queue_ids else []
    c = queue_counter.c
    shown = (queue.c.id, queue.c.name, queue.c.enabled, queue.c.why_idle, queue.c.why_idle_at)
    wanted = (
        select(*shown, c["count"], c.waiting, c.active)
        .select_from(queue.outerjoin(queue_counter, c.queue_id == queue.c.id))
        .where(queue.c.domain_id == domain_id, *mine)
        .order_by(queue.c.id)
    )
    ends = _ends(tallies.by(conn, domain_id, "result", since=since, until=until, queue_ids=queue_ids))
    trunks = _trunks(conn, domain_id, queue_ids)
    rows = []
    for row in conn.execute(wanted):
        count, waiting = row[5] or 0, row[6] or 0
        counted = {"count": count, "waiting": waiting, "active": row.active or 0, "done": count - waiting}
        plain = {"id": row.id, "name": row.name, "enabled": row.enabled}
        why = {"why_idle": row.why_idle or "", "why_idle_at": row.why_idle_at or 0}
        rows.append({**plain, **counted, **why, "resources": trunks[row.id], **(ends.get(row.id) or told([]))})
    return rows


def _ends(lines: list[Line]) -> dict[int, Row]:
    found: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.queue_id].append(line)
    return {queue_id: told(mine) for queue_id, mine in found.items()}


def told(lines: list[Line]) -> Row:
    """The sums of one queue's lines, whose keys are results."""
    total, results, causes = Sum(), Counter[str](), Counter[str]()
    for line in lines:
        total.count(line.attempts, line.answered, line.talk_sec, line.cause)
        results[line.key] += line.attempts
        if line.cause:
            causes[line.cause] += line.attempts
    return {**sums(total), "results": _named(results), "causes": _named(causes)}


def sums(total: Sum) -> Row:
    rate = round(total.answered / total.calls, 4) if total.calls else 0.0
    return {
        "attempts": total.attempts,
        "calls": total.calls,
        "answered": total.answered,
        "answer_rate": rate,
        "talk_sec": total.talk_sec,
    }


def _named(counts: Counter[str]) -> list[Row]:
    return [{"name": name, "count": count} for name, count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))]


def series(conn: Connection, domain_id: int, queue_id: int, key: str, *, since: int, until: int) -> list[Row]:
    """The sums by hour or by attempt number, ascending: ``key`` and what ``sums`` has."""
    totals: dict[Any, Sum] = defaultdict(Sum)
    for line in tallies.by(conn, domain_id, key, since=since, until=until, queue_ids=(queue_id,)):
        totals[line.key].count(line.attempts, line.answered, line.talk_sec, line.cause)
    return [{"key": value, **sums(totals[value])} for value in sorted(totals)]


def _trunks(conn: Connection, domain_id: int, queue_ids: Collection[int]) -> dict[int, list[Row]]:
    """Queue id → its resources: ``id name enabled limit rps lines lines_all``."""
    mine = [queue_resource_group.c.queue_id.in_(queue_ids)] if queue_ids else []
    joined = queue_resource_group.join(
        resource_in_group, resource_in_group.c.group_id == queue_resource_group.c.resource_group_id
    ).join(resource, resource.c.id == resource_in_group.c.resource_id)
    c = resource.c
    wanted = (
        select(queue_resource_group.c.queue_id, c.id, c.name, c.enabled, c["limit"], c.rps)
        .select_from(joined)
        .where(queue_resource_group.c.domain_id == domain_id, *mine)
        .distinct()
        .order_by(queue_resource_group.c.queue_id, c.id)
    )
    lines = _lines(conn, domain_id)
    everywhere = Counter[int]()
    for (_, resource_id), used in lines.items():
        everywhere[resource_id] += used
    found: dict[int, list[Row]] = defaultdict(list)
    for queue_id, id_, name, enabled, limit, rps in conn.execute(wanted):
        found[queue_id].append(
            {
                "id": id_,
                "name": name,
                "enabled": enabled,
                "limit": limit,
                "rps": rps,
                "lines": lines[queue_id, id_],
                "lines_all": everywhere[id_],
            }
        )
    return found


def _lines(conn: Connection, domain_id: int) -> Counter[tuple[int, int]]:
    """(queue id, resource id) → lines in use."""
    a = attempt.c
    wanted = select(a.queue_id, a.resource_id, func.count()).where(a.domain_id == domain_id, a.state.in_(IN_USE))
    rows = conn.execute(wanted.group_by(a.queue_id, a.resource_id))
    return Counter({(queue_id, resource_id or 0): int(used) for queue_id, resource_id, used in rows})
