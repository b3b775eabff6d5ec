"""What an attempt does to its member: count, wait, or stop (dialer-core §1.4)."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.domain.attempt import Result, Verdict
from outdial.domain.queue import Rules

KEEP = -1


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of one attempt, with the rules in force for it."""

    result: Result
    at: int
    """Epoch ms."""
    max_attempts: int
    wait_s: int
    per_numbers: bool
    counted: bool = True
    """False: nobody was rung; the member stays as it was, only ``wait_s`` applies."""
    exclude_current: bool = False
    redial: bool = False
    stop: bool = False
    """Stop the member whatever is left (pre-flow ``cancel`` with ``stop``)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The member and the rung number as they are now."""

    member_attempts: int
    number_attempts: int
    other_open_numbers: int
    stop_at: int = 0
    stop_cause: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to write. Times are epoch ms, 0 = not stopped, KEEP = leave as it is."""

    attempts: int
    ready_at: int
    stop_at: int
    stop_cause: str
    number_attempts: int
    number_last_activity_at: int
    number_stop_at: int


def of_call(rules: Rules, verdict: Verdict, at: int) -> Ended:
    """The end of a call that was made: what the after-flow said, and the queue's own rules where it said nothing."""
    return Ended(
        result="success" if verdict.success else "abandoned",
        at=at,
        max_attempts=verdict.max_attempts or rules.max_attempts,
        wait_s=verdict.wait_between_retries_s or rules.wait_between_retries_s,
        per_numbers=rules.per_numbers,
        exclude_current=verdict.exclude_current,
        redial=verdict.redial,
    )


def decide(ended: Ended, tally: Tally) -> Outcome:
    """The member's next state. Members that are stopped already keep their cause."""
    if ended.result == "barred":
        return _barred(ended, tally)
    if not ended.counted:
        return _uncounted(ended, tally)
    attempts, number_attempts = tally.member_attempts + 1, tally.number_attempts + 1
    others = tally.other_open_numbers > 0
    number_spent = ended.per_numbers and number_attempts >= ended.max_attempts
    tries_left = (others or not number_spent) if ended.per_numbers else attempts < ended.max_attempts
    decided = ended.stop or ended.result == "success" or not tries_left
    stops = decided or (ended.exclude_current and not others)
    return Outcome(
        attempts=attempts,
        ready_at=ended.at + ended.wait_s * 1000,
        stop_at=tally.stop_at or (ended.at if stops else 0),
        stop_cause=tally.stop_cause or _cause(ended, stops, decided),
        number_attempts=number_attempts,
        number_last_activity_at=0 if ended.redial else ended.at,
        number_stop_at=ended.at if number_spent or ended.exclude_current else 0,
    )


def _cause(ended: Ended, stops: bool, decided: bool) -> str:
    """Tries were left but no number: the last one has just been excluded."""
    if not stops:
        return ""
    return ended.result if decided else "no_communications"


def _uncounted(ended: Ended, tally: Tally) -> Outcome:
    return Outcome(
        attempts=tally.member_attempts,
        ready_at=ended.at + ended.wait_s * 1000,
        stop_at=tally.stop_at or (ended.at if ended.stop else 0),
        stop_cause=tally.stop_cause or (ended.result if ended.stop else ""),
        number_attempts=tally.number_attempts,
        number_last_activity_at=KEEP,
        number_stop_at=0,
    )


def _barred(ended: Ended, tally: Tally) -> Outcome:
    """The number is on a stop list: it is never used again, the others go on (dialer-core §1.5)."""
    last = tally.other_open_numbers == 0
    return Outcome(
        attempts=tally.member_attempts,
        ready_at=KEEP,
        stop_at=tally.stop_at or (ended.at if last else 0),
        stop_cause=tally.stop_cause or ("barred" if last else ""),
        number_attempts=tally.number_attempts + 1,
        number_last_activity_at=KEEP,
        number_stop_at=ended.at,
    )
