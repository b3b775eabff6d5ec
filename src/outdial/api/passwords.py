"""Passwords: argon2id hashes, made and checked away from the event loop, a few at a time."""

from __future__ import annotations

import asyncio
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from outdial.domain.errors import BadField

LEAST = 8
"""Characters of a password."""
HASHES_AT_ONCE = 2
"""Each takes 64 MiB and a third of a second of one core."""

_gate = asyncio.Semaphore(HASHES_AT_ONCE)


def checked(field: str, password: str) -> str:
    """The password, if it will do. Raises BadField."""
    if len(password) < LEAST:
        raise BadField(field, f"expected at least {LEAST} characters")
    return password


def made_up() -> str:
    """A password for somebody to read and type."""
    return secrets.token_urlsafe(12)


async def hash_password(password: str) -> str:
    async with _gate:
        return await asyncio.to_thread(_hasher().hash, password)


async def matches(hashed: str | None, password: str) -> bool:
    """Whether the password is the hashed one. Without a hash the answer takes as long, and is no."""
    known = hashed if hashed else str(await asyncio.to_thread(_nobodys_hash))
    async with _gate:
        return await asyncio.to_thread(_verify, known, password) and bool(hashed)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher().hash(made_up())


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
