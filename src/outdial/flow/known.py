"""What flows know of an attempt (flow-engine §5.1, §7.2). All values are text; empty ones are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.queue import Queue
from outdial.domain.resource import Resource
from outdial.flow.values import as_text

Variables = dict[str, str]
V = TypeVar("V")


def of_attempt(queue: Queue, attempt: Attempt, now: int) -> Variables:
    """For the pre-flow, the after-flow and (as channel variables) the voice flow; later entries win."""
    number = attempt.communication
    return filled(
        queue.variables
        | attempt.variables
        | {
            "member_id": str(attempt.member_id),
            "member_name": attempt.member_name,
            "attempt_id": str(attempt.id),
            "queue_id": str(queue.id),
            "destination": number.destination,
            "destination_description": number.description,
            "destination_type": str(number.type_id),
            "destination_seq": str(number.attempts + 1),
            "communication_id": str(number.index),
            "cc_attempt_seq": str(attempt.seq),
            "cc_resource_id": str(attempt.resource_id),
            "bucket_id": str(attempt.bucket_id or ""),
            "member_timezone": attempt.member_timezone,
            "timestamp": str(now),
            "joined_at": str(attempt.joined_at),
        }
    )


def of_voice(queue: Queue, attempt: Attempt, resource: Resource, now: int) -> Variables:
    """For the voice flow: the attempt's, the queue's and the resource's, and the call's own names."""
    number, shown = attempt.communication, attempt.display
    users = {f"usr_{k}": v for k, v in attempt.variables.items() if k and not k.startswith(("sip_h_", "wbt_"))}
    return filled(
        resource.variables
        | of_attempt(queue, attempt, now)
        | users
        | {
            "uuid": attempt.call_id,
            "member_channel_id": attempt.call_id,
            "direction": "outbound",
            "cc_queue_id": str(queue.id),
            "cc_queue_name": queue.name,
            "cc_queue_type": "ivr",
            "cc_side": "member",
            "cc_member_id": str(attempt.member_id),
            "cc_attempt_id": str(attempt.id),
            "wbt_destination": number.destination,
            "wbt_to_number": number.destination,
            "wbt_to_name": attempt.member_name,
            "wbt_to_id": str(attempt.member_id),
            "wbt_to_type": "member",
            "wbt_from_number": shown,
            "wbt_from_type": "gateway",
            "wbt_from_id": str(resource.gateway.id if resource.gateway else ""),
            "effective_caller_id_number": shown,
            "origination_caller_id_number": shown,
            "caller_id_number": shown,
            "caller_id_name": shown,
            "ani": shown,
            "effective_callee_id_number": number.destination,
            "effective_callee_id_name": attempt.member_name,
            "destination_number": number.destination,
            "hangup_after_bridge": "true",
            "sip_h_X-Webitel-Domain-Id": str(attempt.domain_id),
            "sip_h_X-Webitel-Gateway-Id": str(resource.gateway.id if resource.gateway else ""),
            "sip_h_X-Webitel-Direction": "outbound",
            "sip_cid_type": resource.cid_type,
            "ignore_early_media": resource.ignore_early_media,
            "created_time": _us(now),
            "answered_time": "0",
            "hangup_time": "0",
            "transfer_time": "0",
        }
    )


def at_answer(at: int) -> Variables:
    """What a voice flow's variables become when the call is answered."""
    return {"answered_time": _us(at)}


def at_hangup(facts: CallFacts) -> Variables:
    """What they become when it ends: for ``trigger.disconnected``."""
    return {"hangup_time": _us(facts.hangup_at), "hangup_cause": facts.cause}


def _us(ms: int) -> str:
    """Call times are in microseconds."""
    return str(ms * 1000)


def of_end(facts: CallFacts, result: str, exported: Mapping[str, Any]) -> Variables:
    """What the after-flow sees on top: the call's statistics and everything the voice flow exported."""
    statistics = {
        "cc_result": result,
        "call_cause": facts.cause,
        "call_sip_code": str(facts.sip_code or ""),
        "call_duration": str(facts.duration_s),
        "call_bill_sec": str(facts.bill_s),
    }
    if facts.answered_at:
        statistics |= {"call_voice_sec": str(facts.talk_s), "bridged_at": str(facts.answered_at)}
    return filled(statistics | {name: as_text(value) for name, value in exported.items()})


def filled(variables: dict[str, V]) -> dict[str, V]:
    """Empty names and values are left out."""
    return {name: value for name, value in variables.items() if name and value}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALWAYS = _names(
    """member_id member_name attempt_id queue_id destination destination_description destination_type destination_seq
    communication_id cc_attempt_seq cc_resource_id bucket_id member_timezone timestamp joined_at bridged_at
    member_channel_id"""
)
"""Names that every flow of an attempt is given (§5.1)."""
AFTERWARDS = _names(
    """cc_result member_stop_cause call_cause call_sip_code call_duration call_voice_sec call_bill_sec
    amd_result amd_ai_result"""
)
"""Names that only the after-flow is given beside them (§5.1)."""
IN_A_CALL = _names(
    """uuid direction created_time answered_time hangup_time transfer_time state channel_name read_codec write_codec
    read_rate write_rate network_addr context domain_name hangup_cause cc_queue_id cc_queue_name cc_queue_type cc_side
    cc_member_id cc_attempt_id cc_app_id wbt_destination wbt_to_number wbt_to_name wbt_to_id wbt_to_type
    wbt_from_number wbt_from_id wbt_from_type effective_caller_id_number origination_caller_id_number
    effective_callee_id_number effective_callee_id_name caller_id_number caller_id_name destination_number ani rdnis
    ignore_early_media amd_result amd_cause read_result read_terminator_used playback_terminator_used playback_ms
    playback_seconds record_seconds playback_terminators hangup_after_bridge continue_on_fail
    send_silence_when_idle ringback hold_music bridge_hangup_cause last_bridge_hangup_cause
    originate_disposition"""
)
"""Names that the voice flow is given, or that the media server keeps (§7.2)."""
IN_A_CALL_BY_PREFIX = ("sip_", "usr_", "wbt_", "variable_", "Caller-", "cc_")


def is_given(name: str, kind: str) -> bool:
    """Whether a flow of this type on the wire has the variable without the member, queue or schema setting it."""
    in_a_call = name in IN_A_CALL or name.startswith(IN_A_CALL_BY_PREFIX)
    if kind == "voice":
        return name in ALWAYS or (in_a_call and name not in AFTERWARDS - IN_A_CALL)
    if kind == "service":
        return name in ALWAYS or name in AFTERWARDS
    return name in ALWAYS or name in AFTERWARDS or in_a_call
