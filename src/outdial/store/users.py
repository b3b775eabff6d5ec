"""Users. Passwords come in hashed; the hash leaves only by ``credentials``."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import user

NOUN = Noun(
    Shape(user, hidden=frozenset({"password_hash"}), q=("name",)),
    label="user",
    title="username",
    dialing=False,
)
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete = NOUN.replace, NOUN.patch, NOUN.delete


@dataclass(frozen=True, slots=True)
class Credentials:
    user_id: int
    domain_id: int
    password_hash: str
    disabled: bool


def credentials(conn: Connection, domain_id: int, username: str) -> Credentials | None:
    """What a login is checked against."""
    row = conn.execute(select(user).where(user.c.domain_id == domain_id, user.c.username == username)).first()
    return Credentials(row.id, row.domain_id, row.password_hash, row.disabled) if row else None


def set_password(conn: Connection, domain_id: int, user_id: int, password_hash: str) -> None:
    where = (user.c.domain_id == domain_id, user.c.id == user_id)
    conn.execute(update(user).where(*where).values(password_hash=password_hash))
