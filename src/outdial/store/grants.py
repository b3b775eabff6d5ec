"""Rights on single records: who was granted what, and which records an actor may have because of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, delete, insert, select, update

from outdial.domain.errors import Forbidden, OutdialError
from outdial.domain.rights import GRANTED
from outdial.store.context import Actor, context_of, now_of
from outdial.store.listing import DEFAULT_SIZE, ListQuery, Page, Row, page_of
from outdial.store.tables import record_grant, role, user

_g = record_grant.c
MAKER = "rrwwdd"
"""What the maker of a record gets on it who has no such right on all of them."""


def only_granted(conn: Connection, object: str, column: Column[Any]) -> list[ColumnElement[bool]]:
    """The condition that a record was granted to the actor; none for whoever may have the whole class."""
    actor = _narrow(conn, object)
    if actor is None:
        return []
    return [column.in_(_granted(actor.roles, object, actor.letter))]


def hidden_or(conn: Connection, object: str, missing: OutdialError) -> OutdialError:
    """Whoever sees single records only is not told whether another one exists."""
    return missing if _narrow(conn, object) is None else Forbidden()


def _narrow(conn: Connection, object: str) -> Actor | None:
    """The actor, if what they may do here depends on the record."""
    actor = context_of(conn).actor
    return actor if actor is not None and not actor.wide and actor.object == object else None


def _granted(roles: Sequence[int], object: str, letter: str) -> Any:
    """The ids of records of a class on which one of the roles has the letter."""
    return select(_g.record_id).where(_g.object == object, _g.role_id.in_(roles), _g.granted.contains(letter))


def allowed(conn: Connection, roles: Sequence[int], object: str, letter: str, record_id: int | None = None) -> bool:
    """Whether a role has the letter on that record, or on any one."""
    wanted = _granted(roles, object, letter)
    if record_id is not None:
        wanted = wanted.where(_g.record_id == record_id)
    return conn.execute(wanted.limit(1)).first() is not None


def letters_on(conn: Connection, roles: Sequence[int], object: str, record_id: int) -> str:
    """All letters of the roles on a record, doubled where one may be passed on."""
    wanted = select(_g.granted).where(_g.object == object, _g.record_id == record_id, _g.role_id.in_(roles))
    found = list(conn.scalars(wanted))
    return "".join(letter * max((text.count(letter) for text in found), default=0) for letter in "rwd")


def classes_of(conn: Connection, roles: Sequence[int]) -> dict[str, str]:
    """Class → letters that the roles have on at least one of its records."""
    found: dict[str, str] = {}
    for row in conn.execute(select(_g.object, _g.granted).where(_g.role_id.in_(roles)).distinct()):
        found[row.object] = "".join(letter for letter in "rwd" if letter in found.get(row.object, "") + row.granted)
    return found


def of_record(conn: Connection, domain_id: int, object: str, record_id: int, query: ListQuery) -> Page:
    """``grantee`` and ``grantor`` as lookups, ``user`` where the grantee is one person's role, ``granted``."""
    grantor = user.alias("grantor")
    joined = record_grant.join(role, role.c.id == _g.role_id).outerjoin(grantor, grantor.c.id == _g.grantor_id)
    wanted = (
        select(record_grant, role.c.name, role.c.user_id, grantor.c.username)
        .select_from(joined)
        .where(_g.domain_id == domain_id, _g.object == object, _g.record_id == record_id)
        .order_by(role.c.name_folded, role.c.id)
    )
    rows = conn.execute(wanted.limit((query.limit or DEFAULT_SIZE) + 1).offset(query.offset))
    return page_of([_row(row) for row in rows], query)


def _row(row: Any) -> Row:
    return {
        "grantee": {"id": row.role_id, "name": row.name},
        "grantor": {"id": row.grantor_id, "name": row.username or ""} if row.grantor_id else None,
        "granted": row.granted,
        "user": row.user_id is not None,
    }


def granted_to(conn: Connection, object: str, record_id: int, role_id: int) -> str:
    where = (_g.object == object, _g.record_id == record_id, _g.role_id == role_id)
    return str(conn.scalar(select(_g.granted).where(*where)) or "")


def put(conn: Connection, domain_id: int, object: str, record_id: int, *, role_id: int, granted: str) -> None:
    """Sets what a role has on a record; nothing takes the grant away."""
    where = (_g.object == object, _g.record_id == record_id, _g.role_id == role_id)
    if not granted:
        conn.execute(delete(record_grant).where(*where))
        return
    actor = context_of(conn).actor
    values = {"granted": granted, "grantor_id": actor.user_id if actor else None, "updated_at": now_of(conn)}
    if not conn.execute(update(record_grant).where(*where).values(values)).rowcount:
        known = {"domain_id": domain_id, "object": object, "record_id": record_id, "role_id": role_id}
        conn.execute(insert(record_grant).values(known | values))


def keep_for_maker(conn: Connection, domain_id: int, object: str, record_id: int) -> None:
    """Who makes a record may go on working with it."""
    actor = context_of(conn).actor
    if actor is None or object not in GRANTED or all(actor.rights.may(object, letter) for letter in "rwd"):
        return
    own = conn.scalar(select(role.c.id).where(role.c.user_id == actor.user_id))
    if own is not None:
        put(conn, domain_id, object, record_id, role_id=own, granted=MAKER)


def forget_grants(conn: Connection, domain_id: int, object: str, record_id: int) -> None:
    """With the record its grants go."""
    if object in GRANTED:
        where = (_g.domain_id == domain_id, _g.object == object, _g.record_id == record_id)
        conn.execute(delete(record_grant).where(*where))
