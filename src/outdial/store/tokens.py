"""Access tokens, kept as SHA-256 only: sessions, lasting ones, and such as are good once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, insert, select

from outdial.domain.errors import NotFound
from outdial.domain.rights import Rights, Scope
from outdial.store import roles
from outdial.store.context import now_of
from outdial.store.listing import Row, matches
from outdial.store.tables import domain_table, token, user

Kind = Literal["session", "token", "link", "second"]
"""``link`` is exchanged for a session, once; ``second`` waits for the second factor of a login."""
LASTING: tuple[Kind, ...] = ("session", "token")
_t = token.c


@dataclass(frozen=True, slots=True)
class Session:
    """Whose token it is, and what it may do."""

    token_id: int
    domain_id: int
    domain_name: str
    user_id: int
    name: str
    username: str
    rights: Rights
    """Already within the token's limit."""
    roles: tuple[int, ...]
    limit: Scope | None
    """What the token is for; None for all that its user may."""
    must_change: bool
    """The user has to choose another password before anything else."""
    expires_at: int | None
    kind: str

    @property
    def admin(self) -> bool:
        return self.rights.everything

    def grantable(self, object: str, letter: str) -> bool:
        """Whether a grant on a record counts with this token."""
        return self.limit is None or letter in self.limit.get(object, "")


@dataclass(frozen=True, slots=True)
class New:
    """A token to be."""

    text: str
    kind: Kind = "token"
    usage: str = ""
    expires_at: int | None = None
    scope: Scope | None = None
    address: str = ""
    agent: str = ""


def digest(text: str) -> str:
    """The form in which a token is stored and looked up."""
    return hashlib.sha256(text.encode()).hexdigest()


def create(conn: Connection, domain_id: int, user_id: int, new: New) -> int:
    """Stores a token's digest; the text itself is gone after this."""
    values = {
        "domain_id": domain_id,
        "user_id": user_id,
        "sha256": digest(new.text),
        "kind": new.kind,
        "usage": new.usage,
        "scope": new.scope,
        "address": new.address,
        "agent": new.agent,
        "expires_at": new.expires_at,
        "created_at": now_of(conn),
    }
    key = conn.execute(insert(token).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def find(conn: Connection, text: str) -> Session | None:
    """The session of a token that counts now; those that are good once do not, they must be redeemed."""
    row = _row(conn, text, LASTING)
    if row is None:
        return None
    found = roles.standing(conn, row.user_id)
    return Session(
        token_id=row.id,
        domain_id=row.domain_id,
        domain_name=row.domain_name,
        user_id=row.user_id,
        name=row.name,
        username=row.username,
        rights=found.rights.within(row.scope),
        roles=found.roles,
        limit=row.scope,
        must_change=bool(row.must_change_password),
        expires_at=row.expires_at,
        kind=row.kind,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """Who is half way in."""

    domain_id: int
    domain_name: str
    user_id: int
    username: str


def known(conn: Connection, text: str, kind: Kind) -> Known | None:
    """Whose it is, without using it up."""
    row = _row(conn, text, (kind,))
    return Known(row.domain_id, row.domain_name, row.user_id, row.username) if row else None


def redeem(conn: Connection, text: str, kind: Kind) -> Known | None:
    """Uses up a token that is good once."""
    found = known(conn, text, kind)
    if found is not None:
        forget(conn, text)
    return found


def of_user(conn: Connection, domain_id: int, user_id: int, *kinds: Kind) -> list[Row]:
    """The lasting tokens of a user, without their text."""
    wanted = select(_t.id, _t.kind, _t.usage, _t.created_at, _t.expires_at, _t.scope, _t.address, _t.agent)
    where = (_t.domain_id == domain_id, *matches(_t.user_id, user_id), _t.kind.in_(kinds or LASTING))
    return [dict(row._mapping) for row in conn.execute(wanted.where(*where).order_by(_t.id))]


def remove(conn: Connection, domain_id: int, user_id: int, token_id: int, *kinds: Kind) -> None:
    """Raises NotFound."""
    where = (_t.domain_id == domain_id, *matches(_t.user_id, user_id), *matches(_t.id, token_id))
    if not conn.execute(delete(token).where(*where, _t.kind.in_(kinds or LASTING))).rowcount:
        raise NotFound(f"There is no token {token_id}.", id="store.sql_token.get.app_error")


def forget(conn: Connection, text: str) -> None:
    """Signs out: the token does not count any more."""
    conn.execute(delete(token).where(_t.sha256 == digest(text)))


def forget_all(conn: Connection, domain_id: int, user_id: int, *, but: int | None = None) -> None:
    """All tokens of a user, or all but one."""
    where = [_t.domain_id == domain_id, _t.user_id == user_id]
    conn.execute(delete(token).where(*where, *([] if but is None else [_t.id != but])))


def sweep(conn: Connection) -> None:
    """Removes expired tokens."""
    conn.execute(delete(token).where(_t.expires_at <= now_of(conn)))


@cache
def _wanted(kinds: tuple[Kind, ...]) -> Any:
    """Built once for each set of kinds: it runs at every request."""
    joined = token.join(user, user.c.id == _t.user_id).join(domain_table, domain_table.c.id == _t.domain_id)
    columns = (
        _t.id, _t.domain_id, _t.user_id, _t.scope, _t.kind, _t.expires_at, user.c.name, user.c.username,
        user.c.must_change_password, domain_table.c.name.label("domain_name"),
    )  # fmt: skip
    known = (_t.sha256 == bindparam("sha256"), _t.kind.in_(kinds), user.c.disabled.is_(False))
    return select(*columns).select_from(joined).where(*known)


def _row(conn: Connection, text: str, kinds: tuple[Kind, ...]) -> Any:
    row = conn.execute(_wanted(kinds), {"sha256": digest(text)}).first()
    return None if row is None or (row.expires_at is not None and row.expires_at <= now_of(conn)) else row
