"""Roles, grants on records, second factors, the log of changes; what the admin flag was is a role now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _roles()
    _from_the_flag()
    _accounts()
    _second_factor()
    _changes()


def _domain(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], name=f"fk_{table}_domain_id")


def _part_of(table: str, other: str) -> sa.ForeignKeyConstraint:
    column = f"{other}_id"
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _roles() -> None:
    op.create_table(
        "role",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("access", sa.JSON(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        _domain("role"),
        _part_of("role", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_role"),
        sqlite_autoincrement=True,
    )
    nobodys = sa.text("user_id IS NULL")
    op.create_index(
        "uq_role_domain_id_name",
        "role",
        ["domain_id", "name"],
        unique=True,
        sqlite_where=nobodys,
        postgresql_where=nobodys,
    )
    op.create_index("uq_role_user_id", "role", ["user_id"], unique=True)
    op.create_table(
        "role_member",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("role_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        _domain("role_member"),
        _part_of("role_member", "role"),
        _part_of("role_member", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_role_member"),
        sa.UniqueConstraint("role_id", "user_id", name="uq_role_member_role_id_user_id"),
    )
    op.create_index("ix_role_member_user_id", "role_member", ["user_id"])
    op.create_table(
        "record_grant",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("role_id", ID, nullable=False),
        sa.Column("granted", sa.Text(), nullable=False),
        sa.Column("grantor_id", ID, nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        _domain("record_grant"),
        _part_of("record_grant", "role"),
        sa.PrimaryKeyConstraint("id", name="pk_record_grant"),
        sa.UniqueConstraint("object", "record_id", "role_id", name="uq_record_grant_object_record_id_role_id"),
    )
    op.create_index("ix_record_grant_role_id_object", "record_grant", ["role_id", "object"])


def _from_the_flag() -> None:
    into = (
        "INSERT INTO role (domain_id, name, name_folded, description, everything, access, user_id, created_at,"
        " updated_at)"
    )
    everything = (
        f"{into} SELECT id, 'Administrators', 'administrators', 'May everything.', :yes, '{{}}', NULL,"
        " COALESCE(created_at, 0), COALESCE(created_at, 0) FROM domain"
    )
    own = (
        f"{into} SELECT domain_id, username, lower(username), '', :no, '{{}}', id, created_at, created_at FROM \"user\""
    )
    chiefs = (
        'INSERT INTO role_member (domain_id, role_id, user_id) SELECT u.domain_id, r.id, u.id FROM "user" u'
        " JOIN role r ON r.domain_id = u.domain_id AND r.user_id IS NULL WHERE u.admin = :yes"
    )
    op.execute(sa.text(everything).bindparams(yes=True))
    op.execute(sa.text(own).bindparams(no=False))
    op.execute(sa.text(chiefs).bindparams(yes=True))


def _accounts() -> None:
    op.drop_column("user", "admin")
    op.add_column("user", sa.Column("must_change_password", sa.Boolean(), nullable=True))
    for name in ("kind", "scope", "address", "agent"):
        op.add_column("token", sa.Column(name, sa.JSON() if name == "scope" else sa.Text(), nullable=True))
    op.execute(
        sa.text(
            "UPDATE token SET kind = CASE WHEN one_time = :yes THEN 'link' WHEN usage = 'session' THEN 'session'"
            " ELSE 'token' END"
        ).bindparams(yes=True)
    )
    op.drop_column("token", "one_time")


def _second_factor() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("used_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery", sa.JSON(), nullable=False),
        _domain("second_factor"),
        _part_of("second_factor", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_second_factor"),
    )
    op.create_index("ix_second_factor_user_id", "second_factor", ["user_id"])


def _changes() -> None:
    op.create_table(
        "change",
        sa.Column("id", ID, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("user_ip", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("record_id", ID, nullable=True),
        sa.Column("record_name", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("old_state", sa.JSON(), nullable=True),
        sa.Column("new_state", sa.JSON(), nullable=True),
        _domain("change"),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_record", "change", ["domain_id", "object", "record_id"])
    op.create_index("ix_change_at", "change", ["domain_id", "at"])
