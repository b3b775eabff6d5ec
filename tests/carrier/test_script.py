"""The script: each number has one behaviour, the delays follow from the seed, the expectation from the behaviour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.carrier.script import TABLE, Times, behaviour, course, ending, expect, plan, table
from outdial.domain.causes import CAUSES

NUMBERS = [f"38044000{n:04}" for n in range(100)]


def test_every_ending_has_a_behaviour() -> None:
    assert len(TABLE) == 100
    assert table()[0] == ("00–19", "listens to the end")


@pytest.mark.parametrize(
    ("number", "digits"), [("380441234567", 67), ("+380 44 1", 41), ("7", 7), ("", 0), ("#21*", 21)]
)
def test_the_last_two_digits_choose(number: str, digits: int) -> None:
    assert ending(number) == digits


@given(st.text("0123456789", min_size=1, max_size=15), st.integers(1, 5), st.integers(0, 99))
def test_the_same_seed_gives_the_same_call(number: str, attempt: int, seed: int) -> None:
    first, again = (plan(number, attempt, seed, Times()) for _ in range(2))
    assert first == again
    assert 0 < first.ring_ms <= first.final_ms < 5000


def test_another_seed_gives_other_delays() -> None:
    assert len({plan("100", 1, seed, Times()).final_ms for seed in range(20)}) > 10


@pytest.mark.parametrize(
    ("number", "cause", "code"),
    [
        ("00", "NORMAL_CLEARING", 200),
        ("40", "USER_BUSY", 486),
        ("49", "USER_BUSY", 480),
        ("50", "CALL_REJECTED", 603),
        ("54", "NO_ANSWER", 487),
        ("60", "UNALLOCATED_NUMBER", 404),
        ("61", "INVALID_NUMBER_FORMAT", 484),
        ("62", "NORMAL_TEMPORARY_FAILURE", 503),
        ("63", "NO_USER_RESPONSE", 480),
        ("70", "NORMAL_UNSPECIFIED", 302),
        ("74", "NO_ANSWER", 487),
        ("86", "CALL_REJECTED", 407),
        ("93", "NO_ANSWER", 487),
        ("95", "NO_ANSWER", 487),
    ],
)
def test_the_cause_follows_from_the_behaviour(number: str, cause: str, code: int) -> None:
    expected = expect(number)
    assert (expected.cause, expected.sip_code) == (cause, code)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_ends_with_a_known_cause(number: str) -> None:
    for expected in course(number, 3):
        assert expected.cause in CAUSES
        assert expected.answered == (expected.cause == "NORMAL_CLEARING")
        assert (expected.result == "success") == (expected.status == "")


def test_busy_twice_then_listens() -> None:
    assert [(e.cause, e.result) for e in course("384", 5)] == [
        ("USER_BUSY", "abandoned"),
        ("USER_BUSY", "abandoned"),
        ("NORMAL_CLEARING", "success"),
    ]


def test_a_member_is_rung_until_the_attempts_are_used_up() -> None:
    assert len(list(course("340", 3))) == 3
    assert len(list(course("340", 0))) == 1


def test_credentials_open_the_challenged_number() -> None:
    assert expect("86", credentials=True).result == "success"
    assert behaviour("86", 1).challenge == "MD5"
