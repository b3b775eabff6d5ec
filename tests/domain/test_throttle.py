"""Waits after failed logins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.throttle import (
    FORGOTTEN_S,
    FREE_TO_ADDRESS,
    FREE_TO_USER,
    LONGEST_S,
    Throttle,
    wait_s,
)


def test_waits_double_up_to_an_end() -> None:
    assert [wait_s(count, 5) for count in range(4, 9)] == [0, 1, 2, 4, 8]
    assert wait_s(10_000, 5) == LONGEST_S


@given(st.lists(st.integers(0, 2 * LONGEST_S), max_size=60))
def test_whoever_waits_the_longest_wait_is_let_in(gaps: list[int]) -> None:
    throttle, now = Throttle(), 0
    for gap in gaps:
        now += gap * 1000
        assert throttle.enter("ann", "10.0.0.1", now) <= LONGEST_S
    assert throttle.enter("ann", "10.0.0.1", now + LONGEST_S * 1000) == 0


def test_a_try_that_came_too_early_does_not_count() -> None:
    throttle = Throttle()
    for _ in range(FREE_TO_USER):
        assert throttle.enter("ann", "a", 0) == 0
    assert [throttle.enter("ann", "a", 0) for _ in range(50)] == [1] * 50
    assert throttle.enter("ann", "a", 1000) == 0


def test_an_address_is_throttled_across_users() -> None:
    throttle = Throttle()
    waits = [throttle.enter(f"user{place}", "a", 0) for place in range(FREE_TO_ADDRESS + 1)]
    assert waits == [0] * FREE_TO_ADDRESS + [1]
    assert throttle.enter("user0", "b", 0) == 0


def test_a_user_is_throttled_across_addresses() -> None:
    throttle = Throttle()
    waits = [throttle.enter("ann", f"address{place}", 0) for place in range(FREE_TO_USER + 1)]
    assert waits == [0] * FREE_TO_USER + [1]


def test_others_guesses_do_not_make_somebody_wait_where_they_are_known() -> None:
    throttle = Throttle()
    throttle.enter("ann", "home", 0)
    throttle.passed("ann", "home")
    for place in range(30):
        throttle.enter("ann", f"address{place}", 0)
    assert throttle.enter("ann", "elsewhere", 0) > 0
    assert throttle.enter("ann", "home", 0) == 0


def test_failures_are_forgotten() -> None:
    throttle = Throttle()
    for place in range(20):
        throttle.enter("ann", "a", place * LONGEST_S * 1000)
    last = 19 * LONGEST_S * 1000
    assert throttle.enter("ann", "a", last + FORGOTTEN_S * 1000) == 0
    assert throttle.enter("ann", "a", last + FORGOTTEN_S * 1000) == 0


def test_a_good_try_costs_nothing() -> None:
    throttle = Throttle()
    for _ in range(100):
        assert throttle.enter("ann", "a", 0) == 0
        throttle.passed("ann", "a")
    for _ in range(100):
        assert throttle.enter("bob", "b", 0) == 0
        throttle.withdraw("bob", "b")
