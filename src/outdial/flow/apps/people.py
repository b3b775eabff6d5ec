"""Members of queues, made, read and changed by flows (flow-engine §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.domain.zones import zone_id
from outdial.flow.apps.records import assign
from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports.records import Fields, MemberPatch, MemberQuery, Ref


@dataclass(frozen=True, slots=True)
class Callback:
    destination: str = arg("", required=True, help="The number.")
    type: Ref | None = arg(None, lookup="communication", required=True, unless=("type_id",), help="What kind it is.")
    type_id: int = arg(0, lookup="communication", help="The same, by id.")
    display: str = arg("", help="Caller id to show.")
    priority: int = arg(0, help="Bigger is rung first.")
    resource_id: int = arg(0, help="Ring it through this resource only.")


@dataclass(frozen=True, slots=True)
class CallbackQueue:
    queue: Ref = arg(required=True, unless=("queue_id",), lookup="queue", help="Which queue.")
    communication: Callback = arg(required=True, help="The number to ring.")
    queue_id: int = arg(0, lookup="queue", help="The queue, by id.")
    hold_s: int = arg(0, wire="holdSec", unit="s", help="Not before so long from now.")
    name: str = arg("", help="Name of the member.")
    variables: dict[str, str] = arg(dict, help="Variables of the member.")
    priority: int = arg(0, help="Bigger is rung first.")
    bucket: Ref | None = arg(None, help="Bucket of the member.")
    agent: Ref | None = arg(None, help="Accepted; no agent is asked for here.")
    timezone: Ref | None = arg(None, help="Time zone of the member.")
    expire_at: int = arg(0, help="Not after this instant, epoch milliseconds.")
    stop_cause: str = arg("", help="Make it stopped already, for this cause.")


@application(
    "callbackQueue", args=CallbackQueue, group="data", outside=True, help="Puts somebody into a queue, to be rung."
)
async def callback_queue(run: Run, args: CallbackQueue) -> str:
    queue = args.queue if args.queue != Ref() else Ref(args.queue_id)
    made = await run.env.records.add_member(queue, _member(args, run.env.clock()))
    return f"member {made}"


def _member(args: CallbackQueue, now: int) -> Fields:
    number = args.communication
    return {
        "name": args.name,
        "priority": args.priority,
        "expire_at": args.expire_at or None,
        "min_offering_at": now + args.hold_s * 1000 if args.hold_s > 0 else None,
        "timezone": _zone(args.timezone),
        "bucket": args.bucket,
        "variables": args.variables,
        "stop_cause": args.stop_cause,
        "communications": [
            {
                "destination": number.destination,
                "type": number.type.id if number.type else number.type_id,
                "display": number.display,
                "priority": number.priority,
                "resource": number.resource_id or None,
            }
        ],
    }


def _zone(which: Ref | None) -> int | None:
    if which is None or which == Ref():
        return None
    return which.id or zone_id(which.name)


@dataclass(frozen=True, slots=True)
class MemberInfo:
    member: MemberQuery = arg(required=True, help="Which member.")
    set: dict[str, Any] = arg(
        dict,
        required=True,
        sets=True,
        help="Variable → `id`, `name`, `priority`, `attempts`, `stop_cause`, `bucket_id`, `count_destinations` "
        "(numbers still open), `all_destinations` (how many numbers) or `variables.X`.",
    )


@application("memberInfo", args=MemberInfo, group="data", outside=True, help="Reads the first member that matches.")
async def member_info(run: Run, args: MemberInfo) -> None:
    _narrow(args.member)
    found = await run.env.records.member(args.member, run.zone)
    if found is None:
        raise AppFailed("no member matches")
    assign(run, args.set, found)


@dataclass(frozen=True, slots=True)
class PatchMembers:
    member: MemberQuery = arg(required=True, help="Which members.")
    patch: MemberPatch = arg(required=True, help="What to change.")


@application("patchMembers", args=PatchMembers, group="data", outside=True, help="Changes all members that match.")
async def patch_members(run: Run, args: PatchMembers) -> str:
    _narrow(args.member)
    changed = await run.env.records.patch_members(args.member, args.patch, run.zone)
    return f"{changed} changed"


def _narrow(wanted: MemberQuery) -> None:
    """Everybody in the domain is never meant."""
    if wanted.empty:
        raise AppFailed("member: say at least an id, queues, a destination or a name")
