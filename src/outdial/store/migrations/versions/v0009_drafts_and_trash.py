"""Drafts of schemas, and deletions that can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "schema_draft",
        sa.Column("schema_id", ID, autoincrement=False, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("schema", sa.JSON(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["schema_id"], ["schema.id"], name="fk_schema_draft_schema_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_schema_draft_domain_id"),
        sa.PrimaryKeyConstraint("schema_id", name="pk_schema_draft"),
    )
    op.create_table(
        "trash",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name="fk_trash_domain_id"),
        sa.PrimaryKeyConstraint("id", name="pk_trash"),
    )
    op.create_index("ix_trash_record", "trash", ["table", "record_id"])
    op.create_index("ix_trash_deleted_at", "trash", ["deleted_at"])
