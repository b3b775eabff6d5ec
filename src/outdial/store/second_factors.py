"""The second factor of a login: codes by time (RFC 6238), and recovery codes that are good once each."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32decode, b32encode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection, delete, insert, select, update

from outdial.store.changes import record
from outdial.store.context import context_of, now_of
from outdial.store.tables import second_factor
from outdial.store.users import about, get

DIGITS = 6
STEP_S = 30
SECRET_BYTES = 20
DRIFT = 1
"""Steps before and after now whose codes are taken too."""
RECOVERY_CODES = 10
ISSUER = "Outdial"
_f = second_factor.c


def code_at(secret: bytes, time_s: int, digits: int = DIGITS) -> str:
    """The code of a moment."""
    return TOTP(secret, digits, SHA1(), STEP_S).generate(time_s).decode()


def uri(secret: bytes, username: str, domain: str) -> str:
    """``otpauth://…``, to be shown as a QR code."""
    return TOTP(secret, DIGITS, SHA1(), STEP_S).get_provisioning_uri(f"{username}@{domain}", ISSUER)


def as_text(secret: bytes) -> str:
    """As people type it into an authenticator."""
    return b32encode(secret).decode()


def begin(conn: Connection, domain_id: int, user_id: int) -> bytes:
    """A new secret, which counts once a code of it was given. One that counts already stays until then."""
    secret = secrets.token_bytes(SECRET_BYTES)
    conn.execute(delete(second_factor).where(_f.user_id == user_id, _f.confirmed_at.is_(None)))
    sealed = context_of(conn).box.seal(as_text(secret))
    conn.execute(insert(second_factor).values(domain_id=domain_id, user_id=user_id, sealed=sealed, recovery=[]))
    return secret


def confirm(conn: Connection, domain_id: int, user_id: int, code: str) -> list[str] | None:
    """Turns it on and answers the recovery codes, once; None for a wrong code, or when nothing was begun."""
    row = conn.execute(select(second_factor).where(_f.user_id == user_id, _f.confirmed_at.is_(None))).first()
    step = _step_of(conn, row.sealed, row.used_step, code) if row else None
    if row is None or step is None:
        return None
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    values = {"confirmed_at": now_of(conn), "used_step": step, "recovery": [_digest(code) for code in codes]}
    conn.execute(delete(second_factor).where(_f.user_id == user_id, _f.id != row.id))
    conn.execute(update(second_factor).where(_f.id == row.id).values(values))
    _tell(conn, domain_id, user_id, on=True)
    return codes


def is_on(conn: Connection, user_id: int) -> bool:
    return left(conn, user_id) is not None


def left(conn: Connection, user_id: int) -> int | None:
    """How many recovery codes are left; None while there is no second factor."""
    found = conn.scalar(select(_f.recovery).where(_f.user_id == user_id, _f.confirmed_at.is_not(None)))
    return None if found is None else len(found)


def take(conn: Connection, user_id: int, code: str) -> bool:
    """Whether the code is good. It is used up: a second time it is not."""
    row = conn.execute(
        select(second_factor).where(_f.user_id == user_id, _f.confirmed_at.is_not(None)).with_for_update()
    ).first()
    if row is None:
        return False
    step = _step_of(conn, row.sealed, row.used_step, code)
    if step is not None:
        conn.execute(update(second_factor).where(_f.id == row.id).values(used_step=step))
        return True
    used = _digest(code.strip().lower())
    if used in row.recovery:
        kept = [one for one in row.recovery if one != used]
        conn.execute(update(second_factor).where(_f.id == row.id).values(recovery=kept))
        return True
    return False


def off(conn: Connection, domain_id: int, user_id: int) -> bool:
    """Whether it was on."""
    was = is_on(conn, user_id)
    conn.execute(delete(second_factor).where(_f.user_id == user_id))
    if was:
        _tell(conn, domain_id, user_id, on=False)
    return was


def _step_of(conn: Connection, sealed: str, used_step: int, code: str) -> int | None:
    """The time step whose code this is, if that is near and later than the last one used."""
    secret, now_s = b32decode(context_of(conn).box.open(sealed)), now_of(conn) // 1000
    for step in range(now_s // STEP_S - DRIFT, now_s // STEP_S + DRIFT + 1):
        if step > used_step and hmac.compare_digest(code_at(secret, step * STEP_S).encode(), code.strip().encode()):
            return step
    return None


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _tell(conn: Connection, domain_id: int, user_id: int, *, on: bool) -> None:
    old, new = {"second_factor": not on}, {"second_factor": on}
    record(conn, domain_id, "update", about(get(conn, domain_id, user_id)), old, new)
