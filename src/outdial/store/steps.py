"""The steps of an attempt as values: what the store writes for it, and what it answers.

``Store.step`` gathers the steps that wait together, writes each kind with one statement for all, commits
once and then answers each: an awaited step is durable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from outdial.domain.attempt import CallFacts, Result

Go = Literal["go", "stale", "barred", "stopped", "gone"]
"""go: send the INVITE; stale: the configuration changed, plan again and retry; barred: on the stop list;
stopped: the member was stopped or has expired since the claim; gone: the attempt is not open any more."""


@dataclass(frozen=True, slots=True)
class Offering:
    """The INVITE is about to leave. Answer: ``Go``."""

    attempt_id: int
    at: int
    revision: int
    """The plan's; hours and caps were checked under it."""
    dnc_list_id: int | None
    destination: str
    """As it will be dialled; compared normalised with the stop list in this transaction."""
    display: str
    dialog: bytes


@dataclass(frozen=True, slots=True)
class Redialog:
    """The dialog changed before the answer (the trunk asked for credentials). Answer: True if still open."""

    attempt_id: int
    dialog: bytes


@dataclass(frozen=True, slots=True)
class Bridged:
    """Answered. Answer: True if still open."""

    attempt_id: int
    at: int
    dialog: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """Hung up; line and slot are free from here on. Answer: True if still open."""

    attempt_id: int
    facts: CallFacts
    variables: dict[str, Any] = field(default_factory=dict)
    """The call's payload at hang-up: what the after-flow sees, should it have to run after a crash."""


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording that belongs to the call."""

    key: str
    """Where ``files`` keeps it."""
    name: str
    mime_type: str
    size: int
    start_at: int
    stop_at: int


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of an attempt: decides the member, writes both histories. Answer: True for the one who did it.

    The open attempt is deleted by compare-and-set; whoever comes second changes nothing.
    The member's next state is ``domain.retry.decide`` on the rows as they are in this transaction.
    """

    attempt_id: int
    at: int
    """leaving_at, epoch ms."""
    result: Result
    max_attempts: int
    wait_s: int
    per_numbers: bool
    counted: bool = True
    exclude_current: bool = False
    redial: bool = False
    stop: bool = False
    agent_id: int | None = None
    description: str = ""
    disposition: str = ""
    """A word of dialer-core §4.6, finer than the result."""
    reason: str = ""
    """Why no INVITE left, where none did; a stable code."""
    member_exports: dict[str, str] = field(default_factory=dict)
    """Merged into the member's variables and kept with the attempt."""
    facts: CallFacts | None = None
    """None: no call was made; then no call history row is written."""
    call_variables: dict[str, Any] = field(default_factory=dict)
    """The payload of the call in history."""
    schema_ids: tuple[int, ...] = ()
    """Flows that ran."""
    recordings: tuple[RecordingFile, ...] = ()
    sip_trace: str = ""
    """Written for calls that failed."""
    flow_trace: tuple[dict[str, Any], ...] = ()
    shown_from: str = ""
    """Who called, as the call's record shall say instead of the caller id that was sent."""
    shown_destination: str = ""
    """Who was called, as the call's record shall say; the attempt keeps what was dialled."""


Step = Offering | Redialog | Bridged | Ended | Finish
STEPS = (Offering, Redialog, Bridged, Ended, Finish)
