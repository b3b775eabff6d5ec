"""Time zones: the wire wants an id for each name."""

from __future__ import annotations

import zlib
from functools import lru_cache
from zoneinfo import available_timezones

UTC = "UTC"


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


def is_zone(name: str) -> bool:
    """Whether there is a zone of that IANA name."""
    return names_by_id().get(zone_id(name)) == name
