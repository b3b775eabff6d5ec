"""Users. Passwords come in hashed; the hash leaves only by ``credentials``."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, case, or_, select, update

from outdial.store.listing import Row, matches
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


def find(conn: Connection, domain_id: int, id: int, name: str) -> Row | None:
    """By id, or by user name, or by name: ``user_id name username email``. A disabled user counts too."""
    c = user.c
    which = [*matches(c.id, id)] if id else [or_(c.username == name, c.name == name)]
    wanted = select(c.id.label("user_id"), c.name, c.username, c.email).where(c.domain_id == domain_id, *which)
    row = conn.execute(wanted.order_by(case((c.username == name, 0), else_=1), c.id)).first()
    return dict(row._mapping) if row else None


def set_password(conn: Connection, domain_id: int, user_id: int, password_hash: str) -> None:
    where = (user.c.domain_id == domain_id, user.c.id == user_id)
    conn.execute(update(user).where(*where).values(password_hash=password_hash))
