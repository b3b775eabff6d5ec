"""How a call ended, in one word finer than the result (dialer-core §4.6)."""

from __future__ import annotations

from outdial.domain.attempt import CallFacts
from outdial.domain.causes import CAUSES

_BY_CAUSE = {
    "USER_BUSY": "busy",
    "NO_ANSWER": "no_answer",
    "NO_USER_RESPONSE": "no_answer",
    "PROGRESS_TIMEOUT": "no_answer",
    "ORIGINATOR_CANCEL": "cancelled_user",
    "MANAGER_REQUEST": "cancelled_user",
    "CALL_REJECTED": "rejected",
    "INVALID_NUMBER_FORMAT": "invalid_number",
    "UNALLOCATED_NUMBER": "invalid_number",
    "NO_ROUTE_DESTINATION": "invalid_number",
    "NUMBER_CHANGED": "invalid_number",
    "NORMAL_CIRCUIT_CONGESTION": "congestion",
    "SWITCH_CONGESTION": "congestion",
    "SYSTEM_SHUTDOWN": "system_error",
    "CRASH": "lost",
}

_BY_CLASS = {
    "ok": "unreachable",
    "soft": "unreachable",
    "dead": "invalid_number",
    "trunk": "trunk_error",
    "system": "system_error",
}


def disposition(facts: CallFacts, success: bool) -> str:
    """The word for a call that was made."""
    if facts.cause == "CRASH":
        return "lost"
    if facts.answered_at:
        return "answered_human" if success else "answered_short"
    cause = CAUSES.get(facts.cause)
    return _BY_CAUSE.get(facts.cause) or _BY_CLASS[cause.klass if cause else "soft"]
