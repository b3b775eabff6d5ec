"""Time zones as records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from outdial.domain.zones import names_by_id, zone_id, zone_name

__all__ = ["names_by_id", "offset_s", "zone_id", "zone_lookup", "zone_name"]


def zone_lookup(name: str) -> dict[str, Any] | None:
    return {"id": zone_id(name), "name": name} if name else None


def offset_s(name: str, at_ms: int) -> int:
    """Seconds ahead of UTC at that instant."""
    offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(name)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
