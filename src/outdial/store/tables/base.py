"""What every table is built from. Instants are epoch milliseconds; NULL means "none"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, Text

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

Id = BigInteger().with_variant(Integer(), "sqlite")
"""A BIGINT primary key does not number itself on SQLite."""

Json = JSON(none_as_null=True)
"""Kept as text on both databases: JSONB would sort the keys, and flows and variables keep their order."""

NO_REUSE: dict[str, Any] = {"sqlite_autoincrement": True}
"""An id seen outside the database never comes back for another row."""


def ident() -> Column[int]:
    return Column("id", Id, primary_key=True)


def domain() -> Column[int]:
    return Column("domain_id", Id, ForeignKey("domain.id"), nullable=False)


def whole(name: str, default: int = 0) -> Column[int]:
    return Column(name, Integer, nullable=False, default=default)


def instant(name: str) -> Column[int]:
    return Column(name, BigInteger)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, default=False)


def text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, default=default)


def folded(name: str) -> Column[str]:
    """The casefolded twin of a text column; SQLite folds ASCII only, so Python does it."""
    return Column(f"{name}_folded", Text, nullable=False, default="")


def mapping(name: str) -> Column[Any]:
    return Column(name, Json, nullable=False, default=dict)


def array(name: str) -> Column[Any]:
    return Column(name, Json, nullable=False, default=list)


def link(name: str, table: str, *, required: bool = False, cascade: bool = False) -> Column[int]:
    """A reference to another record; rows with ``cascade`` are part of the record they point to."""
    key = ForeignKey(f"{table}.id", ondelete="CASCADE" if cascade else None)
    return Column(name, Id, key, nullable=not required)


def plain_id(name: str) -> Column[int]:
    """An id without a foreign key: a snapshot that outlives the record."""
    return Column(name, Id)


def audit() -> tuple[Column[Any], ...]:
    return (
        Column("created_at", BigInteger, nullable=False, default=0),
        plain_id("created_by"),
        Column("updated_at", BigInteger, nullable=False, default=0),
        plain_id("updated_by"),
    )
