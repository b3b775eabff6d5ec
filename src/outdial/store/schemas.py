"""Flow schemas and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select
from sqlalchemy import delete as delete_rows

from outdial.store import drafts, settings
from outdial.store.context import now_of
from outdial.store.dialect import has_name
from outdial.store.listing import ListQuery, Page, Row
from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import schema, schema_version

VERSION_LIMIT = "scheme_version_limit"
"""The setting of a domain that says how many versions of a schema are kept; all of them without it."""


def _tagged(conn: Connection, names: Any) -> list[ColumnElement[bool]]:
    return [has_name(conn, schema.c.tags, list(names))] if names else []


NOUN = Noun(
    Shape(
        schema,
        order="-created_at",
        listed=("id", "name", "editor", "type", "tags"),
        q=("name",),
        filters={"tags": _tagged},
        object="schema",
    ),
    label="flow schema",
    entity="routing_schema",
    duplicate="store.sql_routing_schema.save.valid.name",
)
get, search, delete, restore = NOUN.get, NOUN.search, NOUN.delete, NOUN.restore

VERSIONS = Noun(
    Shape(schema_version, order="-version", parent="schema_id", object="schema", granted_by="schema_id"),
    label="schema version",
    title="version",
    dialing=False,
)
versions = VERSIONS.search


@dataclass(frozen=True, slots=True)
class Flow:
    """A schema as the dialer runs it."""

    id: int
    domain_id: int
    name: str
    type: str
    schema: list[Any]
    updated_at: int


def load(conn: Connection, schema_id: int) -> Flow | None:
    """Any domain's schema by id."""
    row = conn.execute(select(schema).where(schema.c.id == schema_id)).first()
    return Flow(row.id, row.domain_id, row.name, row.type, row.schema, row.updated_at) if row else None


def type_of(conn: Connection, domain_id: int, id: int) -> str | None:
    return conn.scalar(select(schema.c.type).where(schema.c.domain_id == domain_id, schema.c.id == id))


def create(conn: Connection, domain_id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    row = NOUN.create(conn, domain_id, values, by=by)
    _keep_version(conn, domain_id, row, by)
    return row


def replace(conn: Connection, domain_id: int, id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    old = NOUN.get(conn, domain_id, id)
    return _versioned(conn, domain_id, old, NOUN.replace(conn, domain_id, id, values, by=by), by)


def patch(conn: Connection, domain_id: int, id: int, changes: Mapping[str, Any], *, by: int | None = None) -> Row:
    old = NOUN.get(conn, domain_id, id)
    return _versioned(conn, domain_id, old, NOUN.patch(conn, domain_id, id, changes, by=by), by)


def _versioned(conn: Connection, domain_id: int, old: Row, new: Row, by: int | None) -> Row:
    if old["schema"] != new["schema"]:
        _keep_version(conn, domain_id, new, by)
    return new


def _keep_version(conn: Connection, domain_id: int, row: Row, by: int | None) -> None:
    last = conn.scalar(select(func.max(schema_version.c.version)).where(schema_version.c.schema_id == row["id"]))
    values = {
        "domain_id": domain_id,
        "schema_id": row["id"],
        "version": (last or 0) + 1,
        "created_at": now_of(conn),
        "created_by": by,
        "note": row["note"],
        "schema": row["schema"],
        "payload": row["payload"],
    }
    conn.execute(insert(schema_version).values(values))
    limit = settings.get(conn, domain_id, VERSION_LIMIT)
    if limit:
        c = schema_version.c
        old = delete_rows(schema_version).where(c.schema_id == row["id"], c.version <= values["version"] - int(limit))
        conn.execute(old)
    drafts.discard(conn, domain_id, row["id"])


def tags(conn: Connection, domain_id: int, query: ListQuery) -> Page:
    """The names of tags in use, each once."""
    names = conn.scalars(select(schema.c.tags).where(schema.c.domain_id == domain_id, *NOUN.shape.allowed(conn)))
    return tag_page(list(names), query)


def tag_page(tag_lists: list[list[dict[str, Any]]], query: ListQuery) -> Page:
    """A page of the distinct names in lists of ``{"name": …}`` that match ``q``."""
    prefix, star, _ = query.q.casefold().partition("*")
    found = sorted({tag["name"] for tags in tag_lists for tag in tags or ()})
    wanted = [n for n in found if not query.q or (n.casefold().startswith(prefix) if star else n.casefold() == prefix)]
    end = query.offset + query.limit
    return Page([{"name": name} for name in wanted[query.offset : end]], len(wanted) > end)
