"""WAV files: stereo G.711 recordings, whose header is refreshed as they grow, and their reader; plain mono PCM."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from outdial.audio.law import ALAW, RATE, ULAW, Law

_HEADER = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
_PCM = struct.Struct("<4sI4s4sIHHIIHH4sI")
HEADER_BYTES = _HEADER.size
"""RIFF, an 18-byte fmt chunk, the fact chunk that compressed formats need, and the data chunk's head."""
_BIGGEST = 0xFFFFFFFF - HEADER_BYTES


def header(law: Law, channels: int, data_bytes: int) -> bytes:
    """The header of a file with ``data_bytes`` of sound; saturates at 4 GB."""
    size = min(data_bytes, _BIGGEST)
    return _HEADER.pack(
        b"RIFF", HEADER_BYTES - 8 + size + size % 2, b"WAVE",
        b"fmt ", 18, law.wav_format, channels, RATE, RATE * channels, channels, 8, 0,
        b"fact", 4, size // channels,
        b"data", size,
    )  # fmt: skip


def pcm(samples: bytes, rate: int = RATE) -> bytes:
    """A whole file of 16-bit mono samples, little-endian: what everything plays."""
    size = len(samples)
    head = _PCM.pack(b"RIFF", _PCM.size - 8 + size, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", size)
    return head + samples


@dataclass(frozen=True, slots=True)
class Recording:
    law: Law
    channels: tuple[bytes, ...]
    """One run of G.711 bytes per channel, equally long."""


def read(data: bytes) -> Recording:
    """Reads what ``header`` heads. Raises ValueError for any other WAV.

    Like players do, it takes the sound that the header announces, or what there is of it.
    """
    if len(data) < HEADER_BYTES:
        raise ValueError("shorter than a WAV header")
    riff, _, wave, _, fmt_size, tag, channels, rate, _, _, _, _, _, _, _, name, size = _HEADER.unpack_from(data)
    law = {law.wav_format: law for law in (ALAW, ULAW)}.get(tag)
    if (riff, wave, name, fmt_size, rate) != (b"RIFF", b"WAVE", b"data", 18, RATE) or law is None or not channels:
        raise ValueError("not a G.711 WAV at 8 kHz")
    sound = data[HEADER_BYTES : HEADER_BYTES + size]
    whole = len(sound) - len(sound) % channels
    return Recording(law, tuple(sound[n:whole:channels] for n in range(channels)))
