"""``say``: numbers, dates and spellings by the media server's grammar, such as ``en number pronounced 42``."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from outdial.flow.apps.playback import play
from outdial.flow.apps.speaking import Spoken, sound_of
from outdial.flow.declare import VOICE, application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.sayings import Moment, saying

GRAMMAR = "expected a language, a type, a method and a value, such as `en number pronounced 42`"
GENDERS = frozenset({"feminine", "masculine", "neuter"})


@dataclass(frozen=True, slots=True)
class Say:
    text: str = arg(
        "", whole=True, raw=True, help="Language, type, method and value.", example="en number pronounced 42"
    )


@application(
    "say",
    args=Say,
    group="call",
    kinds=VOICE,
    waits=True,
    help="Says a number, a date, a time, or spells, by text to speech; playback_terminators stop it.",
)
async def say(run: Run, args: Say) -> str:
    """The text is expanded as the media server does it: variables only."""
    language, kind, method, value = _parsed(run.scope.expand_variables(args.text))
    text = saying(language, kind, method, value, Moment(run.env.clock(), ZoneInfo(run.zone)))
    await play(run, [await sound_of(run, Spoken(text=text, language=language))])
    return text


def _parsed(text: str) -> tuple[str, str, str, str]:
    """Raises AppFailed. A gender between method and value is taken and not used: a voice chooses its own forms."""
    words = text.split(maxsplit=3)
    if len(words) < 3:
        raise AppFailed(GRAMMAR)
    module, kind, method = words[:3]
    value = words[3] if len(words) > 3 else ""
    first, _, rest = value.partition(" ")
    if first.lower() in GENDERS and rest:
        value = rest.lstrip()
    _, _, dialect = module.partition(":")
    return dialect or module, kind.lower(), method.lower(), value.strip()
