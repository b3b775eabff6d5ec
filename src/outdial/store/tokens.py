"""Access tokens, kept as SHA-256 only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from outdial.domain.errors import NotFound
from outdial.store.context import now_of
from outdial.store.listing import Row, matches
from outdial.store.tables import domain_table, token, user


@dataclass(frozen=True, slots=True)
class Session:
    """Whose token it is."""

    token_id: int
    domain_id: int
    domain_name: str
    user_id: int
    name: str
    username: str
    admin: bool
    expires_at: int | None


def digest(text: str) -> str:
    """The form in which a token is stored and looked up."""
    return hashlib.sha256(text.encode()).hexdigest()


def create(
    conn: Connection,
    domain_id: int,
    user_id: int,
    text: str,
    *,
    usage: str = "",
    expires_at: int | None = None,
    one_time: bool = False,
) -> int:
    """Stores a token's digest; the text itself is gone after this."""
    values = {
        "domain_id": domain_id,
        "user_id": user_id,
        "sha256": digest(text),
        "usage": usage,
        "one_time": one_time,
        "expires_at": expires_at,
        "created_at": now_of(conn),
    }
    key = conn.execute(insert(token).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def find(conn: Connection, text: str) -> Session | None:
    """The session of a token that counts now; one-time tokens do not, they must be redeemed."""
    return _session(conn, text, one_time=False)


def redeem(conn: Connection, text: str) -> Session | None:
    """Uses up a one-time token."""
    session = _session(conn, text, one_time=True)
    if session is not None:
        conn.execute(delete(token).where(token.c.id == session.token_id))
    return session


def of_user(conn: Connection, domain_id: int, user_id: int) -> list[Row]:
    """The lasting tokens of a user, without their text."""
    wanted = select(token.c.id, token.c.usage, token.c.created_at, token.c.expires_at)
    where = (token.c.domain_id == domain_id, *matches(token.c.user_id, user_id), token.c.one_time.is_(False))
    return [dict(row._mapping) for row in conn.execute(wanted.where(*where).order_by(token.c.id))]


def remove(conn: Connection, domain_id: int, user_id: int, token_id: int) -> None:
    """Raises NotFound."""
    where = (token.c.domain_id == domain_id, *matches(token.c.user_id, user_id), *matches(token.c.id, token_id))
    if not conn.execute(delete(token).where(*where)).rowcount:
        raise NotFound(f"There is no token {token_id}.", id="store.sql_token.get.app_error")


def forget(conn: Connection, text: str) -> None:
    """Signs out: the token does not count any more."""
    conn.execute(delete(token).where(token.c.sha256 == digest(text)))


def forget_all(conn: Connection, domain_id: int, user_id: int) -> None:
    conn.execute(delete(token).where(token.c.domain_id == domain_id, token.c.user_id == user_id))


def sweep(conn: Connection) -> None:
    """Removes expired tokens."""
    conn.execute(delete(token).where(token.c.expires_at <= now_of(conn)))


def _session(conn: Connection, text: str, *, one_time: bool) -> Session | None:
    joined = token.join(user, user.c.id == token.c.user_id).join(domain_table, domain_table.c.id == token.c.domain_id)
    wanted = (
        select(token, user.c.name, user.c.username, user.c.admin, domain_table.c.name.label("domain_name"))
        .select_from(joined)
        .where(token.c.sha256 == digest(text), token.c.one_time.is_(one_time), user.c.disabled.is_(False))
    )
    row = conn.execute(wanted).first()
    if row is None or (row.expires_at is not None and row.expires_at <= now_of(conn)):
        return None
    return Session(
        token_id=row.id,
        domain_id=row.domain_id,
        domain_name=row.domain_name,
        user_id=row.user_id,
        name=row.name,
        username=row.username,
        admin=row.admin,
        expires_at=row.expires_at,
    )
