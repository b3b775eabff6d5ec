"""What events say: the JSON of an attempt's stage and of a flow's step."""

from __future__ import annotations

from typing import Any

from outdial.domain.happening import Moved, Stepped

Json = dict[str, Any]


def lookup(id: int, name: str) -> Json:
    return {"id": str(id), "name": name}


def attempt_event(moved: Moved) -> Json:
    """All fields, always: zero and empty where they are not known yet. Ids and instants are texts."""
    attempt, facts = moved.attempt, moved.facts
    return {
        "id": str(attempt.id),
        "at": str(moved.at),
        "state": moved.stage,
        "queue": lookup(attempt.queue_id, moved.queue_name),
        "member": lookup(attempt.member_id, attempt.member_name),
        "resource": lookup(attempt.resource_id, moved.resource_name),
        "destination": attempt.communication.destination,
        "display": attempt.display,
        "call_id": attempt.call_id,
        "attempts": attempt.seq,
        "joined_at": str(attempt.joined_at),
        "created_at": str(facts.created_at if facts else 0),
        "ringing_at": str(facts.ringing_at if facts else 0),
        "answered_at": str(facts.answered_at if facts else 0),
        "hangup_at": str(facts.hangup_at if facts else 0),
        "talk_sec": facts.talk_s if facts and facts.hangup_at else 0,
        "cause": facts.cause if facts else "",
        "sip_code": facts.sip_code if facts else 0,
        "hangup_by": facts.hangup_by if facts else "",
        "result": moved.result,
        "disposition": moved.disposition,
        "reason": moved.reason,
        "description": moved.description,
    }


def step_event(stepped: Stepped) -> Json:
    attempt = stepped.attempt
    return {"at": str(stepped.at), "call_id": attempt.call_id, "attempt_id": str(attempt.id), **stepped.step}
