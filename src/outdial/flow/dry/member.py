"""What a pre-flow or an after-flow would make of its member: by the dialing rules themselves."""

from __future__ import annotations

from outdial.domain.attempt import CallFacts, Result, Verdict, provisional
from outdial.domain.disposition import disposition
from outdial.domain.queue import Rules
from outdial.domain.retry import KEEP, Ended, Outcome, Tally, decide, of_call
from outdial.flow.attempt import AfterOutcome, PreOutcome
from outdial.flow.dry.scenario import PastCall, Scenario
from outdial.flow.dry.timeline import Row

PREFLOW_FAILED_WAIT_S = 60


def facts_of(call: PastCall, now: int) -> CallFacts:
    """The call as it would be known, hung up just now."""
    answered_at = now - call.talk if call.talk is not None else 0
    created_at = (answered_at or now) - call.rings
    return CallFacts(created_at, answered_at, now, call.cause, call.sip_code)


def result_of(facts: CallFacts, rules: Rules) -> Result:
    """What the after-flow is told."""
    return "success" if provisional(bool(facts.answered_at), facts.talk_s, rules.min_duration_s) else "abandoned"


def after_call(outcome: AfterOutcome, facts: CallFacts, scenario: Scenario, now: int) -> tuple[Row, Row]:
    """How the flow ended, and the member after it."""
    result = result_of(facts, scenario.rules)
    verdict = outcome.verdict or Verdict(result == "success")
    ended = of_call(scenario.rules, verdict, now)
    member = _member(ended, decide(ended, _tally(scenario)), outcome.exports)
    member["disposition"] = disposition(facts, verdict.success)
    texts = {
        "verdict": f"the flow says: {ended.result}",
        "none": f"the flow says nothing, so the queue's rule holds: {result}",
        "timeout": f"the flow did not end in time, so the queue's rule holds: {result}",
    }
    return {"how": outcome.how, "text": texts[outcome.how]}, member


def before_call(outcome: PreOutcome, scenario: Scenario, now: int) -> tuple[Row, Row]:
    if outcome.how in ("confirm", "none"):
        changes = [outcome.destination and f"dial {outcome.destination}", outcome.display and f"as {outcome.display}"]
        text = ", ".join(["the member is called", *filter(None, changes)])
        return {"how": outcome.how, "text": text, "destination": outcome.destination, "display": outcome.display}, {}
    failed = outcome.how == "failed"
    wait_s = PREFLOW_FAILED_WAIT_S if failed else outcome.wait_between_retries_s
    ended = Ended("cancel", now, 0, wait_s, False, counted=False, stop=outcome.stop)
    text = "the flow did not end in time: nobody is called" if failed else f"nobody is called: {outcome.description}"
    return {"how": outcome.how, "text": text.rstrip(": ")}, _member(ended, decide(ended, _tally(scenario)), {})


def _tally(scenario: Scenario) -> Tally:
    before = scenario.member
    return Tally(before.attempts, before.number_attempts, before.other_numbers)


def _member(ended: Ended, outcome: Outcome, exports: dict[str, str]) -> Row:
    member: Row = {
        "result": ended.result,
        "attempts": outcome.attempts,
        "stop_cause": outcome.stop_cause,
        "stop_at": outcome.stop_at,
        "ready_at": 0 if outcome.stop_at or outcome.ready_at == KEEP else outcome.ready_at,
        "number": {"attempts": outcome.number_attempts, "stop_at": outcome.number_stop_at},
        "variables": exports,
        "text": f"done: {outcome.stop_cause}" if outcome.stop_at else f"rung again in {ended.wait_s} s",
    }
    return {name: value for name, value in member.items() if value not in (0, "", {})}
