"""The two G.711 laws by what the rest of the house needs to know of them. Imports nothing, starts fast."""

from __future__ import annotations

from dataclasses import dataclass

RATE = 8000
"""Samples, and therefore G.711 bytes, per second."""
FRAME = 160
"""Samples of one 20 ms packet."""
FRAME_MS = 20


@dataclass(frozen=True, slots=True)
class Law:
    name: str
    """Also the suffix of a cut prompt's file."""
    payload_type: int
    """RFC 3551."""
    silence: int
    """The byte of a zero sample."""
    wav_format: int
    """WAVE_FORMAT_ALAW or WAVE_FORMAT_MULAW."""


ALAW = Law("alaw", 8, 0xD5, 6)
ULAW = Law("ulaw", 0, 0xFF, 7)
BY_PAYLOAD_TYPE = {law.payload_type: law for law in (ALAW, ULAW)}
