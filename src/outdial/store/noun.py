"""One declaration per kind of record, from which create, get, search, replace, patch and delete follow.

A lookup is an id or None going in, ``{"id", "name"}`` or None coming out. Columns that end in ``_folded``
follow their twin; a sealed field ``password`` lives in ``password_sealed`` and never comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from outdial.domain.errors import BadField, NotFound, UserMistake
from outdial.store.changes import SECRET, About, record
from outdial.store.context import configuration_changed, context_of, now_of
from outdial.store.dialect import broken_unique
from outdial.store.grants import forget_grants, hidden_or, keep_for_maker
from outdial.store.listing import ListQuery, Page, Row, matches, page_of
from outdial.store.shape import Shape
from outdial.store.tables import metadata
from outdial.store.trash import keep, restore
from outdial.store.zones import zone_name

Values = Mapping[str, Any]
AUDIT = frozenset({"created_at", "created_by", "updated_at", "updated_by"})
EVERYTHING = ListQuery()


def unchanged(row: Row) -> Row:
    """Nothing in it is secret."""
    return row


@dataclass(frozen=True)
class Noun:
    shape: Shape
    label: str
    """As sentences call it: ``resource group``."""
    entity: str = ""
    """As error ids call it; the table's name if empty."""
    title: str = "name"
    """The field by which a user knows it."""
    duplicate: str = ""
    """The error id of a record that exists already, where the wire has one of its own."""
    read_only: frozenset[str] = frozenset()
    patchable: frozenset[str] | None = None
    """What PATCH may change; None = everything."""
    merged: frozenset[str] = frozenset()
    """JSON objects that PATCH merges key by key."""
    kept: frozenset[str] = frozenset()
    """Fields that PUT leaves alone when they are absent; all others become zero."""
    sealed: frozenset[str] = frozenset()
    """Secrets; PUT leaves them alone when they are absent."""
    derived: Mapping[str, tuple[str, Callable[[Any], Any]]] = field(default_factory=dict)
    """Column → the field it follows, and how."""
    discreet: Callable[[Row], Row] = unchanged
    """The record as the log of changes may have it."""
    restorable: bool = True
    """Whether a deletion can be taken back for a while."""
    dialing: bool = True
    """Whether the dialer rests on it: a write then bumps the configuration's revision."""

    # -- reading

    def get(self, conn: Connection, domain_id: int, id: int | str, *, parent: int | None = None) -> Row:
        """The whole record. Raises NotFound."""
        where = (*matches(self._table.c.id, id), *self.shape.allowed(conn))
        row = conn.execute(self.shape.of(domain_id, parent).where(*where)).first()
        if row is None:
            missing = NotFound(f"There is no {self.label} {id}.", id=self._error("get"))
            raise hidden_or(conn, self.shape.object, missing)
        return self.shape.row(row._mapping, self.shape.fields)

    def search(
        self, conn: Connection, domain_id: int, query: ListQuery = EVERYTHING, *, parent: int | None = None
    ) -> Page:
        """Raises NotFound when there is no such parent."""
        shape = self.shape
        if parent is not None:
            self._parent_exists(conn, domain_id, parent)
        statement = shape.of(domain_id, parent).where(*shape.conditions(conn, query))
        statement = statement.order_by(*shape.ordering(query)).limit(query.limit + 1).offset(query.offset)
        fields = shape.wanted(query)
        return page_of([shape.row(row._mapping, fields) for row in conn.execute(statement)], query)

    # -- writing

    def create(
        self, conn: Connection, domain_id: int, values: Values, *, parent: int | None = None, by: int | None = None
    ) -> Row:
        """Stores a record; absent fields have their column's default, unknown and read-only ones are ignored.

        Raises UserMistake for a duplicate, BadField for a lookup that does not exist in the domain.
        """
        columns = self._columns(conn, domain_id, values)
        columns["domain_id"] = domain_id
        if self.shape.parent:
            self._parent_exists(conn, domain_id, parent)
            columns[self.shape.parent] = parent
        for found in self.shape.lookups.values():
            if found.target is not None and not found.column.nullable and found.column.name not in columns:
                raise BadField(found.column.name.removesuffix("_id"), "is required", id=self._error("save"))
        now = now_of(conn)
        columns |= self._stamps(created_at=now, created_by=by, updated_at=now, updated_by=by)
        key = self._guard(lambda: conn.execute(insert(self._table).values(columns)).inserted_primary_key, "save")
        self._changed(conn)
        row = self.get(conn, domain_id, key[0], parent=parent)
        if not self.shape.parent:
            keep_for_maker(conn, domain_id, self.shape.object, key[0])
        record(conn, domain_id, "create", self._about(conn, row), None, self._shown(row, values))
        return row

    def replace(
        self,
        conn: Connection,
        domain_id: int,
        id: int,
        values: Values,
        *,
        parent: int | None = None,
        by: int | None = None,
    ) -> Row:
        """PUT: what is absent becomes zero, but for the fields the noun keeps."""
        whole = {name: values.get(name, self._zero(name)) for name in self._writable - self.kept}
        whole |= {name: values[name] for name in (self.kept | self.sealed) & values.keys()}
        old = self.get(conn, domain_id, id, parent=parent)
        return self._update(conn, domain_id, old, whole, by)

    def patch(
        self,
        conn: Connection,
        domain_id: int,
        id: int,
        changes: Values,
        *,
        parent: int | None = None,
        by: int | None = None,
    ) -> Row:
        """PATCH: what is given changes; fields that may not be patched are ignored."""
        old = self.get(conn, domain_id, id, parent=parent)
        allowed = self._writable | self.sealed if self.patchable is None else self.patchable
        given = {name: value for name, value in changes.items() if name in allowed}
        for name in self.merged & given.keys():
            given[name] = {**(old[name] or {}), **(given[name] or {})}
        return self._update(conn, domain_id, old, given, by)

    def delete(
        self, conn: Connection, domain_id: int, id: int, *, parent: int | None = None, kept: bool = False
    ) -> Row:
        """Answers the record as it was; ``kept``: it is in the trash already.

        Raises UserMistake, naming the users, while something rests on it.
        """
        old = self.get(conn, domain_id, id, parent=parent)
        self._refuse_if_used(conn, id, old)
        record(conn, domain_id, "delete", self._about(conn, old), self.discreet(old))
        if self.restorable and not kept:
            keep(conn, domain_id, self._table, id, "" if self.shape.parent else self.shape.object)
        conn.execute(delete(self._table).where(self._table.c.id == id))
        self._changed(conn)
        if not self.shape.parent:
            forget_grants(conn, domain_id, self.shape.object, id)
        return old

    def restore(self, conn: Connection, domain_id: int, id: int, *, parent: int | None = None) -> Row:
        """Takes a deletion back, with all that went with it. Raises NotFound when it is too late, Conflict when
        something else stands in its place."""
        if not self.restorable:
            raise NotFound(f"The deletion of a {self.label} cannot be taken back.")
        restore(conn, domain_id, self._table, id)
        self._changed(conn)
        row = self.get(conn, domain_id, id, parent=parent)
        record(conn, domain_id, "create", self._about(conn, row), None, self.discreet(row))
        return row

    # -- how

    @property
    def _table(self) -> Table:
        return self.shape.table

    @cached_property
    def _writable(self) -> frozenset[str]:
        computed = {*self.shape.extra, *self.shape.snapshots, "id", self.shape.parent}
        return frozenset(self.shape.fields) - self.read_only - AUDIT - computed

    def _columns(self, conn: Connection, domain_id: int, values: Values) -> dict[str, Any]:
        """Fields into columns: lookups checked, secrets sealed, twins filled."""
        columns: dict[str, Any] = {}
        for name in sorted(self._writable & values.keys()):
            column, value = self._column(conn, domain_id, name, values[name])
            columns[column.name] = self._zero(name) if value is None and not column.nullable else value
            if f"{name}_folded" in self._table.c:
                columns[f"{name}_folded"] = str(value or "").casefold()
        for name in self.sealed & values.keys():
            columns[f"{name}_sealed"] = context_of(conn).box.seal(values[name] or "")
        for name, (source, derive) in self.derived.items():
            if source in columns:
                columns[name] = derive(columns[source])
        return columns

    def _column(self, conn: Connection, domain_id: int, name: str, value: Any) -> tuple[Column[Any], Any]:
        """Where a field is kept, and its value there."""
        found = self.shape.lookups.get(name)
        if found:
            return found.column, self._exists(conn, domain_id, name, value)
        if name in self.shape.zones:
            value = zone_name(value)
            if value is None:
                raise BadField(name, "there is no such time zone", id=self._error("save"))
        return self._table.c[self.shape.aliases.get(name, name)], value

    def _exists(self, conn: Connection, domain_id: int, name: str, value: int | None) -> int | None:
        """The id of a lookup, if the domain has such a record."""
        found = self.shape.lookups[name]
        if not value:
            if not found.column.nullable:
                raise BadField(name, "is required", id=self._error("save"))
            return None
        assert found.target is not None
        known = select(found.target.c.id).where(
            *matches(found.target.c.id, value), found.target.c.domain_id == domain_id
        )
        if conn.execute(known).first() is None:
            raise BadField(name, f"there is no such record: {value}", id=self._error("save"))
        return value

    def _parent_exists(self, conn: Connection, domain_id: int, parent: int | None) -> None:
        target = next(iter(self._table.c[self.shape.parent].foreign_keys)).column.table
        known = select(target.c.id).where(*matches(target.c.id, parent), target.c.domain_id == domain_id)
        if conn.execute(known).first() is None:
            text = f"There is no {target.name.replace('_', ' ')} {parent}."
            raise NotFound(text, id=f"store.sql_{target.name}.get.app_error")

    def _zero(self, name: str) -> Any:
        default: Any = getattr(self.shape.expressions[name], "default", None)
        if default is None:
            return None
        return default.arg(None) if default.is_callable else default.arg

    def _stamps(self, **stamps: Any) -> dict[str, Any]:
        return {name: value for name, value in stamps.items() if name in self._table.c}

    def _update(self, conn: Connection, domain_id: int, old: Row, values: Values, by: int | None) -> Row:
        columns = self._columns(conn, domain_id, values)
        # grows with every update, whatever the clock does: parsed flows are kept by it
        stamp = max(now_of(conn), (old.get("updated_at") or 0) + 1)
        columns |= self._stamps(updated_at=stamp, updated_by=by)
        if columns:
            statement = update(self._table).where(self._table.c.id == old["id"]).values(columns)
            self._guard(lambda: conn.execute(statement), "update")
            self._changed(conn)
        new = self.get(conn, domain_id, old["id"])
        record(conn, domain_id, "update", self._about(conn, new), self.discreet(old), self._shown(new, values))
        return new

    def _shown(self, row: Row, given: Values) -> Row:
        """The record for the log of changes; of a secret that was given, only that it was."""
        return {**self.discreet(row), **dict.fromkeys(self.sealed & given.keys(), SECRET)}

    def _about(self, conn: Connection, row: Row) -> About:
        """As the log of changes names the record, or the record that it is a part of."""
        title = str(row.get(self.title) or row["id"])
        if not self.shape.parent or context_of(conn).actor is None:
            return About(self.shape.object, row["id"], title)
        parent = conn.scalar(select(self._table.c[self.shape.parent]).where(self._table.c.id == row["id"]))
        return About(self.shape.object, parent, part=f"{self.label} {title}")

    def _changed(self, conn: Connection) -> None:
        if self.dialing:
            configuration_changed(conn)

    def _error(self, action: str) -> str:
        return f"store.sql_{self.entity or self._table.name}.{action}.app_error"

    def _guard(self, execute: Callable[[], Any], action: str) -> Any:
        """Runs a write; a broken rule of the database becomes a sentence."""
        try:
            return execute()
        except IntegrityError as error:
            if broken_unique(error):
                text = f"There is such a {self.label} already: its {self.title} must be unique."
                raise UserMistake(text, id=self.duplicate or self._error(action)) from error
            text = f"This {self.label} points to a record that does not exist."
            raise UserMistake(text, id=self._error(action)) from error

    def _refuse_if_used(self, conn: Connection, id_: int, row: Row) -> None:
        for table in metadata.sorted_tables:
            for key in table.foreign_keys:
                if key.column is self._table.c.id and key.ondelete != "CASCADE":
                    users = _users(conn, table, key.parent, id_)
                    if users:
                        text = f"The {self.label} {row.get(self.title) or id_} is in use by {users}; change that first."
                        raise UserMistake(text, id=self._error("delete"))


def _users(conn: Connection, table: Table, column: Column[Any], id_: int) -> str:
    """Up to three of the records that point here, in words."""
    name = table.c.name if "name" in table.c else table.c.id
    rows = [str(row[0]) for row in conn.execute(select(name).where(column == id_).limit(4))]
    if not rows:
        return ""
    return f"{table.name.replace('_', ' ')} {', '.join(rows[:3])}" + (" and others" if len(rows) > 3 else "")
