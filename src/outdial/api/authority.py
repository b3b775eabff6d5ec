"""Nobody hands out more than they have: what an actor may do to another user, or put into a role."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from outdial.domain.errors import Forbidden
from outdial.domain.rights import Rights
from outdial.store import roles, users
from outdial.store.context import Actor
from outdial.store.listing import Row


def over_user(conn: Connection, domain_id: int, actor: Actor, user_id: int) -> Row:
    """Whoever may act in somebody's place must have all their rights; answers the user. Raises NotFound, Forbidden."""
    user = users.get(conn, domain_id, user_id)
    if user_id != actor.user_id:
        over(actor, roles.reach(conn, user_id))
    return user


def over_roles(conn: Connection, domain_id: int, actor: Actor, role_ids: Iterable[int]) -> None:
    for role_id in role_ids:
        over(actor, rights_of(conn, domain_id, role_id))


def rights_of(conn: Connection, domain_id: int, role_id: int) -> Rights:
    page = roles.search(conn, domain_id, roles.only(role_id))
    return Rights(page.items[0]["everything"], page.items[0]["access"]) if page.items else Rights()


def over(actor: Actor, rights: Rights) -> None:
    if not actor.rights.cover(rights):
        raise Forbidden("That would give or take rights that you do not have yourself; let an administrator do it.")
