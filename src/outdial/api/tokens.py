"""Lasting tokens of a user, for programs (webitel-api §2.3)."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.authority import over_user
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Instant, Long, Text
from outdial.api.needs import SELF
from outdial.api.roles import ACCESS, read_scope, write_scope
from outdial.domain.errors import BadField, Forbidden
from outdial.store import tokens, users
from outdial.store.changes import About, record
from outdial.store.listing import Row

OBJECT = SELF

TOKEN = Shape(
    id=Long(),
    usage=Text(250),
    created_at=Instant(),
    expires_at=Instant(),
    scope=Parts(ACCESS),
    address=Text(),
    agent=Text(),
    token=Text(),
)
NEW_TOKEN = Shape(usage=Text(250), expires_at=Instant(), scope=Field(Parts(ACCESS, most=100)))
EXAMPLE = {"usage": "nightly import", "scope": [{"class": "cc_queue", "access": "rw"}]}


def install(doors: Doors) -> None:
    doors.add("GET", "/users/{id:id}/tokens", _tokens, Doc("List a user's tokens, without their texts", Many(TOKEN)))
    doors.add("POST", "/users/{id:id}/tokens", _new_token, Doc("Make a token", TOKEN, takes=NEW_TOKEN, example=EXAMPLE))
    doors.add("DELETE", "/users/{id:id}/tokens/{token:id}", _end_token, Doc("End a token", Shape(id=Long())))


def _owner(conn: Connection, call: Call, letter: str) -> int:
    """One's own tokens; those of others for whoever may change users and has all their rights."""
    user_id = call.path_id()
    if user_id != call.user_id:
        if not call.session.rights.may("users", letter):
            raise Forbidden
        over_user(conn, call.domain_id, call.actor, user_id)
    return user_id


def shown(row: Row) -> Row:
    return {**row, "scope": write_scope(row["scope"] or {})}


async def _tokens(call: Call) -> Response:
    rows = await call.read(lambda conn: tokens.of_user(conn, call.domain_id, _owner(conn, call, "r")))
    return wire.answer({"items": [TOKEN.write(shown(row)) for row in rows], "next": False})


async def _new_token(call: Call) -> Response:
    """The text of the token is shown here and never again. With a `scope` it may no more than that says, and no more
    than its user; without one it may all that its user may, whatever that comes to be.
    """
    given = NEW_TOKEN.read(await call.body())
    expires = given.get("expires_at") or None
    if expires and expires <= call.deps.now():
        raise BadField("expires_at", "expected an instant in the future")
    scope = read_scope(given["scope"], "scope") if given.get("scope") else None
    new = tokens.New(secrets.token_urlsafe(32), usage=given.get("usage", ""), expires_at=expires, scope=scope)

    def create(conn: Connection) -> int:
        user_id = _owner(conn, call, "w")
        id_ = tokens.create(conn, call.domain_id, user_id, new)
        told = {"usage": new.usage, "expires_at": expires, "scope": scope}
        record(conn, call.domain_id, "create", _about(conn, call, user_id, id_), None, told)
        return id_

    id_ = await call.write(create)
    row = {"id": id_, "usage": new.usage, "token": new.text, "expires_at": expires, "scope": scope}
    return wire.answer(TOKEN.write(shown(row)))


def _about(conn: Connection, call: Call, user_id: int, token_id: int) -> About:
    user = users.get(conn, call.domain_id, user_id)
    return About("users", user_id, user["username"], f"token {token_id}")


async def _end_token(call: Call) -> Response:
    token_id = call.path_id("token")

    def end(conn: Connection) -> None:
        user_id = _owner(conn, call, "w")
        tokens.remove(conn, call.domain_id, user_id, token_id)
        record(conn, call.domain_id, "delete", _about(conn, call, user_id, token_id))

    await call.write(end)
    return wire.answer({"id": str(token_id)})
