"""Fields that several nouns share."""

from __future__ import annotations

from outdial.api.fields import Field, Shape
from outdial.api.kinds import Instant, Link, Long, Text

ID = Field(Long(), read_only=True)
STAMP = Field(Instant(), read_only=True)
SOMEBODY = Field(Link(), read_only=True)
AUDIT = {"created_at": STAMP, "created_by": SOMEBODY, "updated_at": STAMP, "updated_by": SOMEBODY}
DESCRIPTION = Text(200)
TAG = Shape(name=Field(Text(100), required=True))


def name(most: int, least: int = 1, error_id: str | None = None) -> Field:
    """A required name."""
    return Field(Text(most, least), required=True, error_id=error_id)
