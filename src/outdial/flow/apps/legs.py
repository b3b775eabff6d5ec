"""Variables for a second leg and for the call's record (flow-engine §2.5, §4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.flow.declare import VOICE, application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.values import as_text, storable

LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class Values:
    values: dict[str, Any] = arg(whole=True, required=True, sets=True, help="Names and values.")


@application("setAll", args=Values, group="data", kinds=VOICE, help="Sets variables, of a second leg, too.")
async def set_all(run: Run, args: Values) -> None:
    for name, value in args.values.items():
        text = as_text(value)
        run.connection.set(name, text)
        run.voice().for_leg_b[name] = text


@application("setNoLocal", args=Values, group="data", kinds=VOICE, help="Sets variables of a second leg only.")
async def set_no_local(run: Run, args: Values) -> None:
    for name, value in args.values.items():
        run.voice().for_leg_b[name] = as_text(value)


@dataclass(frozen=True, slots=True)
class MarkIvr:
    name: str = arg("", required=True, help="Of the list.")
    value: str = arg("", help="What to append.")


@application(
    "markIVR",
    args=MarkIvr,
    group="data",
    kinds=VOICE,
    help="Appends a value to a list that goes to the call's history: the way through the menus.",
)
async def mark_ivr(run: Run, args: MarkIvr) -> None:
    if not args.name:
        raise AppFailed("no name")
    run.voice().push(args.name, args.value)


@dataclass(frozen=True, slots=True)
class UpdateCid:
    name: str = arg("", help="Name of the caller.")
    number: str = arg("", help="Number of the caller; the call's record shows it, too.")
    destination: str = arg("", help="The number called; the call's record shows it, too.")


@application(
    "updateCid",
    args=UpdateCid,
    group="data",
    kinds=VOICE,
    help="Changes who called whom, in variables and in the call's record; the attempt keeps what was dialled.",
    results={
        "caller_id_name": "The name.",
        "caller_id_number": "The number.",
        "destination_number": "The destination.",
    },
)
async def update_cid(run: Run, args: UpdateCid) -> None:
    if not (args.name or args.number or args.destination):
        raise AppFailed("neither name nor number nor destination")
    voice = run.voice()
    if args.name:
        voice.set("caller_id_name", args.name)
    if args.number:
        voice.set("caller_id_number", args.number)
        voice.shown["from_number"] = storable(args.number, LONGEST_NUMBER)
    if args.destination:
        voice.set("destination_number", args.destination)
        voice.shown["destination"] = storable(args.destination, LONGEST_NUMBER)
