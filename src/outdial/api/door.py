"""One door of the API: where it is and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.api.doc import Doc
from outdial.api.needs import Need


@dataclass(frozen=True, slots=True)
class Door:
    method: str
    path: str
    """Below ``/api``, with placeholders: ``/calendars/{id:id}``."""
    tag: str
    """The room it belongs to."""
    about: str
    """That room's own first sentence."""
    name: str
    """Unique within its room."""
    doc: Doc
    need: Need | None = None
    """The right that opens it; None for everybody, without signing in."""
    text: str = ""
    """What its handler says of itself."""

    @property
    def open(self) -> bool:
        """For everybody, without signing in."""
        return self.need is None
