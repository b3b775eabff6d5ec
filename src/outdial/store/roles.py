"""Roles: what those who have one may do. Every user has a role of their own beside those they are given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from outdial.domain.errors import BadField
from outdial.domain.rights import Rights, united
from outdial.store.context import now_of
from outdial.store.grants import classes_of
from outdial.store.listing import ListQuery
from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import role, role_member

ADMINISTRATORS = "Administrators"
_r, _m = role.c, role_member.c

NOUN = Noun(
    Shape(
        role,
        order="+name",
        q=("name", "description"),
        extra={"personal": _r.user_id.is_not(None).label("personal")},
        object="roles",
    ),
    label="role",
    restorable=False,
    read_only=frozenset({"everything", "user"}),
    dialing=False,
)
get, search, create = NOUN.get, NOUN.search, NOUN.create
replace, patch, remove = NOUN.replace, NOUN.patch, NOUN.delete


@dataclass(frozen=True, slots=True)
class Standing:
    """What a user may do, by all their roles."""

    roles: tuple[int, ...]
    rights: Rights


_STANDING = select(_r.id, _r.everything, _r.access).where(
    or_(
        _r.user_id == bindparam("user"),
        _r.id.in_(select(_m.role_id).where(_m.user_id == bindparam("user"))),
    )
)
"""Built once: it runs at every request."""


def standing(conn: Connection, user_id: int) -> Standing:
    rows = conn.execute(_STANDING, {"user": user_id}).all()
    rights = Rights(any(row.everything for row in rows), united(row.access for row in rows))
    return Standing(tuple(sorted(row.id for row in rows)), rights)


def reach(conn: Connection, user_id: int) -> Rights:
    """All that a user can get at, grants on single records counted as if they were for the class."""
    found = standing(conn, user_id)
    return Rights(found.rights.everything, united([found.rights.classes, classes_of(conn, found.roles)]))


def make_everything(conn: Connection, domain_id: int) -> int:
    """The role of a new domain's administrators."""
    return _make(conn, domain_id, ADMINISTRATORS, description="May everything.", everything=True)


def everything(conn: Connection, domain_id: int) -> int:
    """The id of the administrators' role."""
    found = conn.scalar(select(_r.id).where(_r.domain_id == domain_id, _r.everything.is_(True)))
    assert found is not None
    return int(found)


def keep_own(conn: Connection, domain_id: int, user_id: int, name: str) -> None:
    """The user's own role, made or renamed after them."""
    values = {"name": name, "name_folded": name.casefold()}
    if not conn.execute(update(role).where(_r.user_id == user_id).values(values)).rowcount:
        _make(conn, domain_id, name, user_id=user_id)


def _make(conn: Connection, domain_id: int, name: str, **more: object) -> int:
    now = now_of(conn)
    values = {
        "domain_id": domain_id,
        "name": name,
        "name_folded": name.casefold(),
        "created_at": now,
        "updated_at": now,
    }
    key = conn.execute(insert(role).values(values | more)).inserted_primary_key
    assert key is not None
    return int(key[0])


def given_to(conn: Connection, user_ids: Iterable[int]) -> dict[int, list[dict[str, object]]]:
    """User → lookups of the roles they were given."""
    found: dict[int, list[dict[str, object]]] = {}
    wanted = select(_m.user_id, _r.id, _r.name).join(role, _r.id == _m.role_id).where(_m.user_id.in_(list(user_ids)))
    for row in conn.execute(wanted.order_by(_r.name_folded, _r.id)):
        found.setdefault(row.user_id, []).append({"id": row.id, "name": row.name})
    return found


def give(conn: Connection, domain_id: int, user_id: int, role_ids: Iterable[int]) -> None:
    """Exactly these roles, beside the user's own. Raises BadField for one that the domain does not have."""
    wanted = set(role_ids)
    known = select(_r.id).where(_r.domain_id == domain_id, _r.user_id.is_(None), _r.id.in_(wanted))
    unknown = wanted - set(conn.scalars(known)) if wanted else set()
    if unknown:
        raise BadField("roles", f"there is no such role: {min(unknown)}")
    now = set(conn.scalars(select(_m.role_id).where(_m.user_id == user_id)))
    gone = now - wanted
    if gone:
        conn.execute(delete(role_member).where(_m.user_id == user_id, _m.role_id.in_(gone)))
    rows = [{"domain_id": domain_id, "role_id": id_, "user_id": user_id} for id_ in sorted(wanted - now)]
    if rows:
        conn.execute(insert(role_member), rows)


def only(role_id: int) -> ListQuery:
    """The one role, for a search that does not mind when it is not there."""
    return ListQuery(ids=(role_id,), fields=("id", "everything", "access"))
