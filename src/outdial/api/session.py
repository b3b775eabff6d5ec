"""Signing in and out, and the tokens that stand for a session (webitel-api §2.1)."""

from __future__ import annotations

import asyncio
import secrets
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Deps, Doors, token_of
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Text, Whole
from outdial.domain.errors import NotFound, UserMistake
from outdial.store import Store, domains, tokens, users
from outdial.store.users import Credentials

DOMAIN = "default"
ADMIN = "admin"
PRESET = "OUTDIAL_ADMIN_TOKEN"
SESSION_S = 7 * 24 * 3600
ONE_TIME_S = 15 * 60
HASHES_AT_ONCE = 2
"""Each takes 64 MiB and a third of a second of one core."""

LOGIN = Shape(
    username=Field(Text(255), required=True), password=Field(Text(1024), required=True), domain=Text(255), mobile=Text()
)
TOKEN = Shape(access_token=Text(), token_type=Text(), expires_in=Whole())
EXCHANGE = Shape(token=Field(Text(255), required=True))

_gate = asyncio.Semaphore(HASHES_AT_ONCE)


class WrongLogin(UserMistake):
    """The user name or the password is wrong."""

    id = "app.session.login"


async def ensure_admin(store: Store) -> str | None:
    """Makes the domain and its admin at the first start; answers the new password, once."""
    password = secrets.token_urlsafe(12)
    hashed = await hash_password(password)

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
        tokens.create(conn, known.domain_id, known.user_id, text, usage=PRESET)


async def one_time_token(store: Store, now_ms: int) -> str:
    """For the address that a start prints: good for one sign-in within a quarter of an hour."""
    text = secrets.token_urlsafe(24)

    def create(conn: Connection) -> None:
        known = _admin(conn)
        expires = now_ms + ONE_TIME_S * 1000
        tokens.create(conn, known.domain_id, known.user_id, text, expires_at=expires, one_time=True)

    await store.write(create)
    return text


async def reset_password(store: Store, username: str) -> str:
    """A new password for a user of the domain; all their tokens end. Raises NotFound."""
    password = secrets.token_urlsafe(12)
    hashed = await hash_password(password)

    def reset(conn: Connection) -> None:
        domain_id = domains.find(conn, DOMAIN)
        known = users.credentials(conn, domain_id, username) if domain_id else None
        if known is None:
            raise NotFound(f"There is no user {username}.", id="store.sql_user.get.app_error")
        users.set_password(conn, known.domain_id, known.user_id, hashed)
        tokens.forget_all(conn, known.domain_id, known.user_id)

    await store.write(reset)
    return password


def _admin(conn: Connection) -> Credentials:
    domain_id = domains.find(conn, DOMAIN)
    known = users.credentials(conn, domain_id, ADMIN) if domain_id else None
    if known is None:
        raise NotFound("There is no admin yet; start the service once.")
    return known


async def hash_password(password: str) -> str:
    async with _gate:
        return await asyncio.to_thread(_hasher().hash, password)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """Checked when there is no such user, so that an answer takes as long as for a wrong password."""
    return _hasher().hash(secrets.token_urlsafe(12))


def install(doors: Doors) -> None:
    doors.add_open(
        "GET",
        "/login",
        _probe,
        Doc("Whether a domain may be signed in to", {"type": "object"}, asks=Shape(domain=Text())),
    )
    doors.add_open(
        "POST", "/login", _login, Doc("Sign in", TOKEN, takes=LOGIN, example={"username": "admin", "password": "…"})
    )
    doors.add_open("POST", "/session", _exchange, Doc("A one-time token for a session", TOKEN, takes=EXCHANGE))
    doors.add("POST", "/logout", _logout, Doc("End the session"))


async def _probe(request: Request, deps: Deps) -> Response:
    """Whether a domain may be signed in to; the login page asks before it shows the password field."""
    name = request.query_params.get("domain") or DOMAIN
    if await deps.store.read(lambda conn: domains.find(conn, name)) is None:
        raise NotFound(f"There is no domain {name}.")
    return wire.answer({"domain": name, "federation": []})


async def _login(request: Request, deps: Deps) -> Response:
    given = LOGIN.read(await wire.read_json(request))
    username, domain = _who(given)
    known = await deps.store.read(lambda conn: _credentials(conn, domain, username))
    usable = known is not None and not known.disabled and known.password_hash
    hashed = known.password_hash if known and usable else await asyncio.to_thread(_nobodys_hash)
    if not await _matches(hashed, given["password"]) or known is None or not usable:
        raise WrongLogin
    return await _start(deps, known.domain_id, known.user_id)


def _who(given: dict[str, Any]) -> tuple[str, str]:
    """User and domain; the domain may stand behind the user's name."""
    name = given["username"]
    if given.get("domain"):
        return name, given["domain"]
    user, at, domain = name.rpartition("@")
    return (user, domain) if at else (name, DOMAIN)


def _credentials(conn: Connection, domain: str, username: str) -> Credentials | None:
    domain_id = domains.find(conn, domain)
    return users.credentials(conn, domain_id, username) if domain_id else None


async def _matches(hashed: str, password: str) -> bool:
    async with _gate:
        return await asyncio.to_thread(_verify, hashed, password)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


async def _exchange(request: Request, deps: Deps) -> Response:
    """A one-time token for a session; the token is used up."""
    text = EXCHANGE.read(await wire.read_json(request))["token"]
    session = await deps.store.write(lambda conn: tokens.redeem(conn, text))
    if session is None:
        raise WrongLogin("The link was used already or is too old; sign in with user name and password.")
    return await _start(deps, session.domain_id, session.user_id)


async def _start(deps: Deps, domain_id: int, user_id: int) -> Response:
    text = secrets.token_urlsafe(32)
    expires = deps.now() + SESSION_S * 1000

    def create(conn: Connection) -> None:
        tokens.sweep(conn)
        tokens.create(conn, domain_id, user_id, text, usage="session", expires_at=expires)

    await deps.store.write(create)
    return wire.answer({"access_token": text, "token_type": "Bearer", "expires_in": SESSION_S})


async def _logout(call: Call) -> Response:
    await call.write(lambda conn: tokens.forget(conn, token_of(call.request)))
    return wire.answer({})
