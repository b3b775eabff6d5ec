"""Time zones as records: the wire wants an id for each name."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones


def zone_id(name: str) -> int:
    """A checksum of the name, so that the same zone has the same id in every installation and release."""
    return zlib.crc32(name.encode())


@lru_cache(maxsize=1)
def names_by_id() -> dict[int, str]:
    """All zones of the installed time zone database, in the order of their names."""
    return {zone_id(name): name for name in sorted(available_timezones())}


def zone_name(id: int | None) -> str | None:
    """The zone's name; empty for no zone, None for an unknown id."""
    return names_by_id().get(id) if id else ""


def zone_lookup(name: str) -> dict[str, Any] | None:
    return {"id": zone_id(name), "name": name} if name else None


def offset_s(name: str, at_ms: int) -> int:
    """Seconds ahead of UTC at that instant."""
    offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(name)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
