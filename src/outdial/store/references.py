"""Which of the records that a schema names are not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, Table, select

from outdial.flow.declare import Lookup
from outdial.flow.validate import Reference
from outdial.store import tables

TABLES: dict[Lookup, Table] = {
    "media": tables.media_file,
    "schema": tables.schema,
    "list": tables.list_table,
    "queue": tables.queue,
    "calendar": tables.calendar,
    "gateway": tables.gateway,
    "communication": tables.communication_type,
    "variable": tables.schema_variable,
}
"""Records of another kind are taken to be there."""
BATCH = 500


def missing(conn: Connection, domain_id: int, wanted: Iterable[Reference]) -> frozenset[Reference]:
    by_lookup: defaultdict[Lookup, set[Reference]] = defaultdict(set)
    for reference in wanted:
        by_lookup[reference.lookup].add(reference)
    gone: set[Reference] = set()
    for lookup in by_lookup.keys() & TABLES.keys():
        asked = sorted(by_lookup[lookup])
        for start in range(0, len(asked), BATCH):
            batch = set(asked[start : start + BATCH])
            gone |= batch - _there(conn, domain_id, lookup, batch)
    return frozenset(gone)


def _there(conn: Connection, domain_id: int, lookup: Lookup, asked: set[Reference]) -> set[Reference]:
    table = TABLES[lookup]
    ids, names = {r.id for r in asked if r.id}, {r.name for r in asked if not r.id}
    rows = conn.execute(
        select(table.c.id, table.c.name).where(
            table.c.domain_id == domain_id, table.c.id.in_(ids) | table.c.name.in_(names)
        )
    ).all()
    by_id = {Reference(lookup, row.id, "") for row in rows}
    return by_id | {Reference(lookup, 0, row.name) for row in rows}
