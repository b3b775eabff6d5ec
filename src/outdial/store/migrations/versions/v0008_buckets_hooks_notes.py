"""Buckets and hooks of queues, remarks on calls, pairs of text; indexes of the lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
READY = sa.text("state = 0")
LABELLED = sa.text("bucket_id > 0")


def _ident() -> sa.Column[int]:
    return sa.Column("id", ID, nullable=False)


def _link(name: str) -> sa.Column[int]:
    return sa.Column(name, ID, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _audit() -> list[sa.Column[int]]:
    return [
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
    ]


def _keys(table: str, *links: tuple[str, str, str | None]) -> list[sa.Constraint]:
    found: list[sa.Constraint] = [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)
        for column, target, ondelete in (("domain_id", "domain", None), *links)
    ]
    return [*found, sa.PrimaryKeyConstraint("id", name=f"pk_{table}")]


def upgrade() -> None:
    _buckets()
    _hooks()
    _notes()
    _members()
    for table in ("attempt", "attempt_history"):
        op.add_column(table, sa.Column("bucket_id", ID, nullable=True))
    op.add_column("attempt_history", sa.Column("bucket_name", sa.Text(), nullable=True))
    op.create_index("ix_call_history_cause", "call_history", ["domain_id", "queue_id", "cause", "created_at"])


def _buckets() -> None:
    op.create_table(
        "bucket",
        _ident(),
        _link("domain_id"),
        _text("name"),
        _text("name_folded"),
        _text("description"),
        _text("description_folded"),
        *_audit(),
        *_keys("bucket"),
        sa.UniqueConstraint("domain_id", "name", name="uq_bucket_domain_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "queue_bucket",
        _ident(),
        _link("domain_id"),
        _link("queue_id"),
        _link("bucket_id"),
        sa.Column("ratio", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        *_keys("queue_bucket", ("queue_id", "queue", "CASCADE"), ("bucket_id", "bucket", None)),
        sa.UniqueConstraint("queue_id", "bucket_id", name="uq_queue_bucket_queue_id_bucket_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_queue_bucket_bucket_id", "queue_bucket", ["bucket_id"])


def _hooks() -> None:
    op.create_table(
        "queue_hook",
        sa.Column("id", sa.Integer(), nullable=False),
        _link("domain_id"),
        _link("queue_id"),
        _text("event"),
        _link("schema_id"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("properties", sa.JSON(none_as_null=True), nullable=False),
        *_keys("queue_hook", ("queue_id", "queue", "CASCADE"), ("schema_id", "schema", None)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_queue_hook_queue_id", "queue_hook", ["queue_id"])
    op.create_table(
        "routing_variable",
        _ident(),
        _link("domain_id"),
        _text("key"),
        _text("key_folded"),
        _text("value"),
        *_keys("routing_variable"),
        sa.UniqueConstraint("domain_id", "key", name="uq_routing_variable_domain_id_key"),
        sqlite_autoincrement=True,
    )


def _notes() -> None:
    op.create_table(
        "call_annotation",
        _ident(),
        _link("domain_id"),
        _text("call_id"),
        _text("note"),
        sa.Column("start_sec", sa.Integer(), nullable=False),
        sa.Column("end_sec", sa.Integer(), nullable=False),
        sa.Column("file_id", ID, nullable=True),
        *_audit(),
        *_keys("call_annotation"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_call_annotation_call_id", "call_annotation", ["domain_id", "call_id"])


def _members() -> None:
    op.add_column("member", sa.Column("bucket_id", ID, nullable=False, server_default=sa.text("0")))
    rest = ["priority", "ready_at", "id"]
    for name, columns in (("ix_member_claim", rest), ("ix_member_claim_strict", ["attempts", *rest])):
        op.drop_index(name, "member")
        walked = ["queue_id", "timezone", "bucket_id", *columns]
        op.create_index(name, "member", walked, sqlite_where=READY, postgresql_where=READY)
    ops = {"name_folded": "text_pattern_ops"}
    op.create_index("ix_member_name", "member", ["queue_id", "name_folded"], postgresql_ops=ops)
    op.create_index("ix_member_bucket", "member", ["bucket_id"], sqlite_where=LABELLED, postgresql_where=LABELLED)
