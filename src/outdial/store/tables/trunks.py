"""Trunks: gateways, resources and their groups, and the communication types they serve."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from outdial.store.tables.base import (
    NO_REUSE,
    array,
    audit,
    domain,
    flag,
    folded,
    ident,
    instant,
    link,
    mapping,
    metadata,
    text,
    whole,
)

gateway = Table(
    "gateway",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    text("usage"),
    flag("enable"),
    flag("register"),
    link("schema_id", "schema"),
    text("proxy"),
    text("account"),
    text("username"),
    Column("password_sealed", Text, nullable=False, default=""),
    whole("expires"),
    text("registrar"),
    text("host"),
    array("ipacl"),
    *audit(),
    **NO_REUSE,
)

resource = Table(
    "resource",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    link("gateway_id", "gateway"),
    flag("enabled"),
    whole("limit"),
    whole("rps"),
    flag("reserve"),
    text("number"),
    whole("max_successively_errors"),
    array("error_ids"),
    whole("failure_dial_delay"),
    array("patterns"),
    mapping("variables"),
    text("description"),
    folded("description"),
    mapping("parameters"),
    text("last_error_id"),
    instant("last_error_at"),
    whole("successively_errors"),
    *audit(),
    **NO_REUSE,
)

resource_display = Table(
    "resource_display",
    metadata,
    ident(),
    domain(),
    link("resource_id", "resource", required=True, cascade=True),
    text("display"),
    folded("display"),
    UniqueConstraint("resource_id", "display"),
    **NO_REUSE,
)

communication_type = Table(
    "communication_type",
    metadata,
    ident(),
    domain(),
    text("code"),
    text("name"),
    folded("name"),
    text("channel", "Phone"),
    flag("default"),
    text("description"),
    folded("description"),
    UniqueConstraint("domain_id", "code"),
    **NO_REUSE,
)

resource_group = Table(
    "resource_group",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    link("communication_id", "communication_type", required=True),
    array("time"),
    text("strategy"),
    text("description"),
    folded("description"),
    *audit(),
    **NO_REUSE,
)

resource_in_group = Table(
    "resource_in_group",
    metadata,
    ident(),
    domain(),
    link("group_id", "resource_group", required=True, cascade=True),
    link("resource_id", "resource", required=True),
    link("reserve_resource_id", "resource"),
    whole("priority"),
    UniqueConstraint("group_id", "resource_id"),
    Index("ix_resource_in_group_resource_id", "resource_id"),
    **NO_REUSE,
)
