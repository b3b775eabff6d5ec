"""Echo, sounds under the call, and what a waiting person hears (flow-engine §4.1)."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from outdial.flow.apps.playback import File, sound_of_file
from outdial.flow.declare import VOICE, application, arg
from outdial.flow.decode import decode
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports import SilenceMs, Sound

LONGEST_NAME = 10
LONGEST_ECHO_MS = 60_000
QUIETEST_DB = 96
HOLD = "hold_music"


@dataclass(frozen=True, slots=True)
class Echo:
    delay: int = arg(0, whole=True, unit="ms", help="Before it comes back, at most a minute; 0: at once.")


@application(
    "echo", args=Echo, group="call", kinds=VOICE, waits=True, help="Sends back what the person says, until hang-up."
)
async def echo(run: Run, args: Echo) -> None:
    await run.caller().echo(min(max(0, args.delay), LONGEST_ECHO_MS))


@dataclass(frozen=True, slots=True)
class Background:
    file: File | None = arg(None, required=True, help="What to play, again and again; as an item of `playback`.")
    name: str = arg("", help=f"To stop it by; {LONGEST_NAME} characters count.")
    volume_reduction: int = arg(0, wire="volumeReduction", help="Decibels below its own level.", example=12)


@application(
    "backgroundPlayback",
    args=Background,
    group="call",
    kinds=VOICE,
    help="Mixes a sound under everything the person hears, until it is stopped.",
)
async def background_playback(run: Run, args: Background) -> None:
    caller = run.caller()
    if args.file is None:
        raise AppFailed("no file")
    reduction_db = min(max(0, args.volume_reduction), QUIETEST_DB)
    caller.play_under(args.name[:LONGEST_NAME], await _resolved(run, args.file), reduction_db)


@dataclass(frozen=True, slots=True)
class BackgroundStop:
    name: str = arg("", help="As it was started.")


@application("backgroundPlaybackStop", args=BackgroundStop, group="call", kinds=VOICE, help="Stops a background sound.")
async def background_playback_stop(run: Run, args: BackgroundStop) -> None:
    run.caller().stop_under(args.name[:LONGEST_NAME])


@dataclass(frozen=True, slots=True)
class Ringback:
    everywhere: bool = arg(False, wire="all", help="A second leg gets them, too.")
    call: File | None = arg(None, help="While a second leg rings; as an item of `playback`.")
    hold: File | None = arg(None, help="On hold, and when parked.")
    transfer: File | None = arg(None, help="While a transfer rings.")


@application(
    "ringback",
    args=Ringback,
    group="call",
    kinds=VOICE,
    help="Chooses what is heard while somebody else rings, and on hold.",
    results={
        "ringback": "The file of `call`, as JSON.",
        HOLD: "The file of `hold`, as JSON.",
        "transfer_ringback": "The file of `transfer`, as JSON.",
    },
)
async def ringback(run: Run, args: Ringback) -> None:
    for name, file in (("ringback", args.call), (HOLD, args.hold), ("transfer_ringback", args.transfer)):
        if file is None:
            continue
        text = json.dumps(_wire(file), ensure_ascii=False, separators=(",", ":"))
        run.connection.set(name, text)
        if args.everywhere:
            run.voice().for_leg_b[name] = text


@dataclass(frozen=True, slots=True)
class Park:
    name: str = arg("", required=True, help="Of the parking lot.")
    lot: str = arg("", required=True, help="Its places, from-to.", example="1000-2000")
    auto: str = arg("in", choices=("in", "out"), help="`in` parks this call, `out` takes another one up.")


@application(
    "park",
    args=Park,
    group="call",
    kinds=VOICE,
    waits=True,
    help="Holds the call until hang-up, in silence or with the hold music of `ringback`: nobody can take it up here.",
)
async def park(run: Run, args: Park) -> None:
    caller = run.caller()
    for field, value in (("name", args.name), ("lot", args.lot)):
        if not value:
            raise AppFailed(f"no {field}")
    if args.auto != "in":
        raise AppFailed("no call is parked here")
    music = await stored_sound(run, HOLD)
    if music is not None:
        caller.play_under(HOLD, music, 0)
    try:
        await caller.play([SilenceMs(0)], stop_keys="")
    finally:
        caller.stop_under(HOLD)


@dataclass(frozen=True, slots=True)
class SetSounds:
    lang: str = arg("", required=True, help="Language and country.", example="uk_UA")
    voice: str = arg("", required=True, help="Name of the voice.")


@application(
    "setSounds",
    args=SetSounds,
    group="call",
    kinds=VOICE,
    help="Chooses language and voice of built-in sounds, of which there are none here.",
    results={"sound_prefix": "Folder of language and voice.", "default_language": "The language alone."},
)
async def set_sounds(run: Run, args: SetSounds) -> None:
    run.caller()
    for field, value in (("lang", args.lang), ("voice", args.voice)):
        if not value:
            raise AppFailed(f"no {field}")
    parts = args.lang.lower().split("_")
    run.connection.set("sound_prefix", "/".join(("", *parts, args.voice)))
    run.connection.set("default_language", parts[0])


async def stored_sound(run: Run, variable: str) -> Sound | None:
    """The sound that ``ringback`` keeps in a variable; None when there is none, or it cannot be played."""
    try:
        raw = json.loads(run.connection.get(variable) or "null")
        sound = await sound_of_file(run, decode(File, raw, str)) if isinstance(raw, dict) else ""
    except (ValueError, AppFailed):
        return None
    return None if isinstance(sound, str) else sound


async def _resolved(run: Run, file: File) -> Sound:
    sound = await sound_of_file(run, file)
    if isinstance(sound, str):
        raise AppFailed(sound)
    return sound


def _wire(value: Any) -> dict[str, Any]:
    """An argument object as a schema would write it, without what is left at its default."""
    found = {}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if item != field.default and item not in (None, {}, []):
            found[field.metadata["wire"] or field.name] = _wire(item) if dataclasses.is_dataclass(item) else item
    return found
