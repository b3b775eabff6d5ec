"""Users. Passwords come in hashed; the hash leaves only by ``credentials``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as with_
from typing import Any

from sqlalchemy import Connection, case, exists, or_, select, update

from outdial.store import changes, roles
from outdial.store.listing import ListQuery, Page, Row, matches
from outdial.store.noun import EVERYTHING, Noun
from outdial.store.shape import Shape
from outdial.store.tables import role, role_member, user

_ADMIN = (
    exists()
    .where(role_member.c.user_id == user.c.id, role.c.id == role_member.c.role_id, role.c.everything.is_(True))
    .correlate(user)
)
NOUN = Noun(
    Shape(user, hidden=frozenset({"password_hash"}), q=("name",), extra={"admin": _ADMIN}, object="users"),
    label="user",
    restorable=False,
    title="username",
    dialing=False,
)
delete = NOUN.delete


@dataclass(frozen=True, slots=True)
class Credentials:
    user_id: int
    domain_id: int
    password_hash: str
    disabled: bool


def get(conn: Connection, domain_id: int, id: int) -> Row:
    """With ``roles`` and whether they are an ``admin``. Raises NotFound."""
    row = NOUN.get(conn, domain_id, id)
    return {**row, "roles": roles.given_to(conn, [row["id"]]).get(row["id"], [])}


def search(conn: Connection, domain_id: int, query: ListQuery = EVERYTHING) -> Page:
    wanted = not query.fields or "roles" in query.fields
    page = NOUN.search(
        conn, domain_id, with_(query, fields=(*query.fields, "id")) if query.fields and wanted else query
    )
    if wanted:
        given = roles.given_to(conn, [row["id"] for row in page.items])
        for row in page.items:
            row["roles"] = given.get(row["id"], [])
    return page


def create(conn: Connection, domain_id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    row = NOUN.create(conn, domain_id, values, by=by)
    roles.keep_own(conn, domain_id, row["id"], row["username"])
    return _with_roles(conn, domain_id, row, values.get("roles", ()), values.get("admin", False))


def replace(conn: Connection, domain_id: int, id: int, values: Mapping[str, Any], *, by: int | None = None) -> Row:
    row = NOUN.replace(conn, domain_id, id, values, by=by)
    roles.keep_own(conn, domain_id, id, row["username"])
    return _with_roles(conn, domain_id, row, values.get("roles", ()), values.get("admin", False))


def patch(conn: Connection, domain_id: int, id: int, given: Mapping[str, Any], *, by: int | None = None) -> Row:
    """``roles`` are taken whole; ``admin`` gives or takes the administrators' role and leaves the others."""
    row = NOUN.patch(conn, domain_id, id, given, by=by)
    roles.keep_own(conn, domain_id, id, row["username"])
    return _with_roles(conn, domain_id, row, given.get("roles"), given.get("admin"))


def _with_roles(conn: Connection, domain_id: int, row: Row, given: Any, admin: bool | None) -> Row:
    """None leaves what is."""
    before = get(conn, domain_id, row["id"])
    if given is not None or admin is not None:
        chief = roles.everything(conn, domain_id)
        wanted = {one["id"] for one in before["roles"]} if given is None else set(given)
        if admin:
            wanted.add(chief)
        elif admin is False and given is None:
            wanted.discard(chief)
        roles.give(conn, domain_id, row["id"], wanted)
    after = get(conn, domain_id, row["id"])
    told = ({"roles": one["roles"]} for one in (before, after))
    changes.record(conn, domain_id, "update", about(row), *told)
    return after


def about(row: Row) -> changes.About:
    """As the log of changes names a user."""
    return changes.About("users", row["id"], row["username"])


def credentials(conn: Connection, domain_id: int, username: str) -> Credentials | None:
    """What a login is checked against."""
    return _credentials(conn, user.c.domain_id == domain_id, user.c.username == username)


def credentials_of(conn: Connection, domain_id: int, user_id: int) -> Credentials | None:
    """The same for a known user."""
    return _credentials(conn, user.c.domain_id == domain_id, user.c.id == user_id)


def _credentials(conn: Connection, *where: Any) -> Credentials | None:
    row = conn.execute(select(user).where(*where)).first()
    return Credentials(row.id, row.domain_id, row.password_hash, row.disabled) if row else None


def find(conn: Connection, domain_id: int, id: int, name: str) -> Row | None:
    """By id, or by user name, or by name: ``user_id name username email``. A disabled user counts too."""
    c = user.c
    which = [*matches(c.id, id)] if id else [or_(c.username == name, c.name == name)]
    wanted = select(c.id.label("user_id"), c.name, c.username, c.email).where(c.domain_id == domain_id, *which)
    row = conn.execute(wanted.order_by(case((c.username == name, 0), else_=1), c.id)).first()
    return dict(row._mapping) if row else None


def set_password(
    conn: Connection, domain_id: int, user_id: int, password_hash: str, *, must_change: bool | None = None
) -> None:
    """``must_change``: whether the user has to choose another one before anything else; None leaves that."""
    where = (user.c.domain_id == domain_id, user.c.id == user_id)
    also = {} if must_change is None else {"must_change_password": must_change}
    conn.execute(update(user).where(*where).values(password_hash=password_hash, **also))
    name = conn.scalar(select(user.c.username).where(user.c.id == user_id))
    told = {"password": changes.SECRET}
    changes.record(conn, domain_id, "update", changes.About("users", user_id, str(name)), {}, told)
