"""Cutting an uploaded sound into the two files the media process plays: raw A-law and raw µ-law."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from outdial.audio.decode import decode
from outdial.audio.errors import BadAudio
from outdial.audio.g711 import Samples, encode
from outdial.audio.law import ALAW, FRAME, RATE, ULAW

__all__ = ["MAX_BYTES", "BadAudio", "Cut", "cut", "write_laws"]

MAX_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cut:
    """A prompt ready to play; ``ms`` is the sound's own length, without the padding to whole 20 ms frames."""

    ms: int
    alaw: Path
    ulaw: Path


def cut(source: Path, into: Path) -> Cut:
    """Decodes ``source`` and writes ``<into>.alaw`` and ``<into>.ulaw``, 8000 bytes a second each.

    Synchronous and CPU bound (about 0.1 s for half a minute of MP3): run it in the worker. Files appear whole or
    not at all. Raises BadAudio: not WAV or MP3, over MAX_BYTES, over ten minutes, empty, or cut off.
    """
    size = source.stat().st_size
    if size > MAX_BYTES:
        raise BadAudio(f"The file has {size / 2**20:.1f} MB; at most {MAX_BYTES >> 20} MB are taken.")
    samples = decode(source.read_bytes())
    alaw, ulaw = write_laws(samples, into)
    return Cut(round(len(samples) * 1000 / RATE), alaw, ulaw)


def write_laws(samples: Samples, into: Path, frame: int = FRAME) -> tuple[Path, Path]:
    """Pads with silence to whole frames and writes both laws beside each other."""
    padded = np.pad(samples, (0, -len(samples) % frame))
    paths = [into.with_name(f"{into.name}.{law.name}") for law in (ALAW, ULAW)]
    for path, law in zip(paths, (ALAW, ULAW), strict=True):
        _write_whole(path, encode(padded, law))
    return paths[0], paths[1]


def _write_whole(path: Path, data: bytes) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
