"""Trunks, calendars, lists, queues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "config_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_config_revision"),
    )
    op.create_table(
        "queue_counter",
        sa.Column("queue_id", ID, autoincrement=False, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("queue_id", name="pk_queue_counter"),
    )
    op.create_table(
        "calendar",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_folded", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=True),
        sa.Column("end_at", sa.BigInteger(), nullable=True),
        sa.Column("accepts", sa.JSON(), nullable=False),
        sa.Column("excepts", sa.JSON(), nullable=False),
        sa.Column("specials", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_calendar_domain_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "command",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("attempt_id", ID, nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_command_domain_id"),
        sa.PrimaryKeyConstraint("id", name="pk_command"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "communication_type",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("default", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_communication_type_domain_id"),
        sa.PrimaryKeyConstraint("id", name="pk_communication_type"),
        sa.UniqueConstraint("domain_id", "code", name="uq_communication_type_domain_id_code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "list",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_list_domain_id"),
        sa.PrimaryKeyConstraint("id", name="pk_list"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "gateway",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.Column("enable", sa.Boolean(), nullable=False),
        sa.Column("register", sa.Boolean(), nullable=False),
        sa.Column("schema_id", ID, nullable=True),
        sa.Column("proxy", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password_sealed", sa.Text(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.Column("registrar", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("ipacl", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_gateway_domain_id"),
        sa.ForeignKeyConstraint(["schema_id"], ["schema.id"], name="fk_gateway_schema_id"),
        sa.PrimaryKeyConstraint("id", name="pk_gateway"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "list_number",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("list_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_norm", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("expire_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_list_number_domain_id"),
        sa.ForeignKeyConstraint(["list_id"], ["list.id"], name="fk_list_number_list_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_list_number"),
        sa.UniqueConstraint("list_id", "number_norm", name="uq_list_number_list_id_number_norm"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_list_number_expire_at", "list_number", ["expire_at"], unique=False)
    op.create_table(
        "queue",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("calendar_id", ID, nullable=False),
        sa.Column("schema_id", ID, nullable=True),
        sa.Column("do_schema_id", ID, nullable=True),
        sa.Column("after_schema_id", ID, nullable=True),
        sa.Column("dnc_list_id", ID, nullable=True),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_folded", sa.Text(), nullable=False),
        sa.Column("why_idle", sa.Text(), nullable=True),
        sa.Column("why_idle_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["after_schema_id"], ["schema.id"], name="fk_queue_after_schema_id"),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name="fk_queue_calendar_id"),
        sa.ForeignKeyConstraint(["dnc_list_id"], ["list.id"], name="fk_queue_dnc_list_id"),
        sa.ForeignKeyConstraint(["do_schema_id"], ["schema.id"], name="fk_queue_do_schema_id"),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_queue_domain_id"),
        sa.ForeignKeyConstraint(["schema_id"], ["schema.id"], name="fk_queue_schema_id"),
        sa.PrimaryKeyConstraint("id", name="pk_queue"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "resource_group",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("communication_id", ID, nullable=False),
        sa.Column("time", sa.JSON(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_folded", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["communication_id"], ["communication_type.id"], name="fk_resource_group_communication_id"
        ),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_resource_group_domain_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resource_group"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "queue_resource_group",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("queue_id", ID, nullable=False),
        sa.Column("resource_group_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_queue_resource_group_domain_id"),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["queue.id"], name="fk_queue_resource_group_queue_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_group_id"], ["resource_group.id"], name="fk_queue_resource_group_resource_group_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_queue_resource_group"),
        sa.UniqueConstraint("queue_id", "resource_group_id", name="uq_queue_resource_group_queue_id_resource_group_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_queue_resource_group_resource_group_id", "queue_resource_group", ["resource_group_id"], unique=False
    )
    op.create_table(
        "resource",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("gateway_id", ID, nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("rps", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("max_successively_errors", sa.Integer(), nullable=False),
        sa.Column("error_ids", sa.JSON(), nullable=False),
        sa.Column("failure_dial_delay", sa.Integer(), nullable=False),
        sa.Column("patterns", sa.JSON(), nullable=False),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_folded", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("last_error_id", sa.Text(), nullable=False),
        sa.Column("last_error_at", sa.BigInteger(), nullable=True),
        sa.Column("successively_errors", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_resource_domain_id"),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name="fk_resource_gateway_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "resource_display",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("display_folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_resource_display_domain_id"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name="fk_resource_display_resource_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_display"),
        sa.UniqueConstraint("resource_id", "display", name="uq_resource_display_resource_id_display"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "resource_in_group",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("reserve_resource_id", ID, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_resource_in_group_domain_id"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["resource_group.id"], name="fk_resource_in_group_group_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reserve_resource_id"], ["resource.id"], name="fk_resource_in_group_reserve_resource_id"
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="fk_resource_in_group_resource_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resource_in_group"),
        sa.UniqueConstraint("group_id", "resource_id", name="uq_resource_in_group_group_id_resource_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_resource_in_group_resource_id", "resource_in_group", ["resource_id"], unique=False)
