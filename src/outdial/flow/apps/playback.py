"""``playback``: media, silence, tones and spoken text, with or without collecting keys or speech (flow-engine §4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.domain.errors import OutdialError
from outdial.flow.apps.digits import GetDigits, collect, note_length
from outdial.flow.apps.hearing import GetSpeech, listen
from outdial.flow.apps.speaking import Spoken, sound_of, unused
from outdial.flow.connection import Connection
from outdial.flow.declare import VOICE, application, arg
from outdial.flow.errors import AppFailed, SpeechFailed, SpeechRefused
from outdial.flow.machine import Run
from outdial.flow.ports import SilenceMs, Sound, ToneScript
from outdial.flow.ports.remote import RemoteSound
from outdial.flow.values import as_text

MEDIA_TYPES = frozenset(
    {"", "mp3", "wav", "ogg", "audio/wav", "audio/x-wav", "audio/ogg", "audio/mp3", "audio/mpeg", "video/mp4"}
)
"""The short names are ours; the released engine knows only the MIME names."""
ALL_KEYS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class Remote:
    url: str = arg("", required=True, help="Where the sound is; it is kept for a while.")
    method: str = arg("GET", help="HTTP method.")
    file_type: str = arg("", wire="fileType", help="`wav` or `mp3`; not used, the file says what it is.")
    headers: dict[str, Any] = arg(dict, secret=True, help="Headers of the request.")


@dataclass(frozen=True, slots=True)
class File:
    id: int = arg(0, lookup="media", help="Id of a media file.")
    name: str = arg("", help="Its name; milliseconds of a silence; the script of a tone.")
    type: str = arg("", help="Empty or a MIME type: media. `silence`, `tone`, `tts`, `http_audio`.", example="silence")
    tts: Spoken | None = arg(None, help="With the type `tts`: what to say.")
    args: Remote | None = arg(None, help="With the type `http_audio`: where it is fetched.")

    @property
    def refers(self) -> bool:
        """Whether it stands for a media file."""
        return self.type in MEDIA_TYPES


@dataclass(frozen=True, slots=True)
class Playback:
    files: list[File] = arg(list, required=True, help="What to play, in order, as one prompt.")
    terminator: str = arg("", help="Not used; set the variable playback_terminators.")
    get_digits: GetDigits | None = arg(None, wire="getDigits", help="Collect keys while and after it plays.")
    get_speech: GetSpeech | None = arg(
        None, wire="getSpeech", help="Recognize speech; needs a recognizer, none comes along."
    )


COLLECTED = {
    "playback_ms": "How long it sounded; with getDigits the last try.",
    "playback_seconds": "The same in whole seconds.",
    "playback_terminator_used": "The key that stopped it.",
    "read_result": "With getDigits: success, timeout or failure.",
    "read_terminator_used": "With getDigits: the key that ended the input.",
    "<setVar>_invalid": "With getDigits: input that does not match the regexp.",
    "google_transcript": "With getSpeech: what was said; with version v3 in wbt_stt_text.",
}


@application(
    "playback",
    args=Playback,
    group="call",
    kinds=VOICE,
    waits=True,
    help="Plays files, silence, tones and spoken text; a key of playback_terminators (`*` unless set) stops it.",
    results=COLLECTED,
)
async def playback(run: Run, args: Playback) -> str | None:
    sounds, notes = await _sounds(run, args.files)
    if not sounds:
        raise AppFailed("nothing to play: " + ("; ".join(notes) or "no files"))
    return await play_and_collect(run, sounds, args.get_digits, args.get_speech, notes)


async def play_and_collect(
    run: Run, sounds: list[Sound], digits: GetDigits | None, speech: GetSpeech | None, notes: list[str]
) -> str | None:
    """Speech wins over keys (flow-engine §4.2). Returns what the trace says of it."""
    if speech is not None:
        notes.insert(0, await listen(run, speech, play(run, sounds)))
    elif digits is not None:
        notes.insert(0, await collect(run, digits, sounds))
    else:
        await play(run, sounds)
    return "; ".join(notes) or None


async def play(run: Run, sounds: list[Sound]) -> None:
    """A plain playback, which a terminator stops."""
    connection, caller = run.connection, run.caller()
    forget_terminator(connection)
    key = await caller.play(sounds, stop_keys=terminators(connection.get("playback_terminators")))
    note_length(run)
    if key:
        run.connection.set("playback_terminator_used", key)


def forget_terminator(connection: Connection) -> None:
    """What stopped an earlier playback or recording says nothing of the next one."""
    if connection.get("playback_terminator_used"):
        connection.unset("playback_terminator_used")


def terminators(setting: str | None) -> str:
    """Keys that stop a plain playback: ``*`` unless set, ``none`` for none, ``any`` for all."""
    if not setting:
        return "*"
    return {"none": "", "any": ALL_KEYS}.get(setting.lower(), setting)


async def _sounds(run: Run, files: list[File]) -> tuple[list[Sound], list[str]]:
    """What can be played, and a sentence for each item that cannot."""
    sounds: list[Sound] = []
    missing: list[str] = []
    for file in files:
        sound = await sound_of_file(run, file)
        if isinstance(sound, str):
            missing.append(sound)
        else:
            sounds.append(sound)
            missing += unused(file.tts) if file.tts else []
    return sounds, missing


async def sound_of_file(run: Run, file: File) -> Sound | str:
    """A sentence where it cannot be played."""
    if file.type in MEDIA_TYPES:
        found = await run.env.media.find(file.id, file.name)
        return found or f"media {file.id or file.name!r} not found"
    if file.type == "tone":
        return ToneScript(file.name) if file.name else "a tone without a script"
    if file.type == "silence":
        return _silence(file.name)
    if file.type == "tts":
        return await _said(run, file.tts or Spoken())
    if file.type == "http_audio":
        return await _fetched(run, file.args or Remote())
    return f"{file.type} is not supported here"


async def _fetched(run: Run, remote: Remote) -> Sound | str:
    if not remote.url:
        return "http_audio without a url"
    headers = {name: as_text(value) for name, value in remote.headers.items()}
    try:
        return await run.env.remote.sound(RemoteSound(remote.url, remote.method.upper() or "GET", headers))
    except OutdialError as error:
        return f"{remote.url}: {error.detail}"


async def _said(run: Run, spoken: Spoken) -> Sound | str:
    try:
        return await sound_of(run, spoken)
    except (AppFailed, SpeechRefused, SpeechFailed) as error:
        return error.detail


def _silence(text: str) -> Sound | str:
    """No text: until something stops it."""
    if not text:
        return SilenceMs(0)
    usable = text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0
    return SilenceMs(int(text)) if usable else f"a silence of {text!r}"
