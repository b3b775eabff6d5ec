"""Queues, what they rest on, and how the API speaks to the dialer."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

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
    mapping,
    metadata,
    plain_id,
    text,
    whole,
)

calendar = Table(
    "calendar",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    text("description"),
    folded("description"),
    text("timezone"),
    instant("start_at"),
    instant("end_at"),
    array("accepts"),
    array("excepts"),
    array("specials"),
    *audit(),
    **NO_REUSE,
)
"""``timezone`` is an IANA name."""

list_table = Table(
    "list",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    text("description"),
    *audit(),
    **NO_REUSE,
)

list_number = Table(
    "list_number",
    metadata,
    ident(),
    domain(),
    link("list_id", "list", required=True, cascade=True),
    text("number"),
    Column("number_norm", Text, nullable=False),
    text("description"),
    instant("expire_at"),
    UniqueConstraint("list_id", "number_norm"),
    Index("ix_list_number_expire_at", "expire_at"),
    **NO_REUSE,
)
"""``number_norm`` is the form in which numbers are compared."""

queue = Table(
    "queue",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    whole("type"),
    flag("enabled"),
    link("calendar_id", "calendar", required=True),
    link("schema_id", "schema"),
    link("do_schema_id", "schema"),
    link("after_schema_id", "schema"),
    link("dnc_list_id", "list"),
    text("strategy", "fifo"),
    whole("priority"),
    mapping("payload"),
    mapping("variables"),
    array("tags"),
    text("description"),
    folded("description"),
    Column("why_idle", Text),
    instant("why_idle_at"),
    *audit(),
    **NO_REUSE,
)

queue_counter = Table(
    "queue_counter",
    metadata,
    Column("queue_id", Id, primary_key=True, autoincrement=False),
    Column("domain_id", Id, nullable=False),
    whole("count"),
    whole("waiting"),
    whole("active"),
)
"""Kept with every write: members in all, members not stopped, open attempts."""

queue_resource_group = Table(
    "queue_resource_group",
    metadata,
    ident(),
    domain(),
    link("queue_id", "queue", required=True, cascade=True),
    link("resource_group_id", "resource_group", required=True),
    UniqueConstraint("queue_id", "resource_group_id"),
    Index("ix_queue_resource_group_resource_group_id", "resource_group_id"),
    **NO_REUSE,
)

bucket = Table(
    "bucket",
    metadata,
    ident(),
    domain(),
    text("name"),
    folded("name"),
    text("description"),
    folded("description"),
    *audit(),
    UniqueConstraint("domain_id", "name"),
    **NO_REUSE,
)
"""A label on members, by which a queue rings some before others."""

queue_bucket = Table(
    "queue_bucket",
    metadata,
    ident(),
    domain(),
    link("queue_id", "queue", required=True, cascade=True),
    link("bucket_id", "bucket", required=True),
    whole("ratio"),
    whole("priority"),
    flag("disabled"),
    UniqueConstraint("queue_id", "bucket_id"),
    Index("ix_queue_bucket_bucket_id", "bucket_id"),
    **NO_REUSE,
)

queue_hook = Table(
    "queue_hook",
    metadata,
    Column("id", Integer, primary_key=True),
    domain(),
    link("queue_id", "queue", required=True, cascade=True),
    text("event"),
    link("schema_id", "schema", required=True),
    flag("enabled"),
    array("properties"),
    Index("ix_queue_hook_queue_id", "queue_id"),
    **NO_REUSE,
)
"""A flow that is started when an attempt of the queue changes its state."""

config_revision = Table(
    "config_revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False, default=1),
    Column("epoch", BigInteger, nullable=False, default=0),
)
"""One row for the whole service: ``revision`` grows with every write of the configuration that dialing
rests on, ``epoch`` with every start, so that a service that was replaced meanwhile cannot write any more."""

command = Table(
    "command",
    metadata,
    ident(),
    domain(),
    text("kind"),
    plain_id("attempt_id"),
    mapping("payload"),
    Column("created_at", BigInteger, nullable=False, default=0),
    plain_id("created_by"),
    **NO_REUSE,
)
"""What the API wants done to a call; the dialer takes it away."""
