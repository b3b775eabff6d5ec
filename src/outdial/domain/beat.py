"""The common beat: what nobody is kept waiting for is done together, at its next moment.

Waking up is dearer than what there is to do: at 50 calls a second it was most of the price of a call. Who sets a
timer or looks at a socket does it at a moment of this beat, so that one wake-up serves all of them.
"""

from __future__ import annotations

BEAT_S = 0.040
TURNS = 3
"""In so many turns of the event loop unfolds most of what begins in one: what follows of it goes out together."""


def next_beat(now_s: float) -> float:
    """The first moment after ``now_s`` that is a multiple of the beat, on the event loop's own clock."""
    every_ms = round(BEAT_S * 1000)
    return (round(now_s * 1000) // every_ms + 1) * every_ms / 1000
