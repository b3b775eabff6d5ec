"""Signing in and out, with or without a second factor (webitel-api §2.1)."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from outdial.api import passwords, wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Deps, Doors, address_of, token_of
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Text, Whole
from outdial.api.needs import ALWAYS
from outdial.domain.errors import NotFound, TooManyTries, UserMistake
from outdial.store import Store, domains, second_factors, tokens, users
from outdial.store.users import Credentials

OBJECT = ALWAYS
DOMAIN = "default"
ADMIN = "admin"
PRESET = "OUTDIAL_ADMIN_TOKEN"
SESSION_S = 7 * 24 * 3600
ONE_TIME_S = 15 * 60
SECOND_S = 5 * 60
"""So long a login waits for its second factor."""
MOST_AGENT = 250

LOGIN = Shape(
    username=Field(Text(255), required=True), password=Field(Text(1024), required=True), domain=Text(255), mobile=Text()
)
TOKEN = Shape(access_token=Text(), token_type=Text(), expires_in=Whole())
ENTERED = Shape(**TOKEN.fields, id=Text())
SECOND = Shape(id=Field(Text(255), required=True), totp=Field(Text(64), required=True))
EXCHANGE = Shape(token=Field(Text(255), required=True))


class WrongLogin(UserMistake):
    """The user name or the password is wrong."""

    id = "app.session.login"


class WrongCode(UserMistake):
    """The code is wrong or was used already; wait for the next one, or give a recovery code."""

    id = "app.session.totp"


async def ensure_admin(store: Store) -> str | None:
    """Makes the domain and its admin at the first start; answers the new password, once."""
    password = passwords.made_up()
    hashed = await passwords.hash_password(password)

    def ensure(conn: Connection) -> bool:
        domain_id = domains.ensure(conn, DOMAIN)
        if users.credentials(conn, domain_id, ADMIN):
            return False
        row = users.create(conn, domain_id, {"username": ADMIN, "name": "Administrator", "admin": True})
        users.set_password(conn, domain_id, row["id"], hashed)
        return True

    return password if await store.write(ensure) else None


async def preset_token(store: Store, text: str) -> None:
    """Lets the admin in with a token that was chosen outside; empty for none. An earlier one ends."""
    await store.write(lambda conn: _preset(conn, text))


def _preset(conn: Connection, text: str) -> None:
    known = _admin(conn)
    for row in tokens.of_user(conn, known.domain_id, known.user_id):
        if row["usage"] == PRESET:
            tokens.remove(conn, known.domain_id, known.user_id, row["id"])
    if text:
        tokens.create(conn, known.domain_id, known.user_id, tokens.New(text, usage=PRESET))


async def one_time_token(store: Store, now_ms: int) -> str:
    """For the address that a start prints: good for one sign-in within a quarter of an hour."""
    new = tokens.New(secrets.token_urlsafe(24), "link", expires_at=now_ms + ONE_TIME_S * 1000)

    def create(conn: Connection) -> None:
        known = _admin(conn)
        tokens.create(conn, known.domain_id, known.user_id, new)

    await store.write(create)
    return new.text


async def reset_password(store: Store, username: str) -> str:
    """A new password for a user of the domain; all their tokens end. Raises NotFound."""
    password = passwords.made_up()
    hashed = await passwords.hash_password(password)

    def reset(conn: Connection) -> None:
        known = user_named(conn, username)
        users.set_password(conn, known.domain_id, known.user_id, hashed)
        tokens.forget_all(conn, known.domain_id, known.user_id)

    await store.write(reset)
    return password


async def second_factor_off(store: Store, username: str) -> bool:
    """For a user who has lost theirs, or for the only admin; whether there was one. Raises NotFound."""

    def off(conn: Connection) -> bool:
        known = user_named(conn, username)
        return second_factors.off(conn, known.domain_id, known.user_id)

    return await store.write(off)


def user_named(conn: Connection, username: str) -> Credentials:
    """A user of the first domain. Raises NotFound."""
    domain_id = domains.find(conn, DOMAIN)
    known = users.credentials(conn, domain_id, username) if domain_id else None
    if known is None:
        raise NotFound(f"There is no user {username}.", id="store.sql_user.get.app_error")
    return known


def _admin(conn: Connection) -> Credentials:
    domain_id = domains.find(conn, DOMAIN)
    known = users.credentials(conn, domain_id, ADMIN) if domain_id else None
    if known is None:
        raise NotFound("There is no admin yet; start the service once.")
    return known


def install(doors: Doors) -> None:
    doors.add_open(
        "GET",
        "/login",
        _probe,
        Doc("Whether a domain may be signed in to", {"type": "object"}, asks=Shape(domain=Text())),
    )
    doors.add_open(
        "POST", "/login", _login, Doc("Sign in", ENTERED, takes=LOGIN, example={"username": "admin", "password": "…"})
    )
    doors.add_open("POST", "/login/2fa", _second, Doc("Sign in: the second factor", TOKEN, takes=SECOND))
    doors.add_open("POST", "/session", _exchange, Doc("A one-time token for a session", TOKEN, takes=EXCHANGE))
    doors.add("POST", "/logout", _logout, Doc("End the session"))


async def _probe(request: Request, deps: Deps) -> Response:
    """Whether a domain may be signed in to; the login page asks before it shows the password field."""
    name = request.query_params.get("domain") or DOMAIN
    if await deps.store.read(lambda conn: domains.find(conn, name)) is None:
        raise NotFound(f"There is no domain {name}.")
    return wire.answer({"domain": name, "federation": []})


async def _login(request: Request, deps: Deps) -> Response:
    """A session, or, for whoever has a second factor, an `id` for `POST /login/2fa`.

    Failures make the next try wait: 429 says how long.
    """
    given = LOGIN.read(await wire.read_json(request))
    username, domain = _who(given)
    who = (domain, username)
    admit(deps, request, who)
    known, second = await deps.store.read(lambda conn: _credentials(conn, domain, username))
    hashed = known.password_hash if known and not known.disabled else None
    if not await passwords.matches(hashed, given["password"]) or known is None:
        raise WrongLogin
    if not second:
        deps.throttle.passed(who, address_of(request))
        return await _start(request, deps, known.domain_id, known.user_id)
    deps.throttle.withdraw(who, address_of(request))
    new = tokens.New(secrets.token_urlsafe(24), "second", expires_at=deps.now() + SECOND_S * 1000)
    await deps.store.write(lambda conn: tokens.create(conn, known.domain_id, known.user_id, new))
    return wire.answer({"id": new.text})


def admit(deps: Deps, request: Request, who: tuple[str, str]) -> None:
    """Counts a try of (domain, user name). Raises TooManyTries while it has to wait."""
    wait_s = deps.throttle.enter(who, address_of(request), deps.now())
    if wait_s:
        raise TooManyTries(wait_s)


def _who(given: dict[str, Any]) -> tuple[str, str]:
    """User and domain; the domain may stand behind the user's name."""
    name = given["username"]
    if given.get("domain"):
        return name, given["domain"]
    user, at, domain = name.rpartition("@")
    return (user, domain) if at else (name, DOMAIN)


def _credentials(conn: Connection, domain: str, username: str) -> tuple[Credentials | None, bool]:
    """And whether there is a second factor."""
    domain_id = domains.find(conn, domain)
    known = users.credentials(conn, domain_id, username) if domain_id else None
    return known, known is not None and second_factors.is_on(conn, known.user_id)


async def _second(request: Request, deps: Deps) -> Response:
    """The code of the moment, or a recovery code, which is used up."""
    given = SECOND.read(await wire.read_json(request))
    known = await deps.store.read(lambda conn: tokens.known(conn, given["id"], "second"))
    if known is None:
        raise WrongLogin("This login took too long; begin again with user name and password.")
    who = (known.domain_name, known.username)
    admit(deps, request, who)

    def take(conn: Connection) -> bool:
        good = second_factors.take(conn, known.user_id, given["totp"])
        if good:
            tokens.forget(conn, given["id"])
        return good

    if not await deps.store.write(take):
        raise WrongCode
    deps.throttle.passed(who, address_of(request))
    return await _start(request, deps, known.domain_id, known.user_id)


async def _exchange(request: Request, deps: Deps) -> Response:
    """A one-time token for a session; the token is used up."""
    text = EXCHANGE.read(await wire.read_json(request))["token"]
    found = await deps.store.write(lambda conn: tokens.redeem(conn, text, "link"))
    if found is None:
        raise WrongLogin("The link was used already or is too old; sign in with user name and password.")
    return await _start(request, deps, found.domain_id, found.user_id)


async def _start(request: Request, deps: Deps, domain_id: int, user_id: int) -> Response:
    new = tokens.New(
        secrets.token_urlsafe(32),
        "session",
        usage="session",
        expires_at=deps.now() + SESSION_S * 1000,
        address=address_of(request),
        agent=request.headers.get("user-agent", "").replace("\0", "")[:MOST_AGENT],
    )

    def create(conn: Connection) -> None:
        tokens.sweep(conn)
        tokens.create(conn, domain_id, user_id, new)

    await deps.store.write(create)
    return wire.answer({"access_token": new.text, "token_type": "Bearer", "expires_in": SESSION_S})


async def _logout(call: Call) -> Response:
    await call.write(lambda conn: tokens.forget(conn, token_of(call.request)))
    return wire.answer({})
