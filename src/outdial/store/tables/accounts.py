"""Who may use the service."""

from __future__ import annotations

from sqlalchemy import Column as C
from sqlalchemy import Index, Table, Text, UniqueConstraint

from outdial.store.tables.base import (
    NO_REUSE,
    Json,
    audit,
    domain,
    flag,
    ident,
    instant,
    link,
    metadata,
    plain_id,
    text,
)

domain_table = Table("domain", metadata, ident(), C("name", Text, nullable=False, unique=True), instant("created_at"))

user = Table(
    "user",
    metadata,
    ident(),
    domain(),
    text("name"),
    C("name_folded", Text, nullable=False, default=""),
    C("username", Text, nullable=False),
    text("email"),
    text("password_hash"),
    flag("admin"),
    flag("disabled"),
    *audit(),
    UniqueConstraint("domain_id", "username"),
    **NO_REUSE,
)

token = Table(
    "token",
    metadata,
    ident(),
    domain(),
    link("user_id", "user", required=True, cascade=True),
    C("sha256", Text, nullable=False, unique=True),
    text("usage"),
    flag("one_time"),
    instant("expires_at"),
    instant("created_at"),
    Index("ix_token_user_id", "user_id"),
    **NO_REUSE,
)

setting = Table(
    "setting",
    metadata,
    ident(),
    domain(),
    plain_id("user_id"),
    text("name"),
    C("value", Json),
    Index("ix_setting_name", "domain_id", "name", "user_id"),
)
"""A value by name: of the domain (no user) or of one user."""
