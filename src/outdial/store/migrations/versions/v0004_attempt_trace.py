"""An attempt without a call keeps the trace of its pre-flow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt_history", sa.Column("flow_trace", sa.JSON(), nullable=True))
