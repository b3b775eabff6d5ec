"""How a table looks on the wire: its fields, lookups and lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Select, Table, select
from sqlalchemy.sql.selectable import NamedFromClause

from outdial.store.grants import only_granted
from outdial.store.listing import ListQuery, Row, like, matches
from outdial.store.tables import user
from outdial.store.zones import zone_lookup

Filter = Callable[[Connection, Any], Sequence[ColumnElement[bool]]]


def by(column: ColumnElement[Any], value_of: Callable[[Any], Any] = lambda value: value) -> Filter:
    """A filter on a column: a value, any of several, or a Range."""
    return lambda _, value: matches(column, value_of(value))


@dataclass(frozen=True, slots=True)
class Lookup:
    """``{"id", "name"}``: the id's column, the name, and the table to join for it, if any."""

    column: Column[Any]
    name: ColumnElement[Any]
    sort: ColumnElement[Any]
    target: NamedFromClause | None = None


@dataclass(frozen=True)
class Shape:
    """A table's columns are the wire's fields, but for foreign keys: ``calendar_id`` is the lookup ``calendar``."""

    table: Table
    order: str = "+id"
    listed: tuple[str, ...] = ()
    """Fields of a list that asks for none; all if empty."""
    q: tuple[str, ...] = ()
    """Columns that ``q`` looks at, by their folded twin if they have one."""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    """Filters beside those that are named like a field; one named ``q`` takes its place."""
    hidden: frozenset[str] = frozenset()
    """Columns that never leave the store."""
    parent: str = ""
    """The column of the record this one belongs to."""
    zones: frozenset[str] = frozenset()
    """Time zones: names in the table, lookups on the wire."""
    snapshots: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Lookups whose id and name both stand in the table."""
    loose: Mapping[str, tuple[str, Table]] = field(default_factory=dict)
    """Lookups without a foreign key: the column, 0 for none, and the table it points to."""
    extra: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    """Computed fields."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Wire name → column, where they differ."""
    object: str = ""
    """The class of records to which these belong, as rights are given for it; empty where no change is told of."""
    granted_by: str = "id"
    """The column with the id of the record on which rights are granted; empty for none."""

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.expressions)

    @cached_property
    def lookups(self) -> dict[str, Lookup]:
        c = self.table.c
        found = {name: Lookup(c[id_], c[text], c[text]) for name, (id_, text) in self.snapshots.items()}
        for column in c:
            for key in column.foreign_keys:
                if column.name not in ("domain_id", self.parent):
                    found[column.name.removesuffix("_id")] = _joined(column, key.column.table)
        for name, (id_, target) in self.loose.items():
            found[name] = _joined(c[id_], target)
        for name in ("created_by", "updated_by"):
            if name in c:
                found[name] = _joined(c[name], user)
        return found

    @cached_property
    def expressions(self) -> dict[str, ColumnElement[Any]]:
        """Field → what is selected for it; of a lookup, the id."""
        names = {found.column.name: name for name, found in self.lookups.items()}
        names |= {column: name for name, column in self.aliases.items()}
        hidden = self.hidden | {"domain_id"} | {text for _, text in self.snapshots.values()}
        columns = {
            names.get(column.name, column.name): column
            for column in self.table.c
            if column.name not in hidden and not column.name.endswith("_folded")
        }
        return {**columns, **self.extra}

    @cached_property
    def select(self) -> Select[Any]:
        source: FromClause = self.table
        shown = [column.label(f"f_{name}") for name, column in self.expressions.items()]
        for name, found in self.lookups.items():
            if found.target is not None:
                source = source.outerjoin(found.target, found.target.c.id == found.column)
            shown.append(found.name.label(f"n_{name}"))
        return select(*shown).select_from(source)

    def of(self, domain_id: int, parent: int | None = None) -> Select[Any]:
        """The records of a domain, or of one parent in it."""
        statement = self.select.where(self.table.c.domain_id == domain_id)
        return statement.where(self.table.c[self.parent] == parent) if parent is not None else statement

    def allowed(self, conn: Connection) -> list[ColumnElement[bool]]:
        """Nothing for whoever may see the whole class; else that the record was granted."""
        return only_granted(conn, self.object, self.table.c[self.granted_by]) if self.granted_by else []

    def row(self, row: Mapping[Any, Any], fields: Sequence[str]) -> Row:
        return {name: self._value(row, name) for name in fields}

    def _value(self, row: Mapping[Any, Any], name: str) -> Any:
        value = row[f"f_{name}"]
        if name in self.lookups:
            return None if not value else {"id": value, "name": row[f"n_{name}"] or ""}
        return zone_lookup(value) if name in self.zones else value

    def wanted(self, query: ListQuery) -> Sequence[str]:
        asked = {name.partition(".")[0] for name in query.fields}
        return tuple(name for name in self.fields if name in asked) if asked else self.listed or self.fields

    def conditions(self, conn: Connection, query: ListQuery) -> list[ColumnElement[bool]]:
        found = self.allowed(conn)
        if query.q and "q" in self.filters:
            found += self.filters["q"](conn, query.q)
        elif query.q and self.q:
            hits = [like(_twin(self.table, name), query.q) for name in self.q]
            found.append(hits[0] if len(hits) == 1 else hits[0] | hits[1])
        if query.ids:
            found += matches(self.table.c.id, query.ids)
        for name, value in query.filters.items():
            if name in self.filters:
                found += self.filters[name](conn, value)
            elif name in self.expressions:
                found += matches(self.expressions[name], value)
        return found

    def ordering(self, query: ListQuery) -> list[ColumnElement[Any]]:
        """Nulls last going up, first going down; ids settle what is equal."""
        name, descending = query.sorting()
        if name not in self.expressions:
            name, descending = self.order.lstrip("+-"), self.order.startswith("-")
        by = self.lookups[name].sort if name in self.lookups else self.expressions[name]
        if f"{name}_folded" in self.table.c:
            by = self.table.c[f"{name}_folded"]
        last = self.table.c.id
        if name not in self.lookups and not getattr(by, "nullable", True):
            return [by.desc(), last.desc()] if descending else [by.asc(), last.asc()]
        return [by.desc().nulls_first(), last.desc()] if descending else [by.asc().nulls_last(), last.asc()]


def _joined(column: Column[Any], target: Table) -> Lookup:
    alias = target.alias(f"{column.name}_of")
    return Lookup(column, alias.c.name, alias.c.name_folded, alias)


def _twin(table: Table, name: str) -> ColumnElement[Any]:
    folded = f"{name}_folded"
    return table.c[folded] if folded in table.c else table.c[name]
