"""Users, their tokens and settings, and what Webitel's clients ask at their start (webitel-api §2.2, §2.3)."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Flag, Free, Instant, Long, Text
from outdial.api.nouns import Noun, Verb, Verbs
from outdial.api.session import hash_password
from outdial.api.shapes import AUDIT, ID
from outdial.domain.errors import BadField, Forbidden, NotFound, UserMistake
from outdial.store import settings, tokens, users
from outdial.store.listing import Row

LEAST_PASSWORD = 8
SHAPE = Shape(
    id=ID,
    name=Text(250),
    username=Field(Text(250, 1), required=True),
    email=Text(250),
    admin=Flag(),
    disabled=Flag(),
    password=Field(Text(1024), hidden=True),
    **AUDIT,
)
TOKEN = Shape(id=Long(), usage=Text(250), created_at=Instant(), expires_at=Instant(), token=Text())
NEW_TOKEN = Shape(usage=Text(250), expires_at=Instant())
RIGHT = Shape(id=Text(), name=Text())
SCOPE = Shape(class_=Text(), access=Text())
USERINFO = Shape(
    dc=Long(),
    domain=Text(),
    user_id=Long(),
    name=Text(),
    username=Text(),
    preferred_username=Text(),
    updated_at=Instant(),
    expires_at=Instant(),
    scope=Parts(SCOPE),
    permissions=Parts(RIGHT),
    roles=Free(list),
    license=Free(list),
)
WARNINGS = Shape(warnings=Free(list))

CLASSES = (
    "media_file", "schema", "gateways", "cc_resource", "cc_resource_group", "cc_queue", "dictionaries", "calendars",
    "cc_list", "cc_list_number", "roles", "users", "logger", "calls", "record_file", "acr_routing",
)  # fmt: skip
PERMISSIONS = (
    "add",
    "read",
    "write",
    "delete",
    "playback_record_file",
    "reset_active_attempts",
    "view_cdr_phone_numbers",
)
SECTIONS = (
    "media", "flow", "gateways", "resources", "resource-groups", "queues", "members", "calendars", "communications",
    "blacklist", "users",
)  # fmt: skip


def install(doors: Doors) -> None:
    doors.add("GET", "/userinfo", _userinfo, Doc("Who is signed in, with which rights", USERINFO))
    doors.add(
        "GET", "/role/metadata/access", _visible, Doc("Which parts of the admin site are shown", {"type": "object"})
    )
    doors.add("GET", "/users/warnings", _warnings, Doc("What the signed-in user should know", WARNINGS))
    doors.add("GET", "/user", _self, Doc("Read the signed-in user", SHAPE))
    doors.add(
        "GET", "/user/settings/{key}", _setting, Doc("Read one of the signed-in user's settings", {"type": "object"})
    )
    doors.add(
        "PUT",
        "/user/settings/{key}",
        _keep_setting,
        Doc("Keep one of the signed-in user's settings", {"type": "object"}, takes={"type": "object"}),
    )
    USERS.install(doors)
    doors.add("GET", "/users/{id:id}/tokens", _tokens, Doc("List a user's tokens, without their texts", Many(TOKEN)))
    doors.add(
        "POST",
        "/users/{id:id}/tokens",
        _new_token,
        Doc("Make a token", TOKEN, takes=NEW_TOKEN, example={"usage": "nightly import"}),
    )
    doors.add("DELETE", "/users/{id:id}/tokens/{token:id}", _end_token, Doc("End a token", Shape(id=Long())))


async def _userinfo(call: Call) -> Response:
    who = call.session
    row = await call.read(lambda conn: users.get(conn, who.domain_id, who.user_id))
    return wire.answer(
        {
            "dc": str(who.domain_id),
            "domain": who.domain_name,
            "user_id": str(who.user_id),
            "name": who.name or who.username,
            "username": who.username,
            "preferred_username": who.username,
            "updated_at": str(row["updated_at"]),
            "expires_at": str(who.expires_at or 0),
            "scope": [{"class": name, "access": "xrwd"} for name in CLASSES],
            "permissions": [{"id": name, "name": name} for name in PERMISSIONS],
            "roles": [],
            "license": [],
        }
    )


async def _visible(call: Call) -> Response:
    on = {"_enabled": True}
    return wire.answer({"admin": on | dict.fromkeys(SECTIONS, on), "history": on})


async def _warnings(call: Call) -> Response:
    return wire.answer({"warnings": []})


async def _self(call: Call) -> Response:
    row = await call.read(lambda conn: users.get(conn, call.domain_id, call.user_id))
    return wire.answer(SHAPE.write(row))


async def _setting(call: Call) -> Response:
    key = call.request.path_params["key"]
    value = await call.read(lambda conn: settings.get(conn, call.domain_id, key, user_id=call.user_id))
    if value is None:
        raise NotFound(f"The setting {key} is not set.")
    return wire.answer(value)


async def _keep_setting(call: Call) -> Response:
    key, value = call.request.path_params["key"], await call.body()
    if not isinstance(value, dict):
        raise BadField("body", "expected an object")
    await call.write(lambda conn: settings.put(conn, call.domain_id, key, value, user_id=call.user_id))
    return wire.answer(value)


async def _check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    """Only an admin changes users; what is stored of a password is its hash."""
    if not call.session.admin:
        raise Forbidden
    if verb == "delete":
        if call.path_id() == call.user_id:
            raise UserMistake("Nobody can delete themselves; let another admin do it.")
        return
    if verb != "create" and call.path_id() == call.user_id and _gives_up(verb, values):
        raise UserMistake("Nobody can take their own rights away; let another admin do it.")
    password = values.pop("password", "")
    if len(password) < LEAST_PASSWORD and (password or verb == "create"):
        raise BadField("password", f"expected at least {LEAST_PASSWORD} characters")
    if password:
        values["password_hash"] = await hash_password(password)


def _gives_up(verb: Verb, values: dict[str, Any]) -> bool:
    """Whether the change would leave its user no admin."""
    return bool(values.get("disabled")) or not values.get("admin", verb == "patch")


def _create(conn: Connection, domain_id: int, values: dict[str, Any], **by: Any) -> Row:
    row = users.create(conn, domain_id, values, **by)
    users.set_password(conn, domain_id, row["id"], values["password_hash"])
    return row


def _replace(conn: Connection, domain_id: int, id: int, values: dict[str, Any], **by: Any) -> Row:
    return _changed(conn, domain_id, users.replace(conn, domain_id, id, values, **by), values)


def _patch(conn: Connection, domain_id: int, id: int, values: dict[str, Any], **by: Any) -> Row:
    return _changed(conn, domain_id, users.patch(conn, domain_id, id, values, **by), values)


def _delete(conn: Connection, domain_id: int, id: int) -> Row:
    tokens.forget_all(conn, domain_id, id)
    return users.delete(conn, domain_id, id)


def _changed(conn: Connection, domain_id: int, row: Row, values: dict[str, Any]) -> Row:
    """A new password ends the user's tokens, and so does being disabled."""
    if "password_hash" in values:
        users.set_password(conn, domain_id, row["id"], values["password_hash"])
    if "password_hash" in values or row["disabled"]:
        tokens.forget_all(conn, domain_id, row["id"])
    return row


USERS = Noun(
    "/users",
    "user",
    SHAPE,
    Verbs(users.search, users.get, _create, _replace, _patch, _delete),
    filters=wire.filter_shape(username=Text(), name=Text()),
    check=_check,
)


def _owner(call: Call) -> int:
    """One's own tokens; an admin's also those of others."""
    user_id = call.path_id()
    if user_id != call.user_id and not call.session.admin:
        raise Forbidden
    return user_id


async def _tokens(call: Call) -> Response:
    user_id = _owner(call)
    rows = await call.read(lambda conn: tokens.of_user(conn, call.domain_id, user_id))
    return wire.answer({"items": [TOKEN.write(row) for row in rows], "next": False})


async def _new_token(call: Call) -> Response:
    """The text of the token is shown here and never again."""
    user_id, given = _owner(call), NEW_TOKEN.read(await call.body())
    usage, expires, text = given.get("usage", ""), given.get("expires_at"), secrets.token_urlsafe(32)
    if expires and expires <= call.deps.now():
        raise BadField("expires_at", "expected an instant in the future")

    def create(conn: Connection) -> int:
        users.get(conn, call.domain_id, user_id)
        return tokens.create(conn, call.domain_id, user_id, text, usage=usage, expires_at=expires)

    id_ = await call.write(create)
    return wire.answer(TOKEN.write({"id": id_, "usage": usage, "token": text, "expires_at": expires}))


async def _end_token(call: Call) -> Response:
    user_id, token_id = _owner(call), call.path_id("token")
    await call.write(lambda conn: tokens.remove(conn, call.domain_id, user_id, token_id))
    return wire.answer({"id": str(token_id)})
