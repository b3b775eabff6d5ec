"""Variables for a second leg, for history and for the call's record (flow-engine §2.5, §4.1)."""

from __future__ import annotations

import pytest

from .world import call


def test_an_export_goes_to_history_and_to_a_second_leg() -> None:
    done = call([{"set": {"a": "1"}}, {"export": ["a", "missing"]}])
    assert done.ended.payload == {"a": "1", "missing": ""}
    assert done.connection.leg_b == {"usr_a": "1", "usr_missing": ""}


def test_set_all_sets_here_and_there() -> None:
    done = call([{"setAll": {"a": "${x}", "n": 5}}], {"x": "7"})
    assert (done.variables["a"], done.connection.leg_b) == ("7", {"a": "7", "n": "5"})
    assert done.ended.payload == {}


def test_set_no_local_sets_there_only() -> None:
    done = call([{"setNoLocal": {"a": "1"}}])
    assert ("a" in done.variables, done.connection.leg_b) == (False, {"a": "1"})


def test_unset_removes() -> None:
    assert "a" not in call([{"unSet": ["a"]}], {"a": "1"}).variables


def test_marks_are_a_list_in_history_and_json_in_the_variable() -> None:
    schema = [{"markIVR": {"name": "way", "value": value}} for value in ("main", "${next}")]
    done = call([*schema, {"log": "${usr_way.1}"}], {"next": "sales"})
    assert done.ended.payload == {"way": ["main", "sales"]}
    assert done.variables["usr_way"] == '["main","sales"]'
    assert done.lines == ["sales"]


def test_a_mark_on_a_variable_that_is_there_already_keeps_it_as_the_first() -> None:
    assert call([{"markIVR": {"name": "way", "value": "b"}}], {"usr_way": "a"}).ended.payload == {"way": ["a", "b"]}


def test_what_is_exported_over_a_list_is_a_text_again() -> None:
    schema = [{"markIVR": {"name": "way", "value": "a"}}, {"set": {"way": "x"}}, {"export": ["way"]}]
    assert call(schema).ended.payload == {"way": "x"}


def test_a_mark_without_a_name_fails() -> None:
    assert call([{"markIVR": {"value": "a"}}]).results == ["failed: no name"]


def test_update_cid_changes_variables_and_what_the_record_shows() -> None:
    done = call([{"updateCid": {"name": "Bank", "number": "800", "destination": "${d}"}}], {"d": "101"})
    names = ("caller_id_name", "caller_id_number", "destination_number")
    assert [done.variables[name] for name in names] == ["Bank", "800", "101"]
    assert done.connection.shown == {"from_number": "800", "destination": "101"}


def test_update_cid_of_nothing_fails() -> None:
    assert call([{"updateCid": {}}]).results == ["failed: neither name nor number nor destination"]


@pytest.mark.parametrize("name", ["setGrantee", "setUser", "update"])
def test_what_the_record_of_a_call_has_no_field_for(name: str) -> None:
    assert call([{name: {"id": 1}}, {"log": "on"}]).lines == ["on"]
    assert call([{name: {"id": 1}}]).results == ["not supported here"]


def test_a_list_has_its_bound() -> None:
    """An endless loop of marks fills neither memory nor time."""
    schema = [{"while": {"condition": "1", "do": [{"markIVR": {"name": "way", "value": "${long}"}}]}}]
    done = call(schema, {"long": "x" * 1500})
    assert len(done.ended.payload["way"]) == 13
    assert done.results[-2].startswith("failed: the list way would hold more than")


def test_what_no_store_keeps_is_not_shown() -> None:
    assert (
        call([{"updateCid": {"number": "8\x000\n0" + "9" * 500}}]).connection.shown["from_number"] == "800" + "9" * 95
    )
