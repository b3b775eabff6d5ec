"""Tallies of attempts that are over, for the board of queues; filled from the histories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "attempt_tally",
        sa.Column("queue_id", ID, autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("talk_sec", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("queue_id", "hour", "seq", "result", "cause", name="pk_attempt_tally"),
    )
    op.execute(
        "INSERT INTO attempt_tally (queue_id, hour, seq, result, cause, domain_id, attempts, answered, talk_sec)"
        " SELECT a.queue_id, CAST(a.leaving_at / 3600000 AS INTEGER), CASE WHEN a.seq > 10 THEN 10 ELSE a.seq END,"
        " a.result, a.cause, a.domain_id, COUNT(*), SUM(CASE WHEN c.answered_at IS NULL THEN 0 ELSE 1 END),"
        " COALESCE(SUM(c.talk_sec), 0)"
        " FROM attempt_history a LEFT JOIN call_history c ON c.id = a.call_id AND c.domain_id = a.domain_id"
        " GROUP BY 1, 2, 3, 4, 5, 6"
    )
