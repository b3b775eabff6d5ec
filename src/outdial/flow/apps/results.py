"""How pre-flows and after-flows answer (flow-engine §5.2, §5.3). The first answer counts and ends the flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.flow.declare import SERVICE, application, arg
from outdial.flow.machine import Run

_EXPORT = "Variables to hand on: to the member and the call's history."


@dataclass(frozen=True, slots=True)
class Success:
    export: list[str] = arg(list, help=_EXPORT)


@application(
    "success", args=Success, group="result", kinds=SERVICE, ends=True, help="After a call: the member is done."
)
async def success(run: Run, args: Success) -> None:
    run.answer("success", args, args.export)


@dataclass(frozen=True, slots=True)
class Abandoned:
    status: str = arg("abandoned", help="`success` makes it a success; any other text is ignored.")
    wait_between_retries: int = arg(
        0, wire="waitBetweenRetries", unit="s", help="Seconds until the next try; 0: the queue's."
    )
    max_attempts: int = arg(0, wire="maxAttempts", help="Attempts in all; 0: the queue's.")
    exclude_current: bool = arg(False, wire="excludeCurrentCommunication", help="Do not ring this number again.")
    redial: bool = arg(False, help="This number is the first in turn again.")
    agent_id: int = arg(0, wire="agentId", help="Sticky agent of the member.")
    display: bool = arg(False, help="Accepted; does nothing.")
    description: str = arg("", help="Kept with the attempt.")
    export: list[str] = arg(list, help=_EXPORT)


@application(
    "abandoned", args=Abandoned, group="result", kinds=SERVICE, ends=True, help="After a call: ring again, or stop."
)
async def abandoned(run: Run, args: Abandoned) -> None:
    run.answer("abandoned", args, args.export)


@dataclass(frozen=True, slots=True)
class Retry:
    next_resource: bool = arg(False, wire="nextResource", help="Use the next resource.")
    sleep: int = arg(0, unit="ms", help="Milliseconds before dialling again.")
    resource: dict[str, Any] = arg(dict, help="Use this resource.")
    export: list[str] = arg(list, help="Lost, as the released engine loses it.")


@application(
    "retry", args=Retry, group="result", kinds=SERVICE, ends=True, help="Predictive queues only; here as `abandoned`."
)
async def retry(run: Run, args: Retry) -> None:
    run.answer("retry", args, [])


@dataclass(frozen=True, slots=True)
class Confirm:
    destination: str = arg("", help="Number to dial instead.")
    display: str = arg("", help="Caller id to show instead.")
    export: list[str] = arg(list, help="Variables to add to this attempt's; they are not stored.")


@application("confirm", args=Confirm, group="result", kinds=SERVICE, ends=True, help="Before a call: go on.")
async def confirm(run: Run, args: Confirm) -> None:
    run.answer("confirm", args, args.export)


@dataclass(frozen=True, slots=True)
class Cancel:
    description: str = arg("", help="Kept with the attempt.")
    wait_between_retries: int = arg(0, wire="waitBetweenRetries", unit="s", help="Seconds until the next try.")
    stop: bool = arg(False, help="Never try this member again.")
    exclude_current: bool = arg(False, wire="excludeCurrentCommunication", help="Accepted; does nothing.")
    min_offering_at: int = arg(0, wire="minOfferingAt", help="Accepted; does nothing.")
    export: list[str] = arg(list, help="Accepted for later hooks.")


@application("cancel", args=Cancel, group="result", kinds=SERVICE, ends=True, help="Before a call: do not ring now.")
async def cancel(run: Run, args: Cancel) -> None:
    run.answer("cancel", args, args.export)
