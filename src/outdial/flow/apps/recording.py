"""Recording the person, or the whole call (flow-engine §4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.flow.apps.playback import forget_terminator, terminators
from outdial.flow.declare import VOICE, application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports.recording import Take
from outdial.flow.values import storable

FILE_NAME = "recordFile_${strepoch()}"
LONGEST_S = 86_400
LONGEST_NAME = 200
SESSION_NAME = "${strepoch()}_${caller_id_number}_${destination_number}"


@dataclass(frozen=True, slots=True)
class RecordFile:
    name: str = arg("", help=f"Of the file; {FILE_NAME} when empty.")
    type: str = arg("mp3", help="Not used: files are WAV.")
    max_sec: int = arg(60, wire="maxSec", unit="s", help="It ends when it is so long.")
    silence_thresh: int = arg(200, wire="silenceThresh", help="Mean amplitude below which it is silent; 0: never.")
    silence_hits: int = arg(5, wire="silenceHits", unit="s", help="It ends after so much silence.")
    terminators: str = arg("", help="Keys that end it; they become playback_terminators.", example="#")
    voice_mail: bool = arg(False, wire="voiceMail", help="Tags the call with `vm`.")


@application(
    "recordFile",
    args=RecordFile,
    group="call",
    kinds=VOICE,
    waits=True,
    help="Records the person to a file of this call, until the time is over, silence, a key, or hang-up.",
    results={"record_seconds": "Whole seconds recorded.", "playback_terminator_used": "The key that ended it."},
)
async def record_file(run: Run, args: RecordFile) -> str:
    connection, caller = run.connection, run.caller()
    if args.terminators:
        connection.set("playback_terminators", args.terminators)
    forget_terminator(connection)
    if args.voice_mail:
        run.voice().push("wbt_tags", "vm")
    take = Take(
        name=_named(run, args.name, FILE_NAME),
        sides="heard",
        max_ms=_ms(args.max_sec),
        silence_level=min(max(0, args.silence_thresh), 1 << 15),
        silence_ms=_ms(args.silence_hits) or 3000,
    )
    took = await caller.record(take, terminators(connection.get("playback_terminators")))
    if took.end == "failed":
        raise AppFailed("the recording could not be written")
    connection.set("record_seconds", str(took.ms // 1000))
    if took.key:
        connection.set("playback_terminator_used", took.key)
    return f"{took.ms / 1000:g} s, ended by {took.key or took.end}"


@dataclass(frozen=True, slots=True)
class RecordSession:
    action: str = arg("start", choices=("start", "stop"), help="`stop` ends those of this name; all without a name.")
    name: str = arg("", help=f"Of the file; {SESSION_NAME} when empty.")
    type: str = arg("mp3", help="Not used: files are WAV.")
    stereo: bool = arg(False, help="Our side left, the person right; else both in one channel.")
    bridged: bool = arg(False, help="Record only while the call is bridged; each time is a recording of its own.")
    min_sec: int = arg(2, wire="minSec", unit="s", help="A shorter recording is thrown away.")
    follow_transfer: bool = arg(False, wire="followTransfer", help="Not used.")


@application(
    "recordSession",
    args=RecordSession,
    group="call",
    kinds=VOICE,
    help="Records both sides beside the flow, until it is stopped or the call ends.",
)
async def record_session(run: Run, args: RecordSession) -> str | None:
    caller = run.caller()
    if args.action == "stop":
        stopped = caller.stop_recordings(_plain(args.name))
        return None if stopped else "no such recording runs"
    name = _named(run, args.name, SESSION_NAME)
    take = Take(name, "both" if args.stereo else "mixed", min_ms=_ms(args.min_sec))
    caller.start_recording(take, while_connected=args.bridged)
    return name


def _named(run: Run, name: str, otherwise: str) -> str:
    return _plain(name or run.scope.expand(otherwise))


def _plain(name: str) -> str:
    return storable(name.replace(" ", "_"), LONGEST_NAME)


def _ms(seconds: int) -> int:
    return min(max(0, seconds), LONGEST_S) * 1000
