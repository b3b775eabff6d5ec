"""What editors need: drafts, and deletions that can be taken back."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from outdial.store.tables.base import Id, Json, domain, ident, mapping, metadata, text, whole

schema_draft = Table(
    "schema_draft",
    metadata,
    Column("schema_id", Id, ForeignKey("schema.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    domain(),
    whole("version"),
    Column("schema", Json, nullable=False, default=list),
    mapping("payload"),
    Column("updated_at", BigInteger, nullable=False, default=0),
    Column("updated_by", BigInteger),
)
"""What is being edited, one for each schema; ``version`` is the published one it began from."""

trash = Table(
    "trash",
    metadata,
    ident(),
    domain(),
    text("table"),
    Column("record_id", Id, nullable=False),
    Column("deleted_at", BigInteger, nullable=False),
    Column("parts", Text, nullable=False),
    Index("ix_trash_record", "table", "record_id"),
    Index("ix_trash_deleted_at", "deleted_at"),
)
"""Records deleted a moment ago, with what went with them: ``[[table, [row, …]], …]``; empty where it was too much."""
