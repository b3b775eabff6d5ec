"""Who may use the service."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Index, Table, Text, UniqueConstraint
from sqlalchemy import Column as C
from sqlalchemy import text as sql

from outdial.store.tables.base import (
    NO_REUSE,
    Id,
    Json,
    array,
    audit,
    domain,
    flag,
    ident,
    instant,
    link,
    mapping,
    metadata,
    plain_id,
    text,
    whole,
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
    flag("disabled"),
    *audit(),
    C("must_change_password", Boolean),
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
    instant("expires_at"),
    instant("created_at"),
    C("kind", Text),
    C("scope", Json),
    C("address", Text),
    C("agent", Text),
    Index("ix_token_user_id", "user_id"),
    **NO_REUSE,
)

role = Table(
    "role",
    metadata,
    ident(),
    domain(),
    text("name"),
    C("name_folded", Text, nullable=False, default=""),
    text("description"),
    flag("everything"),
    mapping("access"),
    link("user_id", "user", cascade=True),
    *audit(),
    Index(
        "uq_role_domain_id_name",
        "domain_id",
        "name",
        unique=True,
        sqlite_where=sql("user_id IS NULL"),
        postgresql_where=sql("user_id IS NULL"),
    ),
    Index("uq_role_user_id", "user_id", unique=True),
    **NO_REUSE,
)
"""Each user has a role of their own (``user_id``), so that rights can be given to one person."""

role_member = Table(
    "role_member",
    metadata,
    ident(),
    domain(),
    link("role_id", "role", required=True, cascade=True),
    link("user_id", "user", required=True, cascade=True),
    UniqueConstraint("role_id", "user_id"),
    Index("ix_role_member_user_id", "user_id"),
)

record_grant = Table(
    "record_grant",
    metadata,
    ident(),
    domain(),
    text("object"),
    C("record_id", Id, nullable=False),
    link("role_id", "role", required=True, cascade=True),
    text("granted"),
    plain_id("grantor_id"),
    instant("updated_at"),
    UniqueConstraint("object", "record_id", "role_id"),
    Index("ix_record_grant_role_id_object", "role_id", "object"),
)
"""Letters on one record, doubled where they may be passed on."""

second_factor = Table(
    "second_factor",
    metadata,
    ident(),
    domain(),
    link("user_id", "user", required=True, cascade=True),
    C("sealed", Text, nullable=False),
    instant("confirmed_at"),
    C("used_step", BigInteger, nullable=False, default=0),
    array("recovery"),
    Index("ix_second_factor_user_id", "user_id"),
)
"""``recovery`` has the SHA-256 of codes not used yet; ``used_step`` the time step of the last code that was taken."""

change = Table(
    "change",
    metadata,
    ident(),
    domain(),
    instant("at"),
    plain_id("user_id"),
    text("user_name"),
    text("user_ip"),
    text("action"),
    text("object"),
    plain_id("record_id"),
    text("record_name"),
    text("part"),
    whole("count", 1),
    C("old_state", Json),
    C("new_state", Json),
    Index("ix_change_record", "domain_id", "object", "record_id"),
    Index("ix_change_at", "domain_id", "at"),
    **NO_REUSE,
)
"""Who changed what. ``part`` names a record within the record, such as a number on a list."""

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
