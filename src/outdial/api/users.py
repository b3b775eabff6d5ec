"""Users: people who may sign in (webitel-api §2.3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection

from outdial.api import wire
from outdial.api.authority import over_roles, over_user
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Flag, Long, Text
from outdial.api.nouns import Noun, Verb, Verbs
from outdial.api.passwords import checked, hash_password
from outdial.api.shapes import AUDIT, ID
from outdial.domain.errors import UserMistake
from outdial.store import roles, tokens, users
from outdial.store.context import context_of
from outdial.store.listing import Row

OBJECT = "users"

ROLE = Shape(id=Long(), name=Text())
SHAPE = Shape(
    id=ID,
    name=Text(250),
    username=Field(Text(250, 1), required=True),
    email=Text(250),
    admin=Flag(),
    roles=Parts(ROLE, most=100),
    disabled=Flag(),
    must_change_password=Flag(),
    password=Field(Text(1024), hidden=True),
    **AUDIT,
)


def install(doors: Doors) -> None:
    USERS.install(doors)


async def _check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    """What is stored of a password is its hash."""
    if verb == "delete":
        if call.path_id() == call.user_id:
            raise UserMistake("Nobody can delete themselves; let another admin do it.")
        return
    password = values.pop("password", "")
    if password or verb == "create":
        values["password_hash"] = await hash_password(checked("password", password))


def _create(conn: Connection, domain_id: int, values: dict[str, Any], **by: Any) -> Row:
    _may_give(conn, domain_id, values)
    row = users.create(conn, domain_id, values, **by)
    users.set_password(conn, domain_id, row["id"], values["password_hash"])
    return row


def _replace(conn: Connection, domain_id: int, id: int, values: dict[str, Any], **by: Any) -> Row:
    return _changed(conn, domain_id, id, values, partial(users.replace, **by))


def _patch(conn: Connection, domain_id: int, id: int, values: dict[str, Any], **by: Any) -> Row:
    return _changed(conn, domain_id, id, values, partial(users.patch, **by))


def _delete(conn: Connection, domain_id: int, id: int) -> Row:
    over_user(conn, domain_id, _actor(conn), id)
    tokens.forget_all(conn, domain_id, id)
    return users.delete(conn, domain_id, id)


def _actor(conn: Connection) -> Any:
    return context_of(conn).actor


def _may_give(conn: Connection, domain_id: int, values: dict[str, Any]) -> None:
    """Nobody gives a role that may more than they."""
    given = [one["id"] for one in values.get("roles", ()) if one["id"]]
    if "roles" in values:
        values["roles"] = given
    chief = [roles.everything(conn, domain_id)] if values.get("admin") else []
    over_roles(conn, domain_id, _actor(conn), [*given, *chief])


def _changed(conn: Connection, domain_id: int, id: int, values: dict[str, Any], change: Callable[..., Row]) -> Row:
    """A new password ends the user's tokens, and so does being disabled."""
    actor = _actor(conn)
    was_admin = over_user(conn, domain_id, actor, id)["admin"]
    _may_give(conn, domain_id, values)
    row = change(conn, domain_id, id, values)
    if id == actor.user_id and (row["disabled"] or (was_admin and not row["admin"])):
        raise UserMistake("Nobody can take their own rights away; let another admin do it.")
    if "password_hash" in values:
        users.set_password(conn, domain_id, id, values["password_hash"])
    if "password_hash" in values or row["disabled"]:
        tokens.forget_all(conn, domain_id, id)
    return row


USERS = Noun(
    "/users",
    "user",
    SHAPE,
    Verbs(users.search, users.get, _create, _replace, _patch, _delete),
    filters=wire.filter_shape(username=Text(), name=Text()),
    check=_check,
)
