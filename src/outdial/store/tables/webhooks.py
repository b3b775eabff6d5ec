"""Webhooks, and what was or will be sent to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy import text as sql

from outdial.store.tables.base import (
    NO_REUSE,
    Id,
    array,
    audit,
    domain,
    flag,
    folded,
    ident,
    instant,
    link,
    metadata,
    text,
)

webhook = Table(
    "webhook",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    text("url"),
    array("events"),
    link("queue_id", "queue", cascade=True),
    flag("enabled"),
    Column("secret_sealed", Text, nullable=False, default=""),
    *audit(),
    UniqueConstraint("domain_id", "name"),
    **NO_REUSE,
)
"""``queue_id``: only what happens in that queue."""

delivery = Table(
    "delivery",
    metadata,
    ident(),
    Column("domain_id", Id, nullable=False),
    link("webhook_id", "webhook", required=True, cascade=True),
    Column("event", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    instant("due_at"),
    Column("tries", Integer, nullable=False),
    Column("state", Text, nullable=False),
    instant("sent_at"),
    Column("status", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("ms", Integer, nullable=False),
    Index("ix_delivery_due_at", "due_at", sqlite_where=sql("due_at IS NOT NULL"),
          postgresql_where=sql("due_at IS NOT NULL")),
    Index("ix_delivery_webhook_id", "webhook_id", "id"),
    Index("ix_delivery_created_at", "created_at"),
    **NO_REUSE,
)  # fmt: skip
"""The outbox and its log: written in the transaction of what happened; ``due_at`` while it is to be sent."""
