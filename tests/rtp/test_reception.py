"""Loss and jitter of an incoming stream."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.rtp.reception import Reception, unwrap


def after(*sequences: int) -> Reception:
    reception = Reception()
    for sequence in sequences:
        reception.take(sequence & 0xFFFF)
    return reception


@given(st.integers(0, 1 << 40), st.integers(-0x8000, 0x7FFF))
def test_unwrapping_finds_the_nearest_count(last: int, step: int) -> None:
    assert unwrap(last, (last + step) & 0xFFFF) == last + step


@given(st.integers(0, 0xFFFF), st.sets(st.integers(1, 198), max_size=60), st.randoms(use_true_random=False))
def test_what_is_missing_is_lost_wherever_it_starts_and_wraps(
    start: int, missing: set[int], chance: random.Random
) -> None:
    order = [n for n in range(200) if n not in missing]
    for n in range(1, len(order) - 2):  # neighbours swap on the way
        if chance.random() < 0.2:
            order[n], order[n + 1] = order[n + 1], order[n]
    reception = after(*(start + n for n in order))
    assert (reception.expected, reception.lost, reception.received) == (200, len(missing), len(order))


def test_duplicates_are_no_negative_loss() -> None:
    assert after(1, 2, 2, 2, 3).lost == 0


def test_a_source_that_restarts_far_away_loses_nothing() -> None:
    assert (after(1, 2, 3, 40000, 40001, 40002).lost, after(1, 2, 3, 40000, 40001, 40002).expected) == (0, 6)


def test_a_single_stray_packet_restarts_nothing() -> None:
    reception = after(1, 2, 40000, 3, 4)
    assert (reception.highest, reception.expected) == (4, 4)


def test_another_source_is_counted_on() -> None:
    reception = after(65534, 65535)
    reception.restart(10)
    for sequence in (10, 12):
        reception.take(sequence)
    assert (reception.expected, reception.lost) == (5, 1)


def test_the_fraction_is_since_last_asked() -> None:
    reception = after(*range(50))
    assert reception.fraction_lost() == 0
    for sequence in range(50, 100, 2):
        reception.take(sequence)
    assert reception.fraction_lost() == 24 * 256 // 49
    assert reception.fraction_lost() == 0


def test_a_steady_stream_has_no_jitter_and_an_unsteady_one_has() -> None:
    steady, unsteady = Reception(), Reception()
    for n in range(200):
        steady.arrived(n * 160, 5000 + n * 160)
        unsteady.arrived(n * 160, 5000 + n * 160 + 80 * (n % 2))
    assert steady.jitter == 0
    assert unsteady.jitter == pytest.approx(80, rel=0.01)


def test_a_gap_between_samples_is_no_jitter() -> None:
    reception = Reception()
    reception.arrived(0, 0)
    reception.skip_arrivals()
    reception.arrived(160, 99_000)
    assert reception.jitter == 0
