"""What calls are searched by (webitel-api §13), and those filters that no call of this service can pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outdial.api import wire
from outdial.api.kinds import Flag, Ids, Span, Text, TextMap, Texts
from outdial.store.listing import Range

FILTERS = wire.filter_shape(
    id=Texts(),
    queue_id=Ids(),
    member_id=Ids(),
    gateway_id=Ids(),
    attempt_id=Ids(),
    resource_id=Ids(),
    created_at=Span(),
    stored_at=Span(),
    answered_at=Span(),
    hangup_at=Span(),
    duration=Span(),
    talk=Span(),
    cause=Texts(),
    sip_code=Ids(),
    hangup_by=Texts(),
    result=Texts(),
    disposition=Texts(),
    number=Text(),
    direction=Text(),
    directions=Texts(),
    dependency_id=Text(),
    parent_id=Text(),
    has_file=Flag(),
    variables=TextMap(),
    amd_result=Texts(),
    tags=Texts(),
    schema_id=Ids(),
    agent_id=Ids(),
    missed=Flag(),
    has_transfer=Flag(),
    skip_parent=Flag(),
    user_id=Ids(),
    team_id=Ids(),
    supervisor_id=Ids(),
    owner_id=Ids(),
    grantee_id=Ids(),
    contact_id=Ids(),
    rated_by=Ids(),
    rated_user=Ids(),
    transfer_from=Texts(),
    transfer_to=Texts(),
    amd_ai_result=Texts(),
    rated=Flag(),
    has_transcript=Flag(),
    exists_file=Flag(),
    score_required=Span(),
    score_optional=Span(),
    fts=Text(),
    agent_description=Text(),
    state=Texts(),
)
NEEDED = ("created_at", "stored_at", "number", "dependency_id", "id")
"""A search of the history names one of these, or ``q``."""
NOBODYS = (
    "parent_id", "dependency_id", "user_id", "team_id", "supervisor_id", "owner_id", "grantee_id", "contact_id",
    "rated_by", "rated_user", "transfer_from", "transfer_to", "amd_ai_result", "rated", "has_transcript",
    "score_required", "score_optional", "fts", "agent_description",
)  # fmt: skip
"""Of users, ratings, transcripts, and legs of other calls: no call of an outbound IVR has any."""
NOT_KEPT = (*NOBODYS, "direction", "directions", "skip_parent", "exists_file", "state")
SORTS = {
    "from": "from_number",
    "display": "from_number",
    "to": "destination",
    "to_number": "destination",
    "bridged_at": "answered_at",
    "queue_bridged_at": "answered_at",
    "bill_sec": "talk_sec",
    "talk": "talk_sec",
    "member_id": "member",
}
"""Fields of the wire that are made of kept ones, and the kept one to sort by."""


def of_others(filters: Mapping[str, Any]) -> bool:
    """Whether the filters want calls that there are none of: of users, legs of other calls, calls that came in."""
    directions = [*filters.get("directions", ()), *filter(None, [filters.get("direction")])]
    wanted = any(filters.get(name) not in (None, False, "", [], Range()) for name in NOBODYS)
    return wanted or bool(directions and "outbound" not in directions)


OF_THE_PAST = (
    "stored_at", "hangup_at", "cause", "sip_code", "hangup_by", "result", "disposition", "has_file", "talk",
    "amd_result", "tags", "schema_id", "agent_id", "has_transfer", "variables", "missed", "attempt_id",
)  # fmt: skip
"""What a call has when it is over, and not while it is up."""


def not_while_up(filters: Mapping[str, Any]) -> bool:
    """Whether the filters want what no call in progress has."""
    asked = (filters.get(name) for name in OF_THE_PAST)
    return any(value not in (None, False, "", [], {}, Range()) for value in asked)


def within_both(begun: Range, now: int, lasted: Range) -> Range:
    """When a call began that has lasted so many seconds by now, within the other range."""
    since = now - lasted.until * 1000 if lasted.until else 0
    until = now - lasted.since * 1000 if lasted.since else 0
    ends = [end for end in (begun.until, until) if end]
    return Range(max(begun.since, since), min(ends, default=0))
