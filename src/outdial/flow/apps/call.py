"""Answering, hanging up, and the keys pressed so far (flow-engine §4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.domain.causes import by_text
from outdial.flow.apps.control import Nothing
from outdial.flow.declare import VOICE, application, arg
from outdial.flow.machine import Run


@application("answer", args=Nothing, group="call", kinds=VOICE, help="Answers; nothing happens on an answered call.")
async def answer(run: Run, args: Nothing) -> None:
    await run.caller().answer()


@application(
    "preAnswer",
    args=Nothing,
    group="call",
    kinds=VOICE,
    help="Starts media before the answer; nothing happens on a call of ours, whose far end decides that.",
)
async def pre_answer(run: Run, args: Nothing) -> None:
    run.caller()


@application(
    "ringReady",
    args=Nothing,
    group="call",
    kinds=VOICE,
    help="Says that it rings; nothing happens on a call of ours, whose far end decides that.",
)
async def ring_ready(run: Run, args: Nothing) -> None:
    run.caller()


@dataclass(frozen=True, slots=True)
class ScheduleHangup:
    seconds: int = arg(2, unit="s", help="When, from now.")
    cause: str = arg("", help="Cause by name or number; NORMAL_CLEARING when empty or unknown.")


@application("scheduleHangup", args=ScheduleHangup, group="call", kinds=VOICE, help="Hangs up later; the flow goes on.")
async def schedule_hangup(run: Run, args: ScheduleHangup) -> str:
    cause = by_text(args.cause)
    run.caller().hang_up_later(cause, max(0, args.seconds) * 1000)
    return f"{cause} in {max(0, args.seconds)} s"


@dataclass(frozen=True, slots=True)
class Hangup:
    cause: str = arg("", whole=True, help="Cause by name or number; NORMAL_CLEARING when empty or unknown.")


@application("hangup", args=Hangup, group="call", kinds=VOICE, ends=True, help="Ends the call and the flow.")
async def hangup(run: Run, args: Hangup) -> str:
    cause = by_text(args.cause)
    run.caller().hang_up(cause)
    run.shared.hung_up = True
    run.connection.stop()
    return cause


@application(
    "flushDtmf",
    args=Nothing,
    group="call",
    kinds=VOICE,
    aliases=("flushDTMF",),
    help="Forgets the keys pressed so far.",
)
async def flush_dtmf(run: Run, args: Nothing) -> None:
    run.caller().flush_digits()
