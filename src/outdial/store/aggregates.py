"""Sums over the history of calls, grouped: what dashboards draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, func, select

from outdial.domain.errors import BadField
from outdial.store import calls
from outdial.store.listing import MOST, ListQuery, Row
from outdial.store.tables import call_history

_c = call_history.c
GROUPS: Mapping[str, ColumnElement[Any]] = {
    name: _c[name]
    for name in (
        "cause", "sip_code", "result", "disposition", "hangup_by", "from_number", "destination", "amd_result",
        "created_at", "answered_at", "hangup_at", "stored_at",
    )
} | {"queue": _c.queue_id, "member": _c.member_id, "gateway": _c.gateway_id, "resource": _c.resource_id}  # fmt: skip
NAMES: Mapping[str, ColumnElement[Any]] = {
    "queue": _c.queue_name, "member": _c.member_name, "gateway": _c.gateway_name,
}  # fmt: skip
VALUES: Mapping[str, ColumnElement[Any]] = {
    "duration": _c.duration,
    "talk_sec": _c.talk_sec,
    "bill_sec": _c.talk_sec,
    "wait_sec": case((_c.answered_at.is_not(None), (_c.answered_at - _c.created_at) / 1000)),
}
FUNCTIONS: Mapping[str, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    "avg": func.avg,
    "sum": func.sum,
    "min": func.min,
    "max": func.max,
}
INTERVALS = {
    "minute": 60, "5min": 300, "15min": 900, "30min": 1800, "hour": 3600, "day": 86400, "week": 604800,
    "1m": 60, "5m": 300, "15m": 900, "30m": 1800, "1h": 3600, "1d": 86400, "1w": 604800,
}  # fmt: skip
"""Seconds; hours and days are those of UTC."""
MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Group:
    field: str
    interval: str = ""
    """Of an instant."""


@dataclass(frozen=True, slots=True)
class Wanted:
    groups: Sequence[Group] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Function → the fields that it is taken of."""
    sort: Sequence[str] = ()
    """Names of the answer; ``-`` before one is downwards. By the groups, unless said."""
    limit: int = MOST_ROWS


def rows(conn: Connection, domain_id: int, query: ListQuery, wanted: Wanted) -> list[Row]:
    """A row a group: its fields, ``count``, and ``avg_duration`` and the like. Raises BadField."""
    groups = {group.field: _group(group) for group in wanted.groups}
    shown = {**groups, "count": func.count()}
    for name, fields in wanted.values.items():
        shown |= {f"{name}_{of}": FUNCTIONS[name](_value(of)) for of in fields}
    shown |= {f"{name}_name": func.max(NAMES[name]) for name in groups if name in NAMES}
    statement = select(*(column.label(name) for name, column in shown.items())).where(_c.domain_id == domain_id)
    statement = statement.where(*calls.NOUN.shape.conditions(conn, query))
    statement = statement.group_by(*groups.values()).order_by(*_order(wanted, shown, groups))
    found = conn.execute(statement.limit(wanted.limit if 0 < wanted.limit <= MOST else MOST_ROWS))
    return [_row(dict(row._mapping), groups) for row in found]


def _group(group: Group) -> ColumnElement[Any]:
    column = GROUPS.get(group.field)
    if column is None:
        raise BadField("aggs.group.field", f"expected one of {', '.join(GROUPS)}")
    if not group.field.endswith("_at"):
        return column
    seconds = INTERVALS.get(group.interval or "day")
    if seconds is None:
        raise BadField("aggs.group.interval", f"expected one of {', '.join(INTERVALS)}")
    return cast(column - column % (seconds * 1000), BigInteger)


def _value(name: str) -> ColumnElement[Any]:
    if name not in VALUES:
        raise BadField("aggs", f"there is no number {name}; expected one of {', '.join(VALUES)}")
    return VALUES[name]


def _order(
    wanted: Wanted, shown: Mapping[str, ColumnElement[Any]], groups: Mapping[str, ColumnElement[Any]]
) -> list[ColumnElement[Any]]:
    found = []
    for text in wanted.sort:
        name = text.lstrip("+- ")
        if name in shown:
            found.append(shown[name].desc() if text.startswith("-") else shown[name].asc())
    return [*found, *groups.values()]


def _number(value: Any) -> int | float:
    """The databases differ in the types of averages and sums."""
    number = round(float(value), 3)
    return int(number) if number.is_integer() else number


def _row(row: Row, groups: Mapping[str, Any]) -> Row:
    """Averages are numbers with a fraction on both databases; a group with a name is a lookup."""
    out: Row = {}
    for name, value in row.items():
        if name.endswith("_name"):
            continue
        named = name in groups and f"{name}_name" in row
        lookup = {"id": str(value), "name": row[f"{name}_name"] or ""} if named and value else value
        out[name] = _number(value) if name.partition("_")[0] in FUNCTIONS and value is not None else lookup
    return out
