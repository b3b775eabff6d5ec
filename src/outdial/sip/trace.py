"""The messages of one call, kept as they were and made readable only when somebody asks."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

from outdial.sip.uri import HostPort

MOST = 100
"""Messages kept of one call; a call that repeats more is not clearer for it."""

_SECRETS = re.compile(r"^((?:Proxy-)?Authorization\s*:\s*).*$", re.IGNORECASE | re.MULTILINE)


class Trace:
    """References to the bytes, nothing more."""

    __slots__ = ("_open", "_rows")

    def __init__(self) -> None:
        self._open = True
        self._rows: list[tuple[int, str, HostPort, bytes]] = []

    def add(self, now: int, way: Literal["to", "from"], peer: HostPort, data: bytes) -> None:
        if self._open and len(self._rows) < MOST:
            self._rows.append((now, way, peer, data))

    def clear(self) -> None:
        self._rows.clear()

    def close(self) -> None:
        """Lets the messages go; later ones are not kept either."""
        self.clear()
        self._open = False

    def text(self, epoch_offset_ms: int = 0) -> str:
        """Oldest first, credentials masked; the offset turns the machines' clock into epoch milliseconds."""
        return "\n".join(_row(now + epoch_offset_ms, way, peer, data) for now, way, peer, data in self._rows)


def _row(at: int, way: str, peer: HostPort, data: bytes) -> str:
    time = datetime.fromtimestamp(at / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\0", "\ufffd").rstrip()
    masked = _SECRETS.sub(r"\1********", text)
    return f"--- {time} {way} {peer[0]}:{peer[1]}\n{masked}\n"
