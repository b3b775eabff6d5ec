"""One dial of one number: its states, results and what the decision to ring again rests on.

    claim            INVITE               200 OK              hung up            finish
○ ────────▶ idle ─────────▶ offering ─────────▶ bridged ─────────▶ hangup ─────────▶ ● history
             │                 └───────────────── hung up ───────────▲                 ▲
             └──────────────── refused before the INVITE ───────────────────────────────┘
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from outdial.domain.member import Communication

State = Literal["idle", "offering", "bridged", "hangup"]
Event = Literal["invite", "answer", "hangup"]
Result = Literal["success", "abandoned", "failed", "cancel", "barred", "expired"]

NEXT: dict[tuple[State, Event], State] = {
    ("idle", "invite"): "offering",
    ("idle", "hangup"): "hangup",
    ("offering", "answer"): "bridged",
    ("offering", "hangup"): "hangup",
    ("bridged", "hangup"): "hangup",
}
"""Every transition there is; finishing is allowed from each state and removes the row."""

WIRE_STATE: dict[State, str] = {
    "idle": "waiting",
    "offering": "offering",
    "bridged": "bridged",
    "hangup": "leaving",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A member reserved for one call; the row exists before anything rings."""

    id: int
    domain_id: int
    queue_id: int
    member_id: int
    member_name: str
    member_timezone: str
    """IANA name in force: the member's, else the calendar's."""
    communication: Communication
    other_numbers: int
    """Open numbers of the member beside this one."""
    resource_id: int
    group_id: int
    display: str
    """Caller id; empty where a registration supplies it."""
    call_id: str
    seq: int
    """1 for the member's first attempt."""
    joined_at: int
    """Epoch ms."""
    variables: dict[str, str]
    """The member's variables as they were at the claim."""
    bucket_id: int | None = None
    ring_at: int = 0
    """Epoch ms before which the INVITE must not leave (calls per second)."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the switch saw of one call. Times are epoch ms, 0 = did not happen."""

    created_at: int
    answered_at: int = 0
    hangup_at: int = 0
    cause: str = ""
    sip_code: int = 0
    q850: int | None = None
    hangup_by: str = ""
    """``A`` the callee, ``B`` us (ring timeout, operator), ``F`` the flow, ``service`` a shutdown or crash."""
    phrase: str = ""
    ringing_at: int = 0
    bridge_at: int = 0
    """First connected with a second leg."""
    bridge_to: str = ""
    """The number of the last second leg, connected or rung in vain."""
    bridge_cause: str = ""
    """With which that one ended."""

    @property
    def talk_s(self) -> int:
        """Whole seconds from answer to hang-up, cut, not rounded."""
        return (self.hangup_at - self.answered_at) // 1000 if self.answered_at else 0

    @property
    def bill_s(self) -> int:
        """Whole seconds from the first connection with another leg to hang-up."""
        return max(0, self.hangup_at - self.bridge_at) // 1000 if self.bridge_at else 0

    @property
    def duration_s(self) -> int:
        return max(0, self.hangup_at - self.created_at) // 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the after-flow said of a call; zero and empty mean the queue's own rule."""

    success: bool
    wait_between_retries_s: int = 0
    max_attempts: int = 0
    exclude_current: bool = False
    redial: bool = False
    agent_id: int | None = None
    description: str = ""
    exports: dict[str, str] | None = None
    """Written to the member's variables and to the call history."""


def provisional(answered: bool, talk_s: int, min_duration_s: int) -> bool:
    """Success before the after-flow is asked: answered strictly longer than the least duration."""
    return answered and talk_s > min_duration_s


Json = dict[str, Any]
