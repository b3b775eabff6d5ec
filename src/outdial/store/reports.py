"""What queues did in a span of time, a row a queue."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, case, func, select

from outdial.store import queues
from outdial.store.listing import ListQuery, Page, Range, Row, within
from outdial.store.tables import attempt_history

_h = attempt_history.c


def general(conn: Connection, domain_id: int, query: ListQuery, span: Range) -> Page:
    """Queues that match, each with its attempts that began in the span."""
    found = queues.search(conn, domain_id, replace(query, fields=()))
    done = _counted(conn, domain_id, [row["id"] for row in found.items], span)
    items = [_row(row, done.get(row["id"], {})) for row in found.items]
    return Page(items, found.next)


def _counted(conn: Connection, domain_id: int, ids: list[int], span: Range) -> dict[int, Row]:
    talk = (_h.leaving_at - _h.bridged_at) / 1000
    wanted = select(
        _h.queue_id,
        func.count().label("attempts"),
        func.count(_h.bridged_at).label("bridged"),
        func.sum(case((_h.result == "abandoned", 1), else_=0)).label("abandoned"),
        func.sum(case((_h.result == "success", 1), else_=0)).label("processed"),
        func.avg((_h.bridged_at - _h.joined_at) / 1000.0).label("avg_awt_sec"),
        func.sum(talk).label("sum_bill_sec"),
        func.avg(talk).label("avg_aht_sec"),
    )
    wanted = wanted.where(_h.domain_id == domain_id, _h.queue_id.in_(ids), *within(_h.joined_at, span))
    rows = conn.execute(wanted.group_by(_h.queue_id)) if ids else ()
    return {row.queue_id: dict(row._mapping) for row in rows}


def _row(queue: Row, done: Row) -> Row:
    return {
        "queue": {"id": queue["id"], "name": queue["name"]},
        "count": done.get("attempts", 0),
        "waiting": queue["waiting"],
        **{name: done.get(name) or 0 for name in ("attempts", "bridged", "abandoned", "processed")},
        "sum_bill_sec": int(done.get("sum_bill_sec") or 0),
        **{name: round(float(done.get(name) or 0), 2) for name in ("avg_awt_sec", "avg_aht_sec")},
    }
