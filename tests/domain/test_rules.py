"""Numbers, resources, members, queue settings and the attempt's table."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.attempt import NEXT, Event, State, provisional
from outdial.domain.member import Communication, Member, open_numbers
from outdial.domain.number import has_digits, normalise
from outdial.domain.queue import decode_rules, unbuilt_settings
from outdial.domain.resource import Gateway, Placed, Resource, carries

GATEWAY = Gateway(1, "gw", True, "127.0.0.1")


def resource(
    id: int = 1, enabled: bool = True, gateway: Gateway | None = GATEWAY, patterns: tuple[str, ...] = ()
) -> Resource:
    return Resource(id, f"r{id}", enabled, gateway, 10, patterns=patterns)


@pytest.mark.parametrize("spelling", ["+380 44 123-45-67", "00380441234567", "380441234567", "(380) 44.123.45.67"])
def test_spellings_of_one_number_compare_equal(spelling: str) -> None:
    assert normalise(spelling) == "380441234567"


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_more_than_prefixes(text: str) -> None:
    assert normalise(" " + text + " ") == normalise(text)


def test_a_number_needs_a_digit() -> None:
    assert has_digits("a1") and not has_digits("abc+-")


def test_priority_first_then_least_recently_used() -> None:
    numbers = (
        Communication(1, 0, "a", 1, priority=1, last_activity_at=50),
        Communication(2, 1, "b", 1, priority=5, last_activity_at=99),
        Communication(3, 2, "c", 1, priority=1, last_activity_at=0),
        Communication(4, 3, "d", 1, priority=9, stop_at=1),
    )
    assert [c.destination for c in open_numbers(Member(1, communications=numbers))] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("pattern", "number", "takes"),
    [("380XXXXXXX", "3801234567", True), ("380x", "38012", False), ("1+", "1+", True), ("1+", "11", False)],
)
def test_patterns_match_the_whole_number_literally(pattern: str, number: str, takes: bool) -> None:
    assert carries(resource(patterns=(pattern,)), number) is takes


def test_a_resource_without_patterns_takes_all() -> None:
    assert carries(resource(), "anything")


def test_the_reserve_takes_over_only_while_the_primary_is_off() -> None:
    off = Gateway(2, "off", False, "127.0.0.1")
    assert Placed(resource(1), resource(2)).in_force() == resource(1)
    assert Placed(resource(1, enabled=False), resource(2)).in_force() == resource(2)
    assert Placed(resource(1, gateway=off), resource(2)).in_force() == resource(2)
    assert Placed(resource(1, enabled=False), resource(2, gateway=off)).in_force() is None


def test_queue_rules_read_numbers_written_as_text_and_name_the_wrong_field() -> None:
    assert decode_rules({"max_attempts": "5"}).max_attempts == 5
    assert decode_rules({}).max_calls == 0
    with pytest.raises(ValueError, match=r"payload\.max_calls: expected a whole number"):
        decode_rules({"max_calls": []})


def test_settings_that_are_not_honoured_yet_are_named() -> None:
    assert unbuilt_settings({"amd": {"enabled": True}, "strict_circuit": True}) == (
        "payload.amd.enabled",
        "payload.strict_circuit",
    )
    assert unbuilt_settings({"amd": {"enabled": False}}) == ()


@pytest.mark.parametrize(("talk_s", "success"), [(3, False), (4, True)])
def test_success_needs_strictly_more_than_the_least_duration(talk_s: int, success: bool) -> None:
    assert provisional(True, talk_s, 3) is success
    assert provisional(False, talk_s, 3) is False


def test_the_attempt_only_moves_forward() -> None:
    order = list(get_args(State))
    for state in get_args(State):
        for event in get_args(Event):
            after = NEXT.get((state, event))
            assert after is None or order.index(after) > order.index(state)
    assert ("hangup", "answer") not in NEXT and ("bridged", "invite") not in NEXT
