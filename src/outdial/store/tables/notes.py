"""What people write beside calls."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from outdial.store.tables.base import NO_REUSE, audit, domain, ident, metadata, plain_id, text, whole

call_annotation = Table(
    "call_annotation",
    metadata,
    ident(),
    domain(),
    Column("call_id", Text, nullable=False),
    text("note"),
    whole("start_sec"),
    whole("end_sec"),
    plain_id("file_id"),
    *audit(),
    Index("ix_call_annotation_call_id", "domain_id", "call_id"),
    **NO_REUSE,
)
"""A remark on a piece of a call, seconds from its answer; it may name one of the recordings."""
