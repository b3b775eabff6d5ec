"""Drafts of flow schemas: what is being edited, beside what calls run. One for each schema; publishing ends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from outdial.domain.errors import NotFound
from outdial.store.context import now_of
from outdial.store.listing import Row
from outdial.store.tables import schema_draft, schema_version

_d = schema_draft.c


def find(conn: Connection, domain_id: int, schema_id: int) -> Row | None:
    """``schema_id version schema payload updated_at updated_by``; ``version``: the published one it began from."""
    shown = (_d.schema_id, _d.version, _d.schema, _d.payload, _d.updated_at, _d.updated_by)
    row = conn.execute(select(*shown).where(_d.domain_id == domain_id, _d.schema_id == schema_id)).first()
    return dict(row._mapping) if row else None


def get(conn: Connection, domain_id: int, schema_id: int) -> Row:
    """Raises NotFound."""
    row = find(conn, domain_id, schema_id)
    if row is None:
        raise NotFound(f"Flow schema {schema_id} has no draft.")
    return row


def put(conn: Connection, domain_id: int, schema_id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    """Saves ``schema`` and ``payload``; the first time the draft begins from the version published last."""
    old = find(conn, domain_id, schema_id)
    written = {name: values[name] for name in ("schema", "payload") if name in values}
    written |= {"updated_at": max(now_of(conn), (old["updated_at"] if old else 0) + 1), "updated_by": by}
    if old:
        conn.execute(update(schema_draft).where(_d.schema_id == schema_id).values(written))
    else:
        latest = select(func.max(schema_version.c.version)).where(schema_version.c.schema_id == schema_id)
        begun = {"schema_id": schema_id, "domain_id": domain_id, "version": conn.scalar(latest) or 0}
        conn.execute(insert(schema_draft).values({**begun, **written}))
    return get(conn, domain_id, schema_id)


def discard(conn: Connection, domain_id: int, schema_id: int) -> bool:
    """Says whether there was one."""
    mine = (_d.domain_id == domain_id, _d.schema_id == schema_id)
    return bool(conn.execute(delete(schema_draft).where(*mine)).rowcount)
