"""A search of members by name or number that finds few becomes a look-up of their ids.

The list goes newest first along its index: right where many match, and a walk past everybody where few do. So the
few are looked for by name first; with more than ``FEW`` of them the next page is never far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from outdial.domain.number import has_digits, normalise
from outdial.store.dialect import is_sqlite
from outdial.store.listing import ListQuery
from outdial.store.tables import member, member_number

FEW = 2000
NOBODY = (0,)
"""No member has this id."""
_LAST = "\U0010ffff"
_m, _n = member.c, member_number.c


def narrowed(conn: Connection, domain_id: int, query: ListQuery, queue_id: int | None) -> ListQuery:
    """The query as it is, or with ``ids`` in place of ``q``, ``destination`` and ``numbers``."""
    if query.ids:
        return query
    filters = dict(query.filters)
    exact = [text for text in (filters.get("destination"), *filters.get("numbers", ())) if text]
    if exact:
        found = _with_numbers(conn, domain_id, exact)
        both = filters.get("destination") and filters.get("numbers")
        return query if both or len(found) > FEW else _only(query, found, "destination", "numbers")
    return _by_text(conn, domain_id, query, queue_id)


def _by_text(conn: Connection, domain_id: int, query: ListQuery, queue_id: int | None) -> ListQuery:
    text = str(query.q or query.filters.get("q", "")).casefold()
    plain = text.removesuffix("*")
    if queue_id is None or not plain or "*" in plain:
        return query
    named = _by_name(conn, plain) if text.endswith("*") else [_m.name_folded == plain]
    found = list(conn.scalars(select(_m.id).where(_m.queue_id == queue_id, *named).limit(FEW + 1)))
    if len(found) > FEW:
        return query
    numbers = _with_numbers(conn, domain_id, [plain]) if has_digits(plain) else []
    return _only(replace(query, q=""), [*found, *numbers], "q")


def _only(query: ListQuery, ids: Sequence[int], *without: str) -> ListQuery:
    kept = {name: value for name, value in query.filters.items() if name not in without}
    return replace(query, ids=tuple(ids) or NOBODY, filters=kept)


def _with_numbers(conn: Connection, domain_id: int, texts: Sequence[str]) -> list[int]:
    wanted = [normalise(text) for text in texts]
    found = select(_n.member_id).where(_n.domain_id == domain_id, _n.number.in_(wanted))
    return list(conn.scalars(found.limit(FEW + 1)))


def _by_name(conn: Connection, prefix: str) -> list[ColumnElement[bool]]:
    """Names that begin so, as an index can find them: by bytes, whatever the database's language."""
    column: Any = _m.name_folded
    if is_sqlite(conn):
        return [column >= prefix, column < prefix + _LAST]
    return [column.op("~>=~", is_comparison=True)(prefix), column.op("~<~", is_comparison=True)(prefix + _LAST)]
