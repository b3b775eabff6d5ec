"""``tts``: spoken text, with or without collecting keys or speech (flow-engine §4.3)."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.flow.apps.digits import GetDigits
from outdial.flow.apps.hearing import GetSpeech
from outdial.flow.apps.playback import COLLECTED, play_and_collect
from outdial.flow.apps.speaking import Spoken, sound_of, unused
from outdial.flow.declare import VOICE, application, arg
from outdial.flow.machine import Run


@dataclass(frozen=True, slots=True)
class Tts(Spoken):
    get_digits: GetDigits | None = arg(None, wire="getDigits", help="Collect keys while and after it is said.")
    get_speech: GetSpeech | None = arg(
        None, wire="getSpeech", help="Recognize speech; needs a recognizer, none comes along."
    )


@application(
    "tts",
    args=Tts,
    group="call",
    kinds=VOICE,
    waits=True,
    help="Says a text; a key of playback_terminators (`*` unless set) stops it.",
    results=COLLECTED,
)
async def tts(run: Run, args: Tts) -> str | None:
    return await play_and_collect(run, [await sound_of(run, args)], args.get_digits, args.get_speech, unused(args))
