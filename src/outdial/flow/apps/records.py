"""Calendars, lists, queues, calls, users and global variables of the domain (flow-engine §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.domain.calendar import exception_now, in_force, why_closed
from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports.records import CallQuery, Fields, Global, Metric, Ref
from outdial.flow.values import as_text

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def assign(run: Run, wanted: dict[str, Any], found: Fields) -> None:
    """Sets each variable to the field it is to have; ``variables.X`` reads one of the record's own."""
    for name, field in wanted.items():
        own = str(field).removeprefix("variables.")
        value = (found.get("variables") or {}).get(own) if own != field else found.get(own)
        run.connection.set(name, as_text(value))


@dataclass(frozen=True, slots=True)
class CalendarArgs:
    id: int = arg(0, lookup="calendar", required=True, unless=("name",), help="Id of a calendar.")
    name: str = arg("", help="Its name, when there is no id.")
    set_var: str = arg("", wire="setVar", required=True, sets=True, help="Variable for `true` or `false`.")
    extended: bool = arg(False, help="Say why not: `expire`, or the name of the exceptional day.")


@application(
    "calendar", args=CalendarArgs, group="data", outside=True, help="Whether a calendar is open now, in its own zone."
)
async def calendar(run: Run, args: CalendarArgs) -> str:
    if not args.set_var:
        raise AppFailed("setVar is needed")
    which = Ref(args.id, args.name)
    found = await run.env.records.calendar(which)
    if found is None:
        raise AppFailed(f"no calendar {which}")
    now = run.env.clock()
    answer = "true" if why_closed(found, now, found.timezone) is None else "false"
    if answer == "false" and args.extended:
        special = exception_now(found, now)
        answer = "expire" if not in_force(found, now) else special.name if special and special.name else answer
    run.connection.set(args.set_var, answer)
    return answer


@dataclass(frozen=True, slots=True)
class ListArgs:
    which: Ref = arg(wire="list", required=True, lookup="list", help="Which list.")
    name: str = arg("", help="Name of the list; an older spelling.")
    destination: str = arg("", required=True, help="The number to look for, however it is written.")
    actions: list[Any] = arg(list, required=True, port="Found", help="Applications to run when it stands there.")


@application("list", args=ListArgs, group="data", outside=True, help="Runs applications when a number is on a list.")
async def list_(run: Run, args: ListArgs) -> str:
    which = args.which if args.which != Ref() else Ref(0, args.name)
    if not await run.env.records.on_list(which, args.destination):
        return "not on the list"
    await run.fork_of("actions")
    return "on the list"


@dataclass(frozen=True, slots=True)
class ListAdd:
    which: Ref = arg(wire="list", required=True, lookup="list", help="Which list.")
    destination: str = arg("", required=True, help="The number.")
    description: str = arg("", help="Why it stands there.")
    expire_at: int = arg(0, wire="expireAt", help="Until when, epoch milliseconds; 0: for good.")


@application(
    "listAdd", args=ListAdd, group="data", outside=True, help="Puts a number on a list, such as the one not to call."
)
async def list_add(run: Run, args: ListAdd) -> None:
    if not args.destination:
        raise AppFailed("destination is needed")
    await run.env.records.put_on_list(args.which, args.destination, args.description, args.expire_at or None)


@dataclass(frozen=True, slots=True)
class QueueInfo:
    queue: Ref = arg(required=True, lookup="queue", help="Which queue.")
    set: dict[str, Any] = arg(
        dict, required=True, sets=True, help="Variable → `type`, `name`, `enabled`, `priority`, `waiting` or `size`."
    )


@application("getQueueInfo", args=QueueInfo, group="data", outside=True, help="What a queue is and how full it is.")
async def queue_info(run: Run, args: QueueInfo) -> None:
    found = await run.env.records.queue(args.queue)
    if found is None:
        raise AppFailed(f"no queue {args.queue}")
    assign(run, args.set, found)


@dataclass(frozen=True, slots=True)
class QueueMetrics:
    queue: Ref = arg(required=True, lookup="queue", help="Which queue.")
    set: str = arg("", required=True, sets=True, help="Variable for the figure.")
    calls: str = arg("complete", choices=("complete",), help="Calls that are over.")
    metric: str = arg("avg", choices=("avg", "max", "min", "sl"), help="What to make of them.")
    field: str = arg("wait_time", choices=("wait_time", "talk_time", "sl"), help="Of which time, in seconds.")
    last_minutes: int = arg(60, wire="lastMinutes", help="How far back, in minutes.")
    sl_s: int = arg(20, wire="slSec", unit="s", help="With `sl`: answered within so long.")
    bucket: Ref | None = arg(None, help="Accepted; the figure is of all buckets.")


@application("getQueueMetrics", args=QueueMetrics, group="data", outside=True, help="A figure over a queue's attempts.")
async def queue_metrics(run: Run, args: QueueMetrics) -> str:
    level = "sl" in (args.metric, args.field)
    if args.calls != "complete":
        raise AppFailed("calls: only `complete` ones can be counted")
    if not level and (args.metric not in ("avg", "max", "min") or args.field not in ("wait_time", "talk_time")):
        raise AppFailed("expected avg, max or min of wait_time or talk_time, or sl")
    since = run.env.clock() - max(0, args.last_minutes) * MINUTE_MS
    metric = Metric("sl" if level else args.metric, args.field, since, args.sl_s)
    figure = as_text(round(await run.env.records.queue_metric(args.queue, metric), 3))
    run.connection.set(args.set, figure)
    return figure


@dataclass(frozen=True, slots=True)
class CallFilter:
    inbound: bool = arg(False, help="Calls from people. None is in this history.")
    outbound: bool = arg(False, help="Calls that agents made. None is in this history.")
    dialer: bool = arg(False, help="Calls of queues.")
    queue_ids: list[int] = arg(list, lookup="queue", help="Of these queues only.")


@dataclass(frozen=True, slots=True)
class LastBridged:
    number: str = arg("", required=True, help="The number, however it is written.")
    hours: int = arg(24, help="How far back, in hours.")
    calls: CallFilter | None = arg(None, help="Which calls; all when nothing is asked for.")
    filter: CallFilter | None = arg(None, help="Another spelling of `calls`.")
    set: dict[str, Any] = arg(
        dict,
        required=True,
        sets=True,
        help="Variable → `id`, `queue_id`, `agent_id`, `description`, `created_at`, `gateway_id`, `destination`, "
        "`extension` or `variables.X`.",
    )


@application("lastBridged", args=LastBridged, group="data", outside=True, help="The last answered call with a number.")
async def last_bridged(run: Run, args: LastBridged) -> None:
    kinds = args.calls or args.filter or CallFilter(queue_ids=[])
    since = run.env.clock() - max(0, args.hours) * HOUR_MS
    others_only = (kinds.inbound or kinds.outbound) and not kinds.dialer
    wanted = CallQuery(args.number, since, tuple(kinds.queue_ids))
    found = None if others_only else await run.env.records.last_bridged(wanted)
    if found is None:
        raise AppFailed(f"no call with {args.number} in {args.hours} hours")
    assign(run, args.set, found)


@dataclass(frozen=True, slots=True)
class UserQuery:
    id: int = arg(0, help="Id of the user.")
    name: str = arg("", help="Name or user name.")
    extension: str = arg("", help="Extension. No user has one here.")


@dataclass(frozen=True, slots=True)
class UserInfo:
    user: UserQuery = arg(required=True, help="Who.")
    set: dict[str, Any] = arg(
        dict,
        required=True,
        sets=True,
        help="Variable → `name`, `user_id`, `username` or `email`; what only agents have is empty.",
    )


@application("userInfo", args=UserInfo, group="data", outside=True, help="Who a user of the service is.")
async def user_info(run: Run, args: UserInfo) -> None:
    found = await run.env.records.user(Ref(args.user.id, args.user.name), args.user.extension)
    if found is None:
        raise AppFailed("no such user")
    assign(run, args.set, found)


@dataclass(frozen=True, slots=True)
class Globals:
    values: dict[str, Global] = arg(
        whole=True,
        required=True,
        example={"rate": {"value": "41.5", "encrypt": False}},
        help="Names, each with its value and whether to keep it sealed.",
    )


@application("global", args=Globals, group="data", outside=True, help="Sets global variables, $${name}, for all flows.")
async def global_(run: Run, args: Globals) -> None:
    for one in args.values.values():
        if one.encrypt:
            run.env.trace.hide(one.value)
    await run.env.records.set_globals(args.values)
