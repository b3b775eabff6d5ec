"""Moments at which everybody wakes together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.beat import BEAT_S, next_beat


@given(st.integers(0, 10**10))
def test_the_next_moment_is_ahead_at_most_one_beat_and_the_same_for_all_who_ask_before_it(now_ms: int) -> None:
    now_s = now_ms / 1000
    at = next_beat(now_s)
    beat_ms = round(BEAT_S * 1000)
    assert round(at * 1000) % beat_ms == 0
    assert 0 < round(at * 1000) - now_ms <= beat_ms
    assert next_beat(at - BEAT_S) == at
