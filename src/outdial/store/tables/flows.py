"""Media files and flow schemas."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from outdial.store.tables.base import (
    NO_REUSE,
    Json,
    array,
    audit,
    domain,
    flag,
    folded,
    ident,
    link,
    mapping,
    metadata,
    text,
    whole,
)

media_file = Table(
    "media_file",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    text("mime_type"),
    Column("size", BigInteger, nullable=False, default=0),
    text("key"),
    text("prompt_key"),
    whole("duration_ms"),
    *audit(),
    UniqueConstraint("domain_id", "name"),
    **NO_REUSE,
)
"""``key`` is the uploaded file, ``prompt_key`` the same decoded to frames."""

schema = Table(
    "schema",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    text("type", "default"),
    Column("schema", Json, nullable=False, default=list),
    mapping("payload"),
    flag("editor"),
    array("tags"),
    flag("debug"),
    text("description"),
    text("note"),
    *audit(),
    UniqueConstraint("domain_id", "name"),
    **NO_REUSE,
)

schema_version = Table(
    "schema_version",
    metadata,
    ident(),
    domain(),
    link("schema_id", "schema", required=True, cascade=True),
    whole("version"),
    Column("created_at", BigInteger, nullable=False, default=0),
    Column("created_by", BigInteger),
    text("note"),
    Column("schema", Json, nullable=False, default=list),
    mapping("payload"),
    UniqueConstraint("schema_id", "version"),
    **NO_REUSE,
)

schema_variable = Table(
    "schema_variable",
    metadata,
    Column("id", Integer, primary_key=True),
    domain(),
    text("name"),
    folded("name"),
    Column("value", Json),
    flag("encrypt"),
    Column("sealed", Text),
    Index("uq_schema_variable_name", "domain_id", "name", unique=True),
    **NO_REUSE,
)
"""Global variables of flows; an encrypted one has its value in ``sealed`` only."""

routing_variable = Table(
    "routing_variable",
    metadata,
    ident(),
    domain(),
    text("key"),
    folded("key"),
    text("value"),
    UniqueConstraint("domain_id", "key"),
    **NO_REUSE,
)
"""Pairs of text, of an older door; flows do not read them."""
