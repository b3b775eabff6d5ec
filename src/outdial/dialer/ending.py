"""From the end of a call to the one value that records it: the Finish step."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from outdial.dialer.flows import Steps
from outdial.dialer.order import No
from outdial.domain.attempt import Attempt, CallFacts, Result, Verdict, provisional
from outdial.domain.disposition import disposition
from outdial.domain.errors import StoreUnavailable
from outdial.domain.happening import Moved
from outdial.domain.queue import Queue, Rules
from outdial.domain.retry import of_call
from outdial.store.base import Store
from outdial.store.steps import Finish, RecordingFile

log = structlog.get_logger(__name__)

LOST_CAUSE = "CRASH"
RETRY_STORE_S = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the voice flow and the after-flow left behind."""

    verdict: Verdict | None = None
    """None: the after-flow gave none; the provisional result stands."""
    call_variables: dict[str, Any] = field(default_factory=dict)
    schema_ids: tuple[int, ...] = ()
    trace: Steps = ()
    sip_trace: str = ""
    recordings: tuple[RecordingFile, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    """What the flow wants the call's record to say: ``from_number``, ``destination``."""


async def persist(store: Store, finish: Finish) -> bool:
    """Writes the end of an attempt, however long the store is away; True for the one who did it."""
    while True:
        try:
            return await store.step(finish)
        except StoreUnavailable as error:
            log.warning("attempt.finish_waits", attempt=finish.attempt_id, detail=error.detail)
            await asyncio.sleep(RETRY_STORE_S)


def over(finish: Finish, attempt: Attempt, at: int, queue_name: str, resource_name: str = "") -> Moved:
    """What is told of an attempt that is on record."""
    end = (finish.result, finish.disposition, finish.reason, finish.description)
    return Moved(at, "over", attempt, queue_name, resource_name, finish.facts, *end)


class Hurry:
    """Divides retry waits; 1 everywhere but in the demo."""

    def __init__(self, divisor: int = 1) -> None:
        self._divisor = divisor

    def wait(self, seconds: int) -> int:
        return -(-seconds // self._divisor)


def provisional_result(facts: CallFacts, rules: Rules) -> Result:
    """What the after-flow is told: success or abandoned, by the least duration."""
    return "success" if provisional(bool(facts.answered_at), facts.talk_s, rules.min_duration_s) else "abandoned"


def finish_call(queue: Queue, attempt: Attempt, facts: CallFacts, told: Told, hurry: Hurry) -> Finish:
    """A call that was made: counted, whatever came of it."""
    verdict = told.verdict or Verdict(provisional_result(facts, queue.rules) == "success")
    ended = of_call(queue.rules, verdict, facts.hangup_at)
    lost = facts.cause == LOST_CAUSE
    return Finish(
        attempt_id=attempt.id,
        at=facts.hangup_at,
        result="abandoned" if lost else ended.result,
        max_attempts=ended.max_attempts,
        wait_s=hurry.wait(ended.wait_s),
        per_numbers=ended.per_numbers,
        exclude_current=ended.exclude_current,
        redial=ended.redial,
        agent_id=verdict.agent_id,
        description=verdict.description,
        disposition=disposition(facts, verdict.success),
        member_exports=verdict.exports or {},
        facts=facts,
        call_variables=told.call_variables,
        schema_ids=told.schema_ids,
        recordings=told.recordings,
        sip_trace=told.sip_trace,
        flow_trace=told.trace,
        shown_from=told.shown.get("from_number", ""),
        shown_destination=told.shown.get("destination", ""),
    )


def finish_uncalled(queue: Queue | None, attempt: Attempt, no: No, at: int, trace: Steps = ()) -> Finish:
    """No INVITE left: nothing is counted, and the reason is kept."""
    rules = queue.rules if queue else Rules()
    return Finish(
        attempt_id=attempt.id,
        at=at,
        result=no.result,
        max_attempts=rules.max_attempts,
        wait_s=no.wait_s,
        per_numbers=rules.per_numbers,
        counted=False,
        stop=no.stop,
        description=no.text,
        reason=no.reason,
        flow_trace=trace,
        disposition="blocked_dnc" if no.result == "barred" else "blocked_hours" if "hours" in no.reason else "",
    )
