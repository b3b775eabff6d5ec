"""One door of the API: where it is and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.api.doc import Doc


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
    text: str = ""
    """What its handler says of itself."""
    open: bool = False
    """For everybody, without signing in."""
