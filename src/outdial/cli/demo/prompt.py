"""The demo's prompt: twelve seconds of a little tune, as the 8 kHz 16-bit mono WAV that trunks like."""

from __future__ import annotations

import numpy as np

from outdial.audio.law import RATE
from outdial.audio.wav import pcm

NOTE_S = 0.375
TUNE = tuple("EGA-ABC-CDB-BAGA-EGA-ABC-CDB-AGA")
PITCH = {"E": 329.63, "G": 392.0, "A": 440.0, "B": 493.88, "C": 523.25, "D": 587.33}


def wav(seconds: float) -> bytes:
    """The tune, as often as it takes."""
    notes = [TUNE[i % len(TUNE)] for i in range(round(seconds / NOTE_S))]
    samples = np.concatenate([_note(PITCH.get(name, 0.0)) for name in notes])
    return pcm((samples * 9000).astype("<i2").tobytes())


def _note(pitch: float) -> np.ndarray:
    """Plucked: a quick start, a slow fall."""
    t = np.arange(round(RATE * NOTE_S)) / RATE
    body = np.sin(2 * np.pi * pitch * t) + 0.3 * np.sin(4 * np.pi * pitch * t)
    result: np.ndarray = body * np.minimum(1, t * 80) * np.exp(-4 * t)
    return result
