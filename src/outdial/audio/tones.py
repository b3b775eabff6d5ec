"""The tone generation language, as far as prompts use it: ``v=-7;%(1000,4000,425,480);%(…);loops=3``.

``%(on,off,f…)`` sounds one or more frequencies (Hz) for ``on`` ms, then is quiet for ``off`` ms; ``v=`` sets the
level in dB for what follows; ``loops=`` (or ``l=``) repeats the whole, -1 for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from outdial.audio.errors import BadAudio
from outdial.audio.g711 import Samples
from outdial.audio.law import RATE

MAX_MS = 60_000
"""Of one pass through the script."""
_LEVEL_DB = -10.0
_PART = re.compile(r"%\(([0-9., ]*)\)")


@dataclass(frozen=True, slots=True)
class Tones:
    samples: Samples
    """One pass."""
    loops: int
    """How often; 0 = until stopped."""


def render(script: str) -> Tones:
    """Raises BadAudio naming the part that is not understood."""
    parts: list[Samples] = []
    loops, level, ms = 1, _LEVEL_DB, 0.0
    for word in filter(None, (word.strip() for word in script.split(";"))):
        name, _, value = word.partition("=")
        if name.lower() in ("loops", "l"):
            loops = _loops(word, value)
        elif name.lower() == "v":
            level = _number(word, value, -60, 0)
        else:
            on, off, frequencies = _part(word)
            ms += on + off
            if ms > MAX_MS:
                raise BadAudio(f"The tone is longer than {MAX_MS // 1000} s; use loops to repeat a short one.")
            parts += [_sound(on, frequencies, level), np.zeros(round(off * RATE / 1000), dtype=np.int16)]
    if not sum(map(len, parts)):
        raise BadAudio(f"The tone {script!r} has no sound; write for instance %(1000,4000,425);loops=2.")
    return Tones(np.concatenate(parts), loops)


def _loops(word: str, value: str) -> int:
    loops = _number(word, value, -1, 10_000)
    return 0 if loops < 0 else max(1, int(loops))


def _part(word: str) -> tuple[float, float, list[float]]:
    found = _PART.fullmatch(word)
    if not found:
        raise BadAudio(f"In the tone, {word!r} is not understood; expected %(on ms,off ms,Hz…), v=dB or loops=n.")
    numbers = found[1].split(",")
    if len(numbers) < 3:
        raise BadAudio(f"In the tone, {word!r} needs on ms, off ms and at least one frequency.")
    on, off = (_number(word, number, 0, MAX_MS) for number in numbers[:2])
    return on, off, [_number(word, number, 0, RATE / 2) for number in numbers[2:]]


def _number(word: str, text: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise BadAudio(f"In the tone, {word!r}: {text.strip()!r} must be a number from {least:g} to {most:g}.")
    return number


def _sound(ms: float, frequencies: list[float], level: float) -> Samples:
    """The frequencies share the level's amplitude, so that their sum never clips."""
    time = np.arange(round(ms * RATE / 1000)) / RATE
    wave = sum((np.sin(2 * np.pi * hertz * time) for hertz in frequencies), np.zeros(len(time)))
    return np.rint(wave * (32767 * 10 ** (level / 20) / len(frequencies))).astype(np.int16)
