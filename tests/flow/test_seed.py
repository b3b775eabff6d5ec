"""The after-flow of the user's own document, verbatim, for every way a call can end."""

from __future__ import annotations

import json

import pytest

from outdial.cli.demo import campaign
from outdial.domain.attempt import Verdict

from .world import after

AFTER_FLOW = json.loads(
    """
[
  {
    "if": {
      "expression": "${call_cause} == 'USER_BUSY' || ${call_cause} == 'CALL_REJECTED'",
      "then": [
        {
          "set": [
            {
              "status": "Busy"
            }
          ]
        },
        {
          "abandoned": {
            "export": [
              "status"
            ],
            "waitBetweenRetries": "3600"
          }
        }
      ]
    }
  },
  {
    "if": {
      "expression": "${cc_result} && +${call_voice_sec} <= 10",
      "then": [
        {
          "set": [
            {
              "status": "Not listened"
            }
          ]
        },
        {
          "abandoned": {
            "export": [
              "status"
            ]
          }
        }
      ]
    }
  }
]
"""
)
BUSY = Verdict(success=False, wait_between_retries_s=3600, exports={"status": "Busy"})
NOT_LISTENED = Verdict(success=False, exports={"status": "Not listened"})


@pytest.mark.parametrize(
    ("call", "verdict"),
    [
        pytest.param({"call_cause": "USER_BUSY", "cc_result": "abandoned", "call_sip_code": "486"}, BUSY, id="busy"),
        pytest.param(
            {"call_cause": "CALL_REJECTED", "cc_result": "abandoned", "call_sip_code": "603"}, BUSY, id="rejected"
        ),
        pytest.param(
            {"call_cause": "NORMAL_CLEARING", "cc_result": "success", "call_voice_sec": "5"},
            NOT_LISTENED,
            id="answered 5 s",
        ),
        pytest.param(
            {"call_cause": "NORMAL_CLEARING", "cc_result": "success", "call_voice_sec": "10"},
            NOT_LISTENED,
            id="answered 10 s",
        ),
        pytest.param(
            {"call_cause": "NORMAL_CLEARING", "cc_result": "success", "call_voice_sec": "11"}, None, id="answered 11 s"
        ),
        pytest.param(
            {"call_cause": "NORMAL_CLEARING", "cc_result": "success", "call_voice_sec": "60"}, None, id="answered 60 s"
        ),
        pytest.param({"call_cause": "NO_ANSWER", "cc_result": "abandoned"}, NOT_LISTENED, id="no answer"),
        pytest.param({"call_cause": "UNALLOCATED_NUMBER", "cc_result": "abandoned"}, NOT_LISTENED, id="invalid number"),
        pytest.param(
            {"call_cause": "NORMAL_TEMPORARY_FAILURE", "cc_result": "abandoned"}, NOT_LISTENED, id="trunk failure"
        ),
    ],
)
def test_the_after_flow_of_the_seed(call: dict[str, str], verdict: Verdict | None) -> None:
    outcome = after(AFTER_FLOW, {"member_id": "7", **call})
    assert outcome.verdict == verdict
    assert outcome.how == ("verdict" if verdict else "none")
    assert outcome.exports == (verdict.exports if verdict else {})


def test_a_busy_call_traced_step_by_step() -> None:
    outcome = after(AFTER_FLOW, {"call_cause": "USER_BUSY", "cc_result": "abandoned"})
    assert [(row["path"], row["app"], row["result"]) for row in outcome.trace] == [
        ("[0]", "if", "true"),
        ("[0].if.then[0]", "set", "ok"),
        ("[0].if.then[1]", "abandoned", "ok"),
    ]
    assert outcome.trace[1]["set"] == {"status": "Busy"}
    assert outcome.trace[2]["args"] == {"waitBetweenRetries": 3600, "export": ["status"]}


def test_a_long_call_asks_both_questions_and_decides_nothing() -> None:
    outcome = after(AFTER_FLOW, {"call_cause": "NORMAL_CLEARING", "cc_result": "success", "call_voice_sec": "60"})
    assert [(row["path"], row["result"]) for row in outcome.trace] == [("[0]", "false"), ("[1]", "false")]


def test_the_demo_dials_with_this_very_flow() -> None:
    assert campaign.AFTER_FLOW == AFTER_FLOW
