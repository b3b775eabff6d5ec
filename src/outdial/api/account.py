"""One's own account: password, second factor, sessions and settings (webitel-api §2.1, §2.3)."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from outdial.api import passwords, session, wire
from outdial.api.authority import over_user
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Deps, Doors, address_of
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Flag, Instant, Long, Text, Texts, Whole
from outdial.api.needs import ALWAYS, SELF
from outdial.api.users import SHAPE as USER
from outdial.domain.errors import BadField, Forbidden, NotFound
from outdial.store import second_factors, settings, tokens, users

OBJECT = SELF

PASSWORDS = Shape(password=Field(Text(1024), required=True), new_password=Field(Text(1024), required=True))
PASSWORD = Shape(password=Field(Text(1024), required=True))
RULES = {"type": "object", "properties": {"settings": {"type": "object"}}}
FACTOR = Shape(enabled=Field(Flag(), always=True), recovery_left=Whole())
BEGUN = Shape(secret=Text(), url=Text())
CODE = Shape(totp=Field(Text(64), required=True))
CODES = Shape(recovery_codes=Texts())
SESSION = Shape(id=Long(), created_at=Instant(), expires_at=Instant(), address=Text(), agent=Text(), current=Flag())


def install(doors: Doors) -> None:
    doors.add("GET", "/user", _self, Doc("Read the signed-in user", USER))
    anything = {"type": "object"}
    doors.add("GET", "/user/settings/{key}", _setting, Doc("Read one of the signed-in user's settings", anything))
    doors.add(
        "PUT",
        "/user/settings/{key}",
        _keep_setting,
        Doc("Keep one of the signed-in user's settings", anything, takes=anything),
    )
    doors.add(
        "PUT", "/users/password", _change_password, Doc("Choose another password", takes=PASSWORDS, object=ALWAYS)
    )
    doors.add_open("GET", "/users/password/settings", _rules, Doc("What a password must be like", RULES))
    doors.add("GET", "/user/2fa", _factor, Doc("Whether a second factor is asked for", FACTOR))
    doors.add("POST", "/user/2fa", _begin, Doc("Begin to set up a second factor", BEGUN, takes=PASSWORD))
    doors.add("PUT", "/user/2fa", _confirm, Doc("Turn the second factor on", CODES, takes=CODE))
    doors.add("DELETE", "/user/2fa", _off, Doc("Turn the second factor off", FACTOR, takes=PASSWORD))
    doors.add(
        "DELETE",
        "/users/{id:id}/2fa",
        _off_for,
        Doc("Turn a user's second factor off, when they have lost it", FACTOR, object="users", letter="w"),
    )
    doors.add("GET", "/user/sessions", _sessions, Doc("List one's own sessions", Many(SESSION)))
    doors.add("DELETE", "/user/sessions", _end_others, Doc("End all one's own sessions but this one"))
    doors.add("DELETE", "/user/sessions/{id:id}", _end_session, Doc("End one of one's own sessions"))


async def _self(call: Call) -> Response:
    row = await call.read(lambda conn: users.get(conn, call.domain_id, call.user_id))
    return wire.answer(USER.write(row))


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


async def _rules(request: Request, deps: Deps) -> Response:
    return wire.answer({"settings": {"min_length": passwords.LEAST}})


async def _prove(call: Call, password: str) -> None:
    """Whoever has found an open session does not get any further. Raises WrongLogin, TooManyTries."""
    who = (call.session.domain_name, call.session.username)
    session.admit(call.deps, call.request, who)
    known = await call.read(lambda conn: users.credentials_of(conn, call.domain_id, call.user_id))
    if not await passwords.matches(known.password_hash if known else None, password):
        raise session.WrongLogin("The password is wrong.")
    call.deps.throttle.passed(who, address_of(call.request))


async def _change_password(call: Call) -> Response:
    """All other sessions and tokens of the user end. Also for those who have to choose one before anything else."""
    if call.session.limit is not None:
        raise Forbidden("A token with a scope cannot change the account of its user; sign in for that.")
    given = PASSWORDS.read(await call.body())
    new = passwords.checked("new_password", given["new_password"])
    if new == given["password"]:
        raise BadField("new_password", "expected another password than before")
    await _prove(call, given["password"])
    hashed = await passwords.hash_password(new)

    def change(conn: Connection) -> None:
        users.set_password(conn, call.domain_id, call.user_id, hashed, must_change=False)
        tokens.forget_all(conn, call.domain_id, call.user_id, but=call.session.token_id)

    await call.write(change)
    return wire.answer({})


async def _factor(call: Call) -> Response:
    left = await call.read(lambda conn: second_factors.left(conn, call.user_id))
    return wire.answer(FACTOR.write({"enabled": left is not None, "recovery_left": left or 0}))


async def _begin(call: Call) -> Response:
    """Show `url` as a QR code to an authenticator, then give a code to `PUT /user/2fa`; until then nothing changes."""
    await _prove(call, PASSWORD.read(await call.body())["password"])
    secret = await call.write(lambda conn: second_factors.begin(conn, call.domain_id, call.user_id))
    who = call.session
    return wire.answer(
        {
            "secret": second_factors.as_text(secret),
            "url": second_factors.uri(secret, who.username, who.domain_name),
        }
    )


async def _confirm(call: Call) -> Response:
    """Answers ten recovery codes, each good for one login without the authenticator. They are shown this once."""
    code = CODE.read(await call.body())["totp"]
    session.admit(call.deps, call.request, (call.session.domain_name, call.session.username))
    codes = await call.write(lambda conn: second_factors.confirm(conn, call.domain_id, call.user_id, code))
    if codes is None:
        raise session.WrongCode("The code is wrong, or nothing was begun: POST /user/2fa gives a new secret.")
    call.deps.throttle.passed((call.session.domain_name, call.session.username), address_of(call.request))
    return wire.answer({"recovery_codes": codes})


async def _off(call: Call) -> Response:
    await _prove(call, PASSWORD.read(await call.body())["password"])
    await call.write(lambda conn: second_factors.off(conn, call.domain_id, call.user_id))
    return wire.answer({"enabled": False})


async def _off_for(call: Call) -> Response:
    user_id = call.path_id()

    def off(conn: Connection) -> None:
        over_user(conn, call.domain_id, call.actor, user_id)
        second_factors.off(conn, call.domain_id, user_id)

    await call.write(off)
    return wire.answer({"enabled": False})


async def _sessions(call: Call) -> Response:
    rows = await call.read(lambda conn: tokens.of_user(conn, call.domain_id, call.user_id, "session"))
    here = call.session.token_id
    return wire.answer({"items": [SESSION.write({**row, "current": row["id"] == here}) for row in rows], "next": False})


async def _end_session(call: Call) -> Response:
    id_ = call.path_id()
    await call.write(lambda conn: tokens.remove(conn, call.domain_id, call.user_id, id_, "session"))
    return wire.answer({})


async def _end_others(call: Call) -> Response:
    """Lasting tokens stay."""
    here = call.session.token_id

    def end(conn: Connection) -> None:
        for row in tokens.of_user(conn, call.domain_id, call.user_id, "session"):
            if row["id"] != here:
                tokens.remove(conn, call.domain_id, call.user_id, row["id"], "session")

    await call.write(end)
    return wire.answer({})
