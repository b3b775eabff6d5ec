"""Second legs: those that are up, and what a call's history says of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bridge_leg",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("gateway_id", ID, nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("dialog", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_bridge_leg"),
    )
    op.add_column("call_history", sa.Column("bridge_at", sa.BigInteger(), nullable=True))
    op.add_column("call_history", sa.Column("bridge_to", sa.Text(), nullable=True))
    op.add_column("call_history", sa.Column("bridge_cause", sa.Text(), nullable=True))
