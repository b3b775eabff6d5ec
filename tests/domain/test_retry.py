"""The attempt rule, dialer-core §1.4."""

from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.attempt import Result
from outdial.domain.retry import KEEP, Ended, Tally, decide

NOW = 1_000_000


def ended(
    result: Result = "abandoned", max_attempts: int = 3, wait_s: int = 60, per_numbers: bool = False, **more: bool
) -> Ended:
    return Ended(result, NOW, max_attempts, wait_s, per_numbers, **more)


def test_retry_waits_from_the_end_of_the_call() -> None:
    assert decide(ended(), Tally(0, 0, 0)).ready_at == NOW + 60_000


def test_the_last_attempt_stops_the_member_with_the_result_as_cause() -> None:
    assert decide(ended(), Tally(1, 1, 0)).stop_at == 0
    last = decide(ended("failed"), Tally(2, 2, 0))
    assert (last.stop_at, last.stop_cause, last.attempts) == (NOW, "failed", 3)


def test_success_stops_at_once() -> None:
    assert decide(ended("success"), Tally(0, 0, 5)).stop_cause == "success"


def test_max_attempts_zero_means_one_attempt() -> None:
    assert decide(ended(max_attempts=0), Tally(0, 0, 0)).stop_cause == "abandoned"
    assert decide(ended(max_attempts=0, per_numbers=True), Tally(0, 0, 0)).stop_cause == "abandoned"


def test_per_numbers_counts_each_number_and_goes_on_with_the_others() -> None:
    spent = decide(ended(per_numbers=True, max_attempts=2), Tally(5, 1, 1))
    assert (spent.number_stop_at, spent.stop_at) == (NOW, 0)
    assert decide(ended(per_numbers=True, max_attempts=2), Tally(5, 1, 0)).stop_cause == "abandoned"


def test_an_excluded_number_is_not_used_again() -> None:
    out = decide(ended(exclude_current=True), Tally(0, 0, 1))
    assert (out.number_stop_at, out.stop_at) == (NOW, 0)


def test_excluding_the_last_number_stops_the_member() -> None:
    assert decide(ended(exclude_current=True), Tally(0, 0, 0)).stop_cause == "no_communications"


def test_redial_puts_the_number_first_again() -> None:
    assert decide(ended(redial=True), Tally(0, 0, 1)).number_last_activity_at == 0


def test_an_uncounted_end_changes_only_the_wait() -> None:
    out = decide(ended("cancel", counted=False), Tally(2, 1, 0))
    assert (out.attempts, out.number_attempts, out.ready_at, out.stop_at) == (2, 1, NOW + 60_000, 0)
    assert out.number_last_activity_at == KEEP


def test_cancel_with_stop_ends_the_member_uncounted() -> None:
    out = decide(ended("cancel", counted=False, stop=True), Tally(2, 1, 3))
    assert (out.attempts, out.stop_cause) == (2, "cancel")


def test_a_barred_number_is_stopped_and_the_others_go_on() -> None:
    out = decide(ended("barred"), Tally(1, 0, 2))
    assert (out.attempts, out.ready_at, out.number_attempts, out.number_stop_at, out.stop_at) == (1, KEEP, 1, NOW, 0)
    assert decide(ended("barred"), Tally(1, 0, 0)).stop_cause == "barred"


def test_a_stopped_member_keeps_its_cause() -> None:
    out = decide(ended("success"), Tally(0, 0, 0, stop_at=5, stop_cause="terminate"))
    assert (out.stop_at, out.stop_cause) == (5, "terminate")


@given(st.integers(0, 6), st.booleans(), st.lists(st.sampled_from(["abandoned", "failed"]), min_size=1, max_size=12))
def test_nobody_is_rung_more_often_than_allowed(limit: int, per_numbers: bool, results: list[Result]) -> None:
    """One number: whatever the ends are, the count of rings never passes max(1, limit)."""
    tally, rings = Tally(0, 0, 0), 0
    for result in results:
        if tally.stop_at:
            break
        rings += 1
        out = decide(ended(result, max_attempts=limit, per_numbers=per_numbers), tally)
        tally = Tally(out.attempts, out.number_attempts, 0, out.stop_at, out.stop_cause)
    assert rings <= max(1, limit)
