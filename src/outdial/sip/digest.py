"""Digest credentials: reading a challenge, answering it, and checking an answer (RFC 7616, 8760)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import md5, sha256

_PARAM = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^",\s]+)')
_SCHEME = re.compile(r"\s*Digest\s+", re.IGNORECASE)

Hash = Callable[[str], str]


def _md5(text: str) -> str:
    return md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


HASHES: dict[str, Hash] = {"SHA-256": _sha256, "SHA-256-SESS": _sha256, "MD5": _md5, "MD5-SESS": _md5}
"""What we can compute, strongest first; names in capitals."""


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate or Proxy-Authenticate value."""

    realm: str
    nonce: str
    algorithm: str = ""
    """As it was written; empty means MD5."""
    qop: bool = False
    """True when ``qop=auth`` is offered; without it the form of RFC 2069 is used."""
    opaque: str | None = None
    stale: bool = False
    """The credentials may be right, only the nonce is too old."""

    @property
    def strength(self) -> int:
        """Smaller is stronger."""
        return list(HASHES).index(self.algorithm.upper() or "MD5")


def parse_challenge(value: str) -> Challenge:
    """Raises ValueError when it is no digest challenge, or one with an algorithm or qop we do not know."""
    params = parse_params(value)
    if "nonce" not in params or "realm" not in params:
        raise ValueError("challenge without realm or nonce")
    algorithm = params.get("algorithm", "")
    if (algorithm.upper() or "MD5") not in HASHES:
        raise ValueError("challenge with an unknown algorithm")
    offered = {word.strip().lower() for word in params.get("qop", "").split(",")} - {""}
    if offered and "auth" not in offered:
        raise ValueError("challenge with an unknown qop")
    stale = params.get("stale", "").lower() == "true"
    return Challenge(params["realm"], params["nonce"], algorithm, bool(offered), params.get("opaque"), stale)


def strongest(values: Iterable[str]) -> Challenge:
    """The challenge to answer when several are offered. Raises ValueError when we know none of them."""
    known = []
    for value in values:
        try:
            known.append(parse_challenge(value))
        except ValueError:
            continue
    if not known:
        raise ValueError("no challenge we can answer")
    return min(known, key=lambda challenge: challenge.strength)


def answer(
    challenge: Challenge, credentials: Credentials, method: str, uri: str, *, cnonce: str, count: int = 1
) -> str:
    """The Authorization or Proxy-Authorization value; ``count`` is nc, how often this nonce is used."""
    nc = f"{count:08x}"
    proof = _proof(challenge, credentials, method, uri, cnonce=cnonce, nc=nc)
    quoted = {
        "username": credentials.username,
        "realm": challenge.realm,
        "nonce": challenge.nonce,
        "uri": uri,
        "response": proof,
    }
    plain = {"algorithm": challenge.algorithm} if challenge.algorithm else {}
    if challenge.opaque is not None:
        quoted["opaque"] = challenge.opaque
    if challenge.qop or challenge.algorithm.upper().endswith("-SESS"):
        quoted["cnonce"] = cnonce
    if challenge.qop:
        plain |= {"qop": "auth", "nc": nc}
    parts = [f"{name}={_quote(value)}" for name, value in quoted.items()]
    return "Digest " + ", ".join(parts + [f"{name}={value}" for name, value in plain.items()])


def matches(value: str, method: str, password: str) -> bool:
    """Whether an Authorization value proves the password; nonce and uri are the caller's to judge."""
    try:
        given = parse_params(value)
        challenge = parse_challenge(value)
        credentials = Credentials(given["username"], password)
        proof = _proof(
            challenge, credentials, method, given["uri"], cnonce=given.get("cnonce", ""), nc=given.get("nc", "")
        )
        return proof == given["response"]
    except (ValueError, KeyError):
        return False


def parse_params(value: str) -> dict[str, str]:
    """The parameters of a ``Digest …`` header, unquoted. Raises ValueError for another scheme."""
    scheme = _SCHEME.match(value)
    if scheme is None:
        raise ValueError("not a Digest header")
    return {name.lower(): _unquote(text) for name, text in _PARAM.findall(value, scheme.end())}


def _proof(challenge: Challenge, credentials: Credentials, method: str, uri: str, *, cnonce: str, nc: str) -> str:
    digest = HASHES[challenge.algorithm.upper() or "MD5"]
    first = digest(f"{credentials.username}:{challenge.realm}:{credentials.password}")
    if challenge.algorithm.upper().endswith("-SESS"):
        first = digest(f"{first}:{challenge.nonce}:{cnonce}")
    second = digest(f"{method}:{uri}")
    middle = f"{challenge.nonce}:{nc}:{cnonce}:auth" if challenge.qop else challenge.nonce
    return digest(f"{first}:{middle}:{second}")


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
