"""What flows may ask of the histories: figures over a queue's attempts, the last answered call with a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, case, func, select

from outdial.domain.number import normalise
from outdial.store.listing import Row
from outdial.store.tables import attempt_history, call_history

Figure = Literal["avg", "max", "min"]
Time = Literal["wait_time", "talk_time"]

_a, _c = attempt_history.c, call_history.c
_WAITED = func.coalesce(_a.bridged_at, _a.leaving_at) - _a.joined_at
_TALKED = _a.leaving_at - _a.bridged_at
_FIGURES: dict[Figure, Any] = {"avg": func.avg, "max": func.max, "min": func.min}


def queue_time(conn: Connection, domain_id: int, queue_id: int, figure: Figure, time: Time, *, since: int) -> float:
    """Seconds, over attempts that joined since then: until the answer, or the end; or from the answer to the end."""
    ms: ColumnElement[int] = _TALKED if time == "talk_time" else _WAITED
    found = conn.scalar(select(_FIGURES[figure](ms)).where(*_of_queue(domain_id, queue_id, since)))
    return float(found or 0) / 1000


def service_level(conn: Connection, domain_id: int, queue_id: int, within_s: int, *, since: int) -> float:
    """Percent of the attempts that were answered within so long."""
    in_time = case((_a.bridged_at - _a.joined_at <= within_s * 1000, 1), else_=0)
    wanted = select(func.sum(in_time), func.count()).where(*_of_queue(domain_id, queue_id, since))
    good, all_ = conn.execute(wanted).one()
    return 100 * int(good) / int(all_) if all_ else 0.0


def _of_queue(domain_id: int, queue_id: int, since: int) -> tuple[ColumnElement[bool], ...]:
    return (_a.domain_id == domain_id, _a.queue_id == queue_id, _a.joined_at >= since)


def last_bridged(
    conn: Connection, domain_id: int, number: str, since: int, queue_ids: Sequence[int] = ()
) -> Row | None:
    """``id queue_id agent_id description created_at gateway_id destination variables`` of the last answered call."""
    shown = (_c.id, _c.queue_id, _a.agent_id, _a.description, _c.created_at, _c.gateway_id, _c.destination)
    wanted = (
        select(*shown, _c.variables)
        .select_from(call_history.outerjoin(attempt_history, _a.id == _c.attempt_id))
        .where(_c.domain_id == domain_id, _c.number == normalise(number), _c.created_at >= since)
        .where(_c.answered_at.is_not(None), *([_c.queue_id.in_(queue_ids)] if queue_ids else []))
        .order_by(_c.created_at.desc())
    )
    row = conn.execute(wanted.limit(1)).first()
    return dict(row._mapping) if row else None
