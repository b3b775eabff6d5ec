"""Secrets at rest: sealed with AES-256-GCM under a key file that only the service's user may read."""

from __future__ import annotations

import base64
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outdial.domain.errors import Misconfigured

KEY_BYTES = 32
NONCE_BYTES = 12


class Box:
    """Seals and opens short texts. Each seal has a nonce of its own, so equal texts look different."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)

    def key_for(self, purpose: str) -> bytes:
        """Another key, for this purpose alone; it says nothing of the one in the file."""
        return hmac.digest(self._key, purpose.encode(), "sha256")

    @classmethod
    def throwaway(cls) -> Box:
        """A key that dies with the process; for stores that do so too."""
        return cls(os.urandom(KEY_BYTES))

    @classmethod
    def from_file(cls, path: Path) -> Box:
        """Reads the key, or makes it (mode 0600). Raises Misconfigured if the file holds something else."""
        try:
            key = path.read_bytes() if path.exists() else _make(path)
        except OSError as error:
            raise Misconfigured(f"The key file {path} cannot be read or made: {error.strerror}.") from error
        if len(key) != KEY_BYTES:
            raise Misconfigured(f"The key file {path} is not a key of {KEY_BYTES} bytes; restore the right one.")
        return cls(key)

    def seal(self, text: str) -> str:
        """Empty stays empty."""
        if not text:
            return ""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), None)).decode()

    def open(self, sealed: str) -> str:
        """Raises Misconfigured when the text was sealed with another key."""
        if not sealed:
            return ""
        data = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None).decode()
        except InvalidTag:
            raise Misconfigured("A stored secret was sealed with another key; restore the key file.") from None


def _make(path: Path) -> bytes:
    """Written aside and linked into place: of two services that start at once, both get the first one's key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, os.urandom(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path.read_bytes()
