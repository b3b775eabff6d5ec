"""An attempt of the past as the script of a dry run: what would this schema have made of it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from outdial.domain.errors import NotFound
from outdial.store import calls, history, queues
from outdial.store.listing import Row

Script = dict[str, Any]


def script_of(conn: Connection, domain_id: int, attempt_id: int) -> Script:
    """Its variables, its call, how the member stood before, and the queue's rules of today. Raises NotFound."""
    attempt = history.get(conn, domain_id, attempt_id)
    call = _call(conn, domain_id, attempt["call_id"])
    script: Script = {
        "variables": _variables(attempt, call),
        "member": {"attempts": attempt["seq"] - 1, "number_attempts": attempt["communication"].get("attempts", 0)},
        "queue": _rules(conn, domain_id, (attempt["queue"] or {}).get("id", 0)),
    }
    if call:
        answered, ended = call["answered_at"], call["hangup_at"] or call["created_at"]
        script["start"] = ended
        script["call"] = {"cause": call["cause"], "rings": f"{(answered or ended) - call['created_at']}ms"}
        script["call"] |= {"sip_code": call["sip_code"]} if call["sip_code"] else {}
        script["call"] |= {"talk": f"{ended - answered}ms"} if answered else {}
    return script


def merged(found: Script, given: object) -> object:
    """What was given in the body wins, variable by variable."""
    if not isinstance(given, Mapping):
        return given if given is not None else found
    mine = given.get("variables")
    variables = {**found["variables"], **mine} if isinstance(mine, Mapping) else mine or found["variables"]
    return {**found, **given, "variables": variables}


def _variables(attempt: Row, call: Row | None) -> dict[str, str]:
    """As the flows were given them; those that an after-flow exported to the member are among them."""
    member, resource = attempt["member"] or {}, attempt["resource"] or {}
    known = {
        "destination": attempt["destination"],
        "member_id": member.get("id"),
        "member_name": member.get("name"),
        "attempt_id": attempt["id"],
        "queue_id": (attempt["queue"] or {}).get("id"),
        "cc_attempt_seq": attempt["seq"],
        "cc_resource_id": resource.get("id"),
        "joined_at": attempt["joined_at"],
        "member_channel_id": attempt["call_id"],
    }
    texts = {name: str(value) for name, value in known.items() if value}
    return {**attempt["variables"], **texts, **(call["variables"] if call else {})}


def _call(conn: Connection, domain_id: int, call_id: str) -> Row | None:
    try:
        return calls.get(conn, domain_id, call_id)
    except NotFound:
        return None


def _rules(conn: Connection, domain_id: int, queue_id: int) -> dict[str, Any]:
    """Empty where the queue is gone: then a new queue's rules hold."""
    try:
        payload = queues.get(conn, domain_id, queue_id)["payload"] or {}
    except NotFound:
        return {}
    names = ("max_attempts", "wait_between_retries", "min_duration", "per_numbers")
    return {name: payload[name] for name in names if payload.get(name) is not None}
