"""What a door says of itself; the OpenAPI document is made of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outdial.api.fields import Shape

JsonSchema = Mapping[str, Any]
"""For what no Shape describes."""


@dataclass(frozen=True, slots=True)
class Many:
    """The envelope of a list: ``{"items": […], "next": true}``."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that are not JSON."""

    media_type: str


@dataclass(frozen=True, slots=True)
class Doc:
    summary: str
    gives: Shape | Many | Raw | JsonSchema = field(default_factory=dict)
    """The answer; an empty object unless said."""
    takes: Shape | Raw | JsonSchema | None = None
    """The body."""
    partial: bool = False
    """The body holds only what changes: nothing in it is required."""
    searches: Shape | None = None
    """Filters of a list in the query, beside ``page, size, q, sort, fields`` and ``id``."""
    asks: Shape | None = None
    """Plain parameters of the query."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the body's example that are better than the made ones."""
    object: str = ""
    """The class of records whose right is needed (domain/rights.py); the room's ``OBJECT`` unless said."""
    letter: str = ""
    """``x`` create, ``r`` read, ``w`` change, ``d`` delete; by the method unless said."""
    filtered: bool = False
    """The store leaves out what was not granted (``Shape.allowed``), so a grant on one record opens the door."""
