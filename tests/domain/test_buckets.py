"""Which bucket comes next."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.buckets import QueueBucket, Turns

QUEUE = 1
ratios = st.lists(st.integers(0, 9), min_size=1, max_size=5)


def served(links: list[QueueBucket], slots: int, turns: Turns | None = None, **waiting: int) -> list[int]:
    """The buckets of so many slots, given one by one, with people enough in each."""
    turns = turns or Turns()
    found = []
    for _ in range(slots):
        names = {link.bucket_id: [link] * 3 for link in links if f"b{link.bucket_id}" in waiting or not waiting}
        first = turns.line_up(QUEUE, links, names)[0]
        turns.took(QUEUE, first)
        found.append(first.bucket_id)
    return found


def test_bigger_priority_goes_first_as_long_as_it_has_somebody() -> None:
    links = [QueueBucket(1, priority=1), QueueBucket(2, priority=5)]
    assert Turns().line_up(QUEUE, links, {1: ["a"], 2: ["b", "c"]}) == ["b", "c", "a"]


def test_a_disabled_bucket_has_no_turn() -> None:
    links = [QueueBucket(1, disabled=True), QueueBucket(2)]
    assert Turns().line_up(QUEUE, links, {1: ["a"], 2: ["b"]}) == ["b"]


def test_slots_of_one_round_are_shared_by_ratio() -> None:
    links = [QueueBucket(1, ratio=3), QueueBucket(2, ratio=1)]
    lined_up = Turns().line_up(QUEUE, links, {1: ["a"] * 9, 2: ["b"] * 9})
    assert Counter(lined_up[:8]) == {"a": 6, "b": 2}


@given(ratios, st.integers(1, 60))
def test_slots_given_one_by_one_are_shared_by_ratio(shares: list[int], slots: int) -> None:
    """Nobody is ever further from their share than one slot a bucket."""
    links = [QueueBucket(place, ratio=share) for place, share in enumerate(shares)]
    got = Counter(served(links, slots))
    whole = sum(max(1, share) for share in shares)
    for place, share in enumerate(shares):
        assert abs(got[place] - slots * max(1, share) / whole) <= len(shares)


def test_a_bucket_that_was_empty_saves_nothing_up() -> None:
    links, turns = [QueueBucket(1), QueueBucket(2)], Turns()
    served(links, 50, turns, b1=1)
    assert Counter(served(links, 10, turns)) == {1: 5, 2: 5}


@given(st.dictionaries(st.integers(1, 4), st.lists(st.integers(), max_size=6)))
def test_everybody_has_one_turn(waiting: dict[int, list[int]]) -> None:
    links = [QueueBucket(bucket, priority=bucket % 2, ratio=bucket) for bucket in range(1, 5)]
    lined_up = Turns().line_up(QUEUE, links, waiting)
    assert sorted(lined_up) == sorted(one for people in waiting.values() for one in people)
