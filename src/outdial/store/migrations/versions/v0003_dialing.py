"""What moves while calls are made: members, attempts, histories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("queue_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("number_id", ID, nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("resource_id", ID, nullable=True),
        sa.Column("group_id", ID, nullable=True),
        sa.Column("list_id", ID, nullable=True),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("other_numbers", sa.Integer(), nullable=False),
        sa.Column("communication", sa.JSON(), nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("member_timezone", sa.Text(), nullable=False),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("ring_at", sa.BigInteger(), nullable=True),
        sa.Column("offering_at", sa.BigInteger(), nullable=True),
        sa.Column("bridged_at", sa.BigInteger(), nullable=True),
        sa.Column("hangup_at", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("dialog", sa.LargeBinary(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("call_variables", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sa.UniqueConstraint("domain_id", "number", name="uq_attempt_domain_id_number"),
        sa.UniqueConstraint("member_id", name="uq_attempt_member_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "attempt_history",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("queue_id", ID, nullable=False),
        sa.Column("queue_name", sa.Text(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("resource_id", ID, nullable=True),
        sa.Column("resource_name", sa.Text(), nullable=False),
        sa.Column("group_id", ID, nullable=True),
        sa.Column("list_id", ID, nullable=True),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("communication", sa.JSON(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("offering_at", sa.BigInteger(), nullable=True),
        sa.Column("bridged_at", sa.BigInteger(), nullable=True),
        sa.Column("leaving_at", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("sip_code", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempt_history"),
    )
    op.create_index("ix_attempt_history_joined_at", "attempt_history", ["domain_id", "joined_at"], unique=False)
    op.create_index(
        "ix_attempt_history_member", "attempt_history", ["domain_id", "member_id", "joined_at"], unique=False
    )
    op.create_index("ix_attempt_history_queue", "attempt_history", ["domain_id", "queue_id", "joined_at"], unique=False)
    op.create_table(
        "call_history",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("queue_id", ID, nullable=False),
        sa.Column("queue_name", sa.Text(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("gateway_id", ID, nullable=True),
        sa.Column("gateway_name", sa.Text(), nullable=False),
        sa.Column("resource_id", ID, nullable=True),
        sa.Column("from_number", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ringing_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("hangup_at", sa.BigInteger(), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("leaving_at", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("talk_sec", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("sip_code", sa.Integer(), nullable=False),
        sa.Column("q850", sa.Integer(), nullable=True),
        sa.Column("hangup_by", sa.Text(), nullable=False),
        sa.Column("hangup_phrase", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("amd_result", sa.Text(), nullable=False),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.Column("schema_ids", sa.JSON(), nullable=False),
        sa.Column("flow_trace", sa.JSON(), nullable=False),
        sa.Column("sip_trace", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call_history"),
    )
    op.create_index("ix_call_history_created_at", "call_history", ["domain_id", "created_at"], unique=False)
    op.create_index("ix_call_history_member", "call_history", ["domain_id", "member_id", "created_at"], unique=False)
    op.create_index("ix_call_history_number", "call_history", ["domain_id", "number"], unique=False)
    op.create_index("ix_call_history_queue", "call_history", ["domain_id", "queue_id", "created_at"], unique=False)
    op.create_table(
        "file",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("stop_at", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_file_call_id", "file", ["call_id"], unique=False)
    op.create_index("ix_file_uploaded_at", "file", ["domain_id", "uploaded_at"], unique=False)
    op.create_table(
        "member",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("queue_id", ID, nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=True),
        sa.Column("expire_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stop_at", sa.BigInteger(), nullable=True),
        sa.Column("stop_cause", sa.Text(), nullable=False),
        sa.Column("last_hangup_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("deferred", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_member_domain_id"),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name="fk_member_queue_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_member_claim",
        "member",
        ["queue_id", "timezone", "priority", "ready_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 0"),
        postgresql_where=sa.text("state = 0"),
    )
    op.create_index(
        "ix_member_claim_strict",
        "member",
        ["queue_id", "timezone", "attempts", "priority", "ready_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 0"),
        postgresql_where=sa.text("state = 0"),
    )
    op.create_index(
        "ix_member_expire",
        "member",
        ["expire_at"],
        unique=False,
        sqlite_where=sa.text("expire_at IS NOT NULL AND state < 2"),
        postgresql_where=sa.text("expire_at IS NOT NULL AND state < 2"),
    )
    op.create_index("ix_member_list", "member", ["queue_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_member_waiting",
        "member",
        ["queue_id", "ready_at"],
        unique=False,
        sqlite_where=sa.text("state = 1"),
        postgresql_where=sa.text("state = 1"),
    )
    op.create_table(
        "member_number",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("type_id", ID, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("resource_id", ID, nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("dtmf", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_activity_at", sa.BigInteger(), nullable=False),
        sa.Column("stop_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_member_number_domain_id"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_member_number_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="fk_member_number_resource_id"),
        sa.ForeignKeyConstraint(["type_id"], ["communication_type.id"], name="fk_member_number_type_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_member_number_member_id", "member_number", ["member_id", "position"], unique=False)
    op.create_index("ix_member_number_number", "member_number", ["domain_id", "number"], unique=False)
