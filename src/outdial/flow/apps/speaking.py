"""What speech applications share: the fields of spoken text, and making a sound of it (flow-engine §4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from outdial.flow.declare import arg
from outdial.flow.decode import decode
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports.speech import SoundFile, Utterance
from outdial.flow.program import Program, Step

RATES = (0.25, 4.0)
PITCHES = (-20.0, 20.0)
GAINS_DB = (-96.0, 16.0)
"""The ranges that cloud providers agree on; what lies outside is taken as the nearest end."""


@dataclass(frozen=True, slots=True)
class Spoken:
    text: str = arg("", required=True, help="What to say.", example="Hello, ${member_name}!")
    text_type: str = arg("", wire="textType", choices=("text", "ssml"), help="What the text is; `text` unless set.")
    language: str = arg("", help="Language; told from the letters unless set.", example="uk-UA")
    voice: str = arg("", help="The provider's name of a voice; empty: the language's usual one.")
    speaking_rate: float = arg(0.0, wire="speakingRate", help="0.25 to 4 times the usual speed.")
    pitch: float = arg(0.0, help="-20 to 20 semitones.")
    volume_gain_db: float = arg(0.0, wire="volumeGainDb", help="-96 to 16 dB.")
    profile: dict[str, Any] = arg(dict, help="Not used: the service's settings choose the provider.")
    background: dict[str, Any] = arg(dict, help="Not supported here.")


async def sound_of(run: Run, spoken: Spoken) -> SoundFile:
    """Raises AppFailed without a text or a call, SpeechRefused or SpeechFailed when it cannot be said."""
    run.caller()
    return await run.env.speech.speak(utterance(spoken))


def utterance(spoken: Spoken) -> Utterance:
    """Raises AppFailed when there is no text."""
    if not spoken.text.strip():
        raise AppFailed("no text to say")
    return Utterance(
        text=spoken.text,
        ssml=spoken.text_type.lower() == "ssml",
        language=spoken.language,
        voice=spoken.voice,
        rate=_within(RATES, spoken.speaking_rate) if spoken.speaking_rate else 1.0,
        pitch=_within(PITCHES, spoken.pitch),
        gain_db=_within(GAINS_DB, spoken.volume_gain_db),
    )


def unused(spoken: Spoken) -> list[str]:
    """A sentence for what was asked for and is not done."""
    return ["the background is not supported here"] if spoken.background else []


def _within(limits: tuple[float, float], value: float) -> float:
    return min(max(value, limits[0]), limits[1])


def known_ahead(program: Program) -> Iterator[Utterance]:
    """What a program says whatever its variables are, in order: it can be rendered before anybody is called."""
    for block in program.blocks:
        for step in block.steps:
            for raw in _spoken_by(step):
                yield from _without_variables(raw)
    for inner in (*program.functions.values(), *program.triggers.values()):
        yield from known_ahead(inner)


def _spoken_by(step: Step) -> Iterator[Any]:
    if step.app == "tts":
        yield step.args
    elif step.app == "playback" and isinstance(step.args, dict):
        files = step.args.get("files")
        yield from (file.get("tts") for file in files if isinstance(file, dict)) if isinstance(files, list) else ()


def _without_variables(raw: Any) -> Iterator[Utterance]:
    if not isinstance(raw, dict) or "${" in str(raw):
        return
    try:
        yield utterance(decode(Spoken, raw, str))
    except AppFailed:
        return
