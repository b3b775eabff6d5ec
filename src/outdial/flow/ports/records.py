"""The domain's records, as flows read and write them (flow-engine §4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from outdial.domain.calendar import Calendar
from outdial.flow.declare import arg
from outdial.flow.errors import AppFailed

Fields = Mapping[str, Any]
"""A record: field → text, number, flag or None, and ``variables``, a map of texts."""


@dataclass(frozen=True, slots=True)
class Ref:
    """Which record."""

    id: int = arg(0, help="Its id.")
    name: str = arg("", help="Its name, when there is no id.")

    def __str__(self) -> str:
        return str(self.id) if self.id else repr(self.name)


@dataclass(frozen=True, slots=True)
class MemberQuery:
    """Which members. What is absent does not matter."""

    id: int = arg(0, lookup="member", help="The member's id.")
    queues: list[Ref] = arg(list, lookup="queue", help="Its queue is one of these.")
    queue_ids: list[int] = arg(list, lookup="queue", help="Its queue is one of these, by id.")
    destination: str = arg("", help="One of its numbers, however it is written.")
    name: str = arg("", help="Its name in any case; `%` stands for anything, `_` for one character.")
    today: bool = arg(False, help="Made today, in the flow's time zone.")
    completed: bool | None = arg(None, help="true: only stopped ones; false: only those still to be called.")
    bucket: Ref | None = arg(None, help="Its bucket.")

    @property
    def empty(self) -> bool:
        return not (self.id or self.queues or self.queue_ids or self.destination or self.name)


@dataclass(frozen=True, slots=True)
class NumberPatch:
    """A change of one number of a member. None: stays."""

    id: int = arg(0, required=True, help="Which number of the member, from 0.")
    destination: str | None = arg(None, help="The number itself.")
    type: Ref | None = arg(None, lookup="communication", help="Its communication type.")
    display: str | None = arg(None, help="Caller id to show.")
    resource: Ref | None = arg(None, help="Ring it through this resource.")
    priority: int | None = arg(None, help="Bigger is rung first.")
    description: str | None = arg(None, help="For people.")


@dataclass(frozen=True, slots=True)
class MemberPatch:
    """A change of members. None: stays."""

    name: str | None = arg(None, help="New name.")
    priority: int | None = arg(None, help="New priority.")
    bucket: Ref | None = arg(None, help='Put it into this bucket; `{"id": 0}`: into none.')
    ready_at: int | None = arg(None, wire="readyAt", help="Not before this instant, epoch milliseconds; 0: at once.")
    ready_at_: int | None = arg(None, wire="ready_at", help="Another spelling of `readyAt`.")
    stop_cause: str | None = arg(None, wire="stopCause", help="Stop it for this cause; empty changes nothing.")
    stop_cause_: str | None = arg(None, wire="stop_cause", help="Another spelling of `stopCause`.")
    variables: dict[str, str] | None = arg(None, help="Variables to add or change.")
    communications: list[NumberPatch] = arg(list, help="Changes of its numbers.")
    queue_id: int | None = arg(None, wire="queueId", lookup="queue", help="Move it to this queue.")


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which answered calls."""

    number: str
    since: int
    """Epoch ms."""
    queue_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over a queue's attempts that joined since an instant (epoch ms)."""

    how: str
    """avg, max or min of a field; sl: the share, in percent, that waited no longer than ``within_s``."""
    field: str
    """wait_time: from joining to answer, or to the end; talk_time: from answer to hang-up. Seconds."""
    since: int
    within_s: int = 0


@dataclass(frozen=True, slots=True)
class Global:
    value: str = arg("", help="The value.")
    encrypt: bool = arg(False, help="Keep it sealed; people never see it again, flows do.")


class Records(Protocol):
    """All of one domain. What cannot be done raises UserMistake or PeerFault with a sentence; ``None`` is not found."""

    async def calendar(self, which: Ref) -> Calendar | None: ...

    async def on_list(self, which: Ref, number: str) -> bool: ...

    async def put_on_list(self, which: Ref, number: str, description: str, expire_at: int | None) -> None:
        """Nothing changes when it stands there already. ``expire_at``: epoch ms, None = for good."""
        ...

    async def add_member(self, queue: Ref, member: Fields) -> int:
        """``name priority expire_at min_offering_at timezone variables stop_cause`` and ``communications``, each
        ``destination type priority display resource``; lookups by id. Answers the new member's id."""
        ...

    async def member(self, wanted: MemberQuery, zone: str) -> Fields | None:
        """The first that matches: ``id name priority attempts stop_cause count_destinations all_destinations
        variables``."""
        ...

    async def patch_members(self, wanted: MemberQuery, patch: MemberPatch, zone: str) -> int:
        """How many were changed."""
        ...

    async def queue(self, which: Ref) -> Fields | None:
        """``type name enabled priority waiting size``."""
        ...

    async def queue_metric(self, which: Ref, metric: Metric) -> float:
        """0 when there is nothing to count."""
        ...

    async def last_bridged(self, wanted: CallQuery) -> Fields | None:
        """``id queue_id agent_id description created_at gateway_id destination extension variables``."""
        ...

    async def user(self, which: Ref, extension: str) -> Fields | None:
        """``user_id name username email``."""
        ...

    async def set_globals(self, values: Mapping[str, Global]) -> None:
        """Stored for the domain, and visible to flows that run already."""
        ...


class _Nowhere:
    """A place without records."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*args: object) -> Any:
            raise AppFailed("there are no records here")

        return refuse


NO_RECORDS: Records = _Nowhere()
