"""Records whose wire form is computed from what the store keeps: histories and calls in progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from outdial.api.fields import Shape
from outdial.store.listing import ListQuery, Page, Row


@dataclass(frozen=True, slots=True)
class Derived:
    """A wire field made of kept ones."""

    sources: tuple[str, ...]
    make: Callable[[Row], Any]


@dataclass(frozen=True)
class View:
    shape: Shape
    derived: Mapping[str, Derived]

    def to_store(self, query: ListQuery) -> ListQuery:
        """The query in the store's fields: of a derived one, those that it is made of."""
        if not query.fields:
            return query
        names: list[str] = []
        for field in query.fields:
            name = field.partition(".")[0]
            names += self.derived[name].sources if name in self.derived else [name]
        return replace(query, fields=tuple(dict.fromkeys(names)) or ("id",))

    def rows(self, page: Page, query: ListQuery) -> Page:
        """The page as the wire has it, cut to the fields that were asked for."""
        asked = {field.partition(".")[0] for field in query.fields}
        return Page([self.row(row, asked) for row in page.items], page.next)

    def row(self, row: Row, asked: set[str] | None = None) -> Row:
        whole = dict(row)
        for name, field in self.derived.items():
            if all(source in row for source in field.sources):
                whole[name] = field.make(row)
        return {name: value for name, value in whole.items() if name in asked} if asked else whole


def lookup(id_: Any, name: Any) -> dict[str, Any] | None:
    return {"id": id_, "name": name or ""} if id_ else None


def seconds(since: int | None, until: int | None) -> int:
    """Whole seconds between two instants, 0 where one of them did not happen."""
    return max(0, until - since) // 1000 if since and until else 0
