"""Lists as the wire asks for them: page and size, q, sort, fields, ids and filters (webitel-api §1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer

Row = dict[str, Any]
"""A record under the wire's names: ids and instants are ints, lookups are {"id", "name"} or None."""

DEFAULT_SIZE = 40
MOST = 20_000
FARTHEST = 2**62
"""No row is behind this offset, no id or instant beyond it; bigger numbers do not fit the databases."""


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to it; 0 leaves an end open."""

    since: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class ListQuery:
    page: int = 1
    size: int = DEFAULT_SIZE
    q: str = ""
    """A pattern: ``*`` stands for anything, without one the whole text must match; case does not matter."""
    sort: str = ""
    """``+field``, ``-field`` or ``field``; unknown fields are ignored."""
    fields: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    """Field → value, list of values, Range or map; the ones a noun knows are named at the noun."""

    @property
    def limit(self) -> int:
        return self.size if 0 < self.size <= MOST else DEFAULT_SIZE

    @property
    def offset(self) -> int:
        return min(max(0, self.page - 1) * self.limit, FARTHEST)

    def sorting(self) -> tuple[str, bool]:
        """The field and whether it is descending; an unencoded ``+`` arrives as a space."""
        plain = self.sort.lstrip("+ ")
        return plain.removeprefix("-"), plain.startswith("-")


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Row]
    next: bool
    """Whether another page exists."""


def page_of(rows: list[Row], query: ListQuery) -> Page:
    """From limit + 1 rows."""
    return Page(rows[: query.limit], len(rows) > query.limit)


def like(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    """``*`` is the wildcard; nothing else is. The column is casefolded."""
    text = pattern.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return column.like(text, escape="\\")


def within(column: ColumnElement[Any], value: Range) -> list[ColumnElement[bool]]:
    found = []
    if value.since:
        found.append(column >= _fitting(column, value.since))
    if value.until:
        found.append(column <= _fitting(column, value.until))
    return found


def matches(column: ColumnElement[Any], value: Any) -> list[ColumnElement[bool]]:
    """A value, any of several, or a range."""
    if isinstance(value, Range):
        return within(column, value)
    if isinstance(value, list | tuple | set | frozenset):
        return [column.in_([_fitting(column, one) for one in value])] if value else []
    return [column == _fitting(column, value)]


def _fitting(column: ColumnElement[Any], value: Any) -> Any:
    """A number as near as the column's type allows: what is out of its range cannot be in the table."""
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    small = isinstance(column.type, Integer) and not isinstance(column.type, BigInteger)
    most = 2**31 - 1 if small else FARTHEST
    return max(-most, min(most, value))
