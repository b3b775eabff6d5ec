"""Scripts of dry runs, as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.errors import BadField
from outdial.domain.queue import Rules
from outdial.flow.dry.scenario import Member, PastCall, Person, Reply, Scenario, read_scenario


def test_nothing_said_is_a_person_who_answers_and_listens() -> None:
    assert read_scenario(None) == read_scenario({}) == Scenario()


def test_everything_said() -> None:
    found = read_scenario(
        {
            "flow": "voice",
            "start": "2026-09-01 12:00",
            "timezone": "Europe/Kyiv",
            "variables": {"name": "Ann", "debt": 120},
            "globals": {"crm": "https://crm.example"},
            "media": {"hello.wav": "4s", "12": 2.5},
            "caller": {"answers": "2s", "keys": ["1", "", 55], "presses": {"3s": "2", "500ms": "#"}, "hangs_up": "1m"},
            "replies": {"httpRequest": [{"status": 500}, {"body": {"a": 1}}], "[3]": {"set": {"x": 1}}},
            "call": {"cause": "user_busy"},
            "member": {"attempts": 2},
            "queue": {"max_attempts": 5},
        }
    )
    assert found == Scenario(
        role="voice",
        start_ms=1_788_253_200_000,
        zone="Europe/Kyiv",
        variables={"name": "Ann", "debt": "120"},
        globals={"crm": "https://crm.example"},
        media={"hello.wav": 4000, "12": 2500},
        person=Person(2000, 0, ("1", "", "55"), ((500, "#"), (3000, "2")), 60_000),
        replies={"httpRequest": (Reply(status=500), Reply(body={"a": 1})), "[3]": (Reply(set={"x": "1"}),)},
        call=PastCall("USER_BUSY", 486),
        member=Member(2, 2),
        rules=Rules(max_attempts=5),
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (True, (1000, 0)),
        ("no", (None, 0)),
        (False, (None, 0)),
        ("busy", (3000, 486)),
        ("rejected", (3000, 603)),
        ("250ms", (250, 0)),
    ],
)
def test_ways_to_answer(answers: Any, expected: tuple[int | None, int]) -> None:
    person = read_scenario({"caller": {"answers": answers}}).person
    assert (person.answers_after, person.refuses_with) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({}, PastCall("NO_ANSWER", 487)),
        ({"talk": "12s"}, PastCall("NORMAL_CLEARING", 200, talk=12_000)),
        ({"sip_code": 404}, PastCall("UNALLOCATED_NUMBER", 404)),
        ({"cause": "CALL_REJECTED", "rings": "3s"}, PastCall("CALL_REJECTED", 603, rings=3000)),
    ],
)
def test_a_past_call_completes_itself(call: dict[str, Any], expected: PastCall) -> None:
    assert read_scenario({"call": call}).call == expected


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ([], "script"),
        ({"calller": {}}, "script.calller"),
        ({"caller": {"hangup": 1}}, "script.caller.hangup"),
        ({"caller": {"answers": "perhaps"}}, "script.caller.answers"),
        ({"caller": {"keys": ["1", "x"]}}, "script.caller.keys[1]"),
        ({"caller": {"presses": ["1"]}}, "script.caller.presses"),
        ({"caller": {"hangs_up": "-1s"}}, "script.caller.hangs_up"),
        ({"timezone": "Mars"}, "script.timezone"),
        ({"start": "noon"}, "script.start"),
        ({"replies": {"a": {"statu": 1}}}, "script.replies.a.statu"),
        ({"queue": {"max_attempts": "many"}}, "script.queue"),
        ({"flow": "video"}, "script.flow"),
    ],
)
def test_a_mistake_is_named_by_its_place(script: Any, place: str) -> None:
    with pytest.raises(BadField) as refused:
        read_scenario(script)
    assert refused.value.field == place


KEYS = st.sampled_from(
    [
        "flow",
        "start",
        "timezone",
        "variables",
        "globals",
        "media",
        "caller",
        "replies",
        "call",
        "member",
        "queue",
        "keys",
        "answers",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(KEYS, JSON, max_size=4) | JSON)
def test_any_script_is_read_or_refused(script: Any) -> None:
    try:
        read_scenario(script)
    except BadField as refused:
        assert refused.field.startswith("script")
