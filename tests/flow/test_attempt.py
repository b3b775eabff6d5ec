"""Result applications of after-flows and pre-flows (flow-engine §5.2, §5.3)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.domain.attempt import Verdict

from .world import after, before


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, Verdict(False, exports={})),
        ({"waitBetweenRetries": 120}, Verdict(False, 120, exports={})),
        ({"waitBetweenRetries": "3600"}, Verdict(False, 3600, exports={})),
        ({"waitBetweenRetries": -5}, Verdict(False, exports={})),
        ({"maxAttempts": "1"}, Verdict(False, max_attempts=1, exports={})),
        ({"excludeCurrentCommunication": True}, Verdict(False, exclude_current=True, exports={})),
        ({"redial": "true"}, Verdict(False, redial=True, exports={})),
        ({"agentId": "7"}, Verdict(False, agent_id=7, exports={})),
        ({"description": "asked ${who}"}, Verdict(False, description="asked me", exports={})),
        ({"display": True}, Verdict(False, exports={})),
        ({"status": "success"}, Verdict(True, exports={})),
        ({"status": "anything else"}, Verdict(False, exports={})),
        ({"export": ["who", "missing"]}, Verdict(False, exports={"who": "me", "missing": ""})),
        ({"MAXATTEMPTS": 2, "unknown": 1}, Verdict(False, max_attempts=2, exports={})),
    ],
)
def test_every_field_of_abandoned(fields: dict[str, Any], verdict: Verdict) -> None:
    assert after([{"abandoned": fields}], {"who": "me"}).verdict == verdict


def test_success_exports_too() -> None:
    outcome = after([{"set": {"a": 1}}, {"success": {"export": ["a"]}}])
    assert outcome.verdict == Verdict(True, exports={"a": "1"})


def test_quirk_retry_is_abandoned_by_the_queues_rule_and_loses_its_export() -> None:
    outcome = after([{"retry": {"sleep": 1000, "nextResource": True, "export": ["a"]}}], {"a": "1"})
    assert outcome.verdict == Verdict(False, exports={})


def test_the_first_answer_counts_and_nothing_runs_after_it() -> None:
    outcome = after([{"abandoned": {}}, {"success": {}}, {"log": "never"}])
    assert outcome.verdict is not None
    assert not outcome.verdict.success
    assert [row["app"] for row in outcome.trace] == ["abandoned"]


def test_an_answer_that_cannot_be_decoded_is_no_answer() -> None:
    outcome = after([{"abandoned": {"maxAttempts": "many"}}, {"log": "goes on"}])
    assert outcome.verdict is None
    assert [row["result"] for row in outcome.trace] == ["failed: maxAttempts: expected a number", "goes on"]


def test_ours_the_export_application_and_the_exports_of_the_answer_go_to_both() -> None:
    outcome = after([{"export": ["a"]}, {"set": {"a": "2"}}, {"abandoned": {"export": ["b"]}}], {"a": "1", "b": "3"})
    assert outcome.exports == {"a": "2", "b": "3"}  # the values they have when the flow ends
    assert outcome.verdict is not None
    assert outcome.verdict.exports == outcome.exports


def test_exports_count_without_an_answer() -> None:
    outcome = after([{"export": ["a"]}], {"a": "1"})
    assert (outcome.how, outcome.exports) == ("none", {"a": "1"})


@pytest.mark.parametrize("wrong", ["cancel", "confirm"])
def test_the_wrong_kind_of_answer_is_none(wrong: str) -> None:
    outcome = after([{wrong: {}}, {"success": {}}])
    assert (outcome.how, outcome.verdict) == ("none", None)


def test_an_after_flow_has_30_seconds() -> None:
    outcome = after([{"softSleep": 29_000}, {"export": ["a"]}, {"softSleep": 2_000}, {"success": {}}], {"a": "1"})
    assert (outcome.how, outcome.verdict, outcome.exports) == ("timeout", None, {"a": "1"})


def test_an_endless_loop_ends_with_the_time() -> None:
    outcome = after([{"while": {"condition": "true", "maxSteps": "999999999", "do": [{"set": {"x": 1}}]}}], limit_s=0.1)
    assert outcome.how == "timeout"


def test_voice_applications_do_nothing_in_an_after_flow() -> None:
    outcome = after([{"playback": {"files": [{"id": 1}]}}, {"hangup": ""}, {"success": {}}])
    assert outcome.verdict is not None
    assert [row["result"] for row in outcome.trace][:2] == [
        "playback is not for service flows",
        "hangup is not for service flows",
    ]


def test_empty_names_and_values_are_dropped_from_what_a_flow_is_given() -> None:
    outcome = after([{"if": {"expression": "${a} === ''", "then": [{"success": {}}]}}], {"a": "", "": "x"})
    assert outcome.how == "verdict"


def test_an_answer_inside_a_function_ends_the_whole_flow() -> None:
    outcome = after(
        [{"function": {"name": "f", "actions": [{"success": {}}]}}, {"execute": {"name": "f"}}, {"log": "never"}]
    )
    assert [row["app"] for row in outcome.trace] == ["success", "execute"]
    assert outcome.how == "verdict"


# ── pre-flows ────────────────────────────────────────────────────────────────────────────────────


def test_confirm_may_replace_number_and_caller_id_and_add_variables() -> None:
    outcome = before([{"confirm": {"destination": "38${n}", "display": "100", "export": ["n"]}}], {"n": "099"})
    assert (outcome.how, outcome.destination, outcome.display) == ("confirm", "38099", "100")
    assert outcome.exports == {"n": "099"}


def test_cancel_without_anything() -> None:
    outcome = before([{"cancel": {}}])
    assert (outcome.how, outcome.wait_between_retries_s, outcome.stop) == ("cancel", 0, False)


def test_cancel_with_wait_stop_and_description() -> None:
    outcome = before([{"cancel": {"waitBetweenRetries": "600", "stop": True, "description": "on a list"}}])
    assert (outcome.wait_between_retries_s, outcome.stop, outcome.description) == (600, True, "on a list")


def test_no_verdict_at_all_means_call() -> None:
    assert before([{"set": {"a": 1}}]).how == "none"
    assert before([]).how == "none"


@pytest.mark.parametrize("wrong", ["success", "abandoned", "retry"])
def test_the_wrong_kind_of_answer_before_a_call_is_none(wrong: str) -> None:
    assert before([{wrong: {}}]).how == "none"


def test_a_pre_flow_over_30_seconds_failed() -> None:
    assert before([{"softSleep": 30_001}, {"confirm": {}}]).how == "failed"
    assert before([{"softSleep": 29_999}, {"confirm": {}}]).how == "confirm"
