"""What a look at one thing found."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["well", "note", "bad"]
MARKS: dict[Level, tuple[str, str]] = {"well": ("✓", "green"), "note": ("!", "yellow"), "bad": ("✗", "red")}


class Finding(NamedTuple):
    level: Level
    name: str
    says: str
    mend: str = ""
    """What to do about it; none for what is well."""
