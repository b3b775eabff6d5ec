"""A recording's timeline: the lost leave silence of their length, the late find their place, clocks stay together."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.rtp.placement import Placement

U32 = st.integers(0, 0xFFFFFFFF)


@given(U32, st.sets(st.integers(1, 99)), st.randoms(use_true_random=False))
def test_packets_lie_by_their_timestamps_whatever_is_lost_late_or_swapped(
    start: int, lost: set[int], chance: random.Random
) -> None:
    placement = Placement()
    arriving = sorted((n for n in range(100) if n not in lost), key=lambda n: n + chance.uniform(0, 3) * bool(n))
    places = {
        n: placement.place(1, (start + n * 160) & 0xFFFFFFFF, 400 + n * 160 + chance.randrange(800) * bool(n))
        for n in arriving
    }
    assert places == {n: 400 + n * 160 for n in arriving}


def test_another_source_is_tied_where_it_arrives() -> None:
    placement = Placement()
    placement.place(1, 1000, 0)
    assert placement.place(2, 777_000, 5000) == 5000
    assert placement.place(2, 777_160, 5900) == 5160


def test_a_timestamp_that_jumps_is_tied_anew() -> None:
    placement = Placement()
    placement.place(1, 0, 0)
    assert placement.place(1, 1 << 30, 160) == 160
    assert placement.place(1, (1 << 30) + 160, 999) == 320


def test_a_pause_of_the_sender_stays_a_pause() -> None:
    placement = Placement()
    placement.place(1, 0, 0)
    assert placement.place(1, 80_000, 80_010) == 80_000


@pytest.mark.parametrize("ppm", [-200, -50, 50, 200])
def test_a_sender_whose_clock_is_off_never_drifts_beyond_the_tolerance(ppm: int) -> None:
    placement, chance = Placement(), random.Random(1)
    worst = 0
    for n in range(0, 40 * 60 * 50, 10):  # forty minutes, five looks a second
        arrival = round(n * 160 * (1 + ppm / 1e6)) + chance.randrange(80)
        position = placement.place(1, (n * 160) & 0xFFFFFFFF, arrival)
        placement.observe(position, arrival)
        worst = max(worst, abs(arrival - position))
    assert worst <= 320 + 80 + 16  # the tolerance, the jitter, the drift within one window


def test_a_burst_of_delay_moves_nothing() -> None:
    placement = Placement()
    for n in range(600):
        arrival = n * 160 + (4000 if 100 < n < 200 else 0)
        position = placement.place(1, n * 160, arrival)
        placement.observe(position, arrival)
        assert position == n * 160
