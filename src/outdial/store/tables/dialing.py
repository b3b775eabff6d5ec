"""Members, attempts and the histories: the tables that move while calls are made.

Columns here are written by plain driver statements, so none of them has a default.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from outdial.store.tables.base import NO_REUSE, Id, Json, domain, ident, instant, link, metadata, plain_id

READY, WAITING, RESERVED, STOPPED = range(4)
"""``member.state``: may be claimed; waits for its ``ready_at``; has an open attempt; ended."""


def words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def moment(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


member = Table(
    "member",
    metadata,
    ident(),
    domain(),
    Column("queue_id", Id, ForeignKey("queue.id"), nullable=False),
    Column("state", SmallInteger, nullable=False),
    number("priority"),
    words("timezone"),
    instant("ready_at"),
    instant("expire_at"),
    number("attempts"),
    instant("stop_at"),
    words("stop_cause"),
    instant("last_hangup_at"),
    moment("created_at"),
    words("name"),
    words("name_folded"),
    Column("variables", Json, nullable=False),
    plain_id("agent_id"),
    words("import_id"),
    words("deferred"),
    Column("bucket_id", Id, nullable=False, server_default=sql("0")),
    Index("ix_member_claim", "queue_id", "timezone", "bucket_id", "priority", "ready_at", "id",
          sqlite_where=sql("state = 0"), postgresql_where=sql("state = 0")),
    Index("ix_member_claim_strict", "queue_id", "timezone", "bucket_id", "attempts", "priority", "ready_at", "id",
          sqlite_where=sql("state = 0"), postgresql_where=sql("state = 0")),
    Index("ix_member_waiting", "queue_id", "ready_at",
          sqlite_where=sql("state = 1"), postgresql_where=sql("state = 1")),
    Index("ix_member_expire", "expire_at", sqlite_where=sql("expire_at IS NOT NULL AND state < 2"),
          postgresql_where=sql("expire_at IS NOT NULL AND state < 2")),
    Index("ix_member_list", "queue_id", "created_at", "id"),
    Index("ix_member_name", "queue_id", "name_folded", postgresql_ops={"name_folded": "text_pattern_ops"}),
    Index("ix_member_bucket", "bucket_id", sqlite_where=sql("bucket_id > 0"), postgresql_where=sql("bucket_id > 0")),
    **NO_REUSE,
)  # fmt: skip
"""``timezone`` is an IANA name, empty for the calendar's. Members who wait for a retry are kept out of the
claim indexes: a claim would have to walk past all of them. ``deferred`` says why a member was put off.
``bucket_id`` is 0 without a bucket: an index walks one value of it in order, which it would not do for NULL."""

member_number = Table(
    "member_number",
    metadata,
    ident(),
    domain(),
    link("member_id", "member", required=True, cascade=True),
    number("position"),
    words("destination"),
    words("number"),
    Column("type_id", Id, ForeignKey("communication_type.id"), nullable=False),
    number("priority"),
    words("display"),
    Column("resource_id", Id, ForeignKey("resource.id")),
    words("description"),
    words("dtmf"),
    number("attempts"),
    moment("last_activity_at"),
    instant("stop_at"),
    Index("ix_member_number_member_id", "member_id", "position"),
    Index("ix_member_number_number", "domain_id", "number"),
    **NO_REUSE,
)
"""``number`` is the destination in the form in which numbers are compared."""

attempt = Table(
    "attempt",
    metadata,
    ident(),
    Column("domain_id", Id, nullable=False),
    Column("queue_id", Id, nullable=False),
    Column("member_id", Id, nullable=False, unique=True),
    plain_id("number_id"),
    words("number"),
    words("state"),
    plain_id("resource_id"),
    plain_id("group_id"),
    plain_id("list_id"),
    words("display"),
    words("destination"),
    words("call_id"),
    number("seq"),
    number("other_numbers"),
    Column("communication", Json, nullable=False),
    words("member_name"),
    words("member_timezone"),
    Column("variables", Json, nullable=False),
    moment("joined_at"),
    instant("ring_at"),
    instant("offering_at"),
    instant("bridged_at"),
    instant("hangup_at"),
    Column("revision", BigInteger),
    Column("dialog", LargeBinary),
    Column("facts", Json),
    Column("call_variables", Json),
    plain_id("bucket_id"),
    UniqueConstraint("domain_id", "number"),
    **NO_REUSE,
)
"""Open attempts only: nobody is rung twice at once, neither by member nor by number."""

bridge_leg = Table(
    "bridge_leg",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("domain_id", Id, nullable=False),
    Column("attempt_id", Id, nullable=False),
    Column("gateway_id", Id, nullable=False),
    words("destination"),
    Column("answered", Boolean, nullable=False),
    Column("dialog", LargeBinary, nullable=False),
    moment("created_at"),
)
"""Second legs that are up: what must be hung up should the service die."""

attempt_history = Table(
    "attempt_history",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("domain_id", Id, nullable=False),
    Column("queue_id", Id, nullable=False),
    words("queue_name"),
    Column("member_id", Id, nullable=False),
    words("member_name"),
    plain_id("resource_id"),
    words("resource_name"),
    plain_id("group_id"),
    plain_id("list_id"),
    words("destination"),
    words("number"),
    words("type_name"),
    Column("communication", Json, nullable=False),
    words("display"),
    words("call_id"),
    number("seq"),
    moment("joined_at"),
    instant("offering_at"),
    instant("bridged_at"),
    moment("leaving_at"),
    words("result"),
    words("disposition"),
    words("reason"),
    words("cause"),
    number("sip_code"),
    words("description"),
    plain_id("agent_id"),
    Column("variables", Json, nullable=False),
    Column("flow_trace", Json),
    plain_id("bucket_id"),
    Column("bucket_name", Text),
    Index("ix_attempt_history_joined_at", "domain_id", "joined_at"),
    Index("ix_attempt_history_queue", "domain_id", "queue_id", "joined_at"),
    Index("ix_attempt_history_member", "domain_id", "member_id", "joined_at"),
)
"""One row an attempt, with names as they were: it tells the truth after its queue is renamed or gone.

``flow_trace`` is kept here where no call was made; else the call has it."""

call_history = Table(
    "call_history",
    metadata,
    Column("id", Text, primary_key=True),
    Column("domain_id", Id, nullable=False),
    Column("attempt_id", Id, nullable=False),
    Column("queue_id", Id, nullable=False),
    words("queue_name"),
    Column("member_id", Id, nullable=False),
    words("member_name"),
    plain_id("gateway_id"),
    words("gateway_name"),
    plain_id("resource_id"),
    words("from_number"),
    words("destination"),
    words("number"),
    moment("created_at"),
    instant("ringing_at"),
    instant("answered_at"),
    instant("hangup_at"),
    moment("joined_at"),
    moment("leaving_at"),
    moment("stored_at"),
    number("duration"),
    number("talk_sec"),
    words("cause"),
    number("sip_code"),
    Column("q850", Integer),
    words("hangup_by"),
    words("hangup_phrase"),
    words("result"),
    words("disposition"),
    words("amd_result"),
    Column("variables", Json, nullable=False),
    Column("schema_ids", Json, nullable=False),
    Column("flow_trace", Json, nullable=False),
    words("sip_trace"),
    instant("bridge_at"),
    Column("bridge_to", Text),
    Column("bridge_cause", Text),
    Index("ix_call_history_created_at", "domain_id", "created_at"),
    Index("ix_call_history_queue", "domain_id", "queue_id", "created_at"),
    Index("ix_call_history_cause", "domain_id", "queue_id", "cause", "created_at"),
    Index("ix_call_history_member", "domain_id", "member_id", "created_at"),
    Index("ix_call_history_number", "domain_id", "number"),
)
"""One row a call; ``id`` is the call's uuid. ``bridge_…``: the last leg it was connected with, or that was rung for
that in vain; ``bridge_at`` is when it was first connected with one."""

attempt_tally = Table(
    "attempt_tally",
    metadata,
    Column("queue_id", Id, primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("result", Text, primary_key=True),
    Column("cause", Text, primary_key=True),
    Column("domain_id", Id, nullable=False),
    number("attempts"),
    number("answered"),
    number("talk_sec"),
)
"""Kept in the transaction of each finish: attempts that ended in an hour (of the epoch), by attempt number, result
and cause; the cause is empty where no call was made."""

file = Table(
    "file",
    metadata,
    ident(),
    Column("domain_id", Id, nullable=False),
    Column("call_id", Text),
    words("channel"),
    words("key"),
    words("name"),
    words("mime_type"),
    Column("size", BigInteger, nullable=False),
    moment("start_at"),
    moment("stop_at"),
    moment("uploaded_at"),
    Index("ix_file_call_id", "call_id"),
    Index("ix_file_uploaded_at", "domain_id", "uploaded_at"),
    **NO_REUSE,
)
"""Recordings: where ``files`` keeps them and the call they belong to."""
