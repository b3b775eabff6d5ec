"""Recordings that a flow makes of its call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sides = Literal["both", "mixed", "heard"]
"""both: stereo, our side left, the person right; mixed: both in one channel; heard: the person alone."""


@dataclass(frozen=True, slots=True)
class Take:
    """A recording to be made, and listed with the call under its name."""

    name: str
    sides: Sides
    max_ms: int = 0
    """It ends when it is so long; 0 = never."""
    silence_level: int = 0
    """Mean amplitude (of 32768) below which the person is silent; 0 = they never are."""
    silence_ms: int = 0
    """It ends after so much unbroken silence."""
    min_ms: int = 0
    """A shorter one is thrown away."""


@dataclass(frozen=True, slots=True)
class Took:
    """How a recording ended."""

    end: Literal["limit", "silence", "stopped", "failed"]
    ms: int
    key: str = ""
    """That stopped it."""
