"""Which of espeak-ng's voices speaks, and with which figures. Pure."""

from __future__ import annotations

import re

USUAL_RATE = 165
"""Words a minute: a little slower than espeak-ng's own, for the telephone."""
RATES = (80, 450)
PITCH_PER_SEMITONE = 50 / 12
"""espeak-ng's pitch runs from an octave below (0) to an octave above (99) a voice's own (50)."""

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z]")
_RUSSIAN_ONLY = re.compile(r"[ыэъёЫЭЪЁ]")
_UKRAINIAN_ONLY = re.compile(r"[іїєґІЇЄҐ]")
_CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
_OF_A_CLOUD = re.compile(r"([a-z]{2,3}-[A-Z]{2})-\w.*")
"""Such as ``uk-UA-Standard-A`` or ``en-US-JennyNeural``: the language is told, the rest is another provider's."""
_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ]{0,30}")
_OTHER_NAMES = {"zh": "cmn", "iw": "he", "no": "nb", "in": "id"}
_GENDERS = {"female": "f3", "male": "m3"}
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_SHORT = re.compile(r"\b(грн|коп)\b\.?", re.IGNORECASE)
_SHORT_WORDS = {"грн": "гривень", "коп": "копійок"}
_IN_CYRILLIC = frozenset({"be", "bg", "cv", "kk", "ky", "mk", "ru", "sr", "tt", "uk"})


def language_of(text: str, usual: str) -> str:
    """For a text whose language nobody named: the usual one, unless it is written in other letters."""
    cyrillic, latin = bool(_CYRILLIC.search(text)), bool(_LATIN.search(text))
    if usual[:2].lower() in _IN_CYRILLIC:
        return "en-US" if latin and not cyrillic else usual
    if not cyrillic:
        return usual
    return "ru-RU" if _RUSSIAN_ONLY.search(text) and not _UKRAINIAN_ONLY.search(text) else "uk-UA"


def voices(language: str, voice: str) -> tuple[list[str], str]:
    """espeak-ng's names to try, and a variant of the voice ("" for none).

    ``voice`` may be a variant (``f2``, ``Annie``), ``female`` or ``male``, or a language by espeak-ng's name; a name of
    some cloud's voice is passed over.
    """
    cloud = _OF_A_CLOUD.fullmatch(voice)
    if cloud:
        return _names(language or cloud[1]), ""
    if voice.lower() in _GENDERS:
        return _names(language), _GENDERS[voice.lower()]
    return _names(language), voice if _VARIANT.fullmatch(voice) else ""


def _names(language: str) -> list[str]:
    """From the most particular to the plain language; empty for what is no language code."""
    if not _CODE.fullmatch(language):
        return []
    parts = language.lower().replace("_", "-").split("-")
    parts[0] = _OTHER_NAMES.get(parts[0], parts[0])
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


def readable(text: str, language: str) -> str:
    """The text as espeak-ng reads it well: its Ukrainian calls the colon of a time by name and spells грн."""
    if language[:2].lower() != "uk":
        return text
    text = _CLOCK.sub(lambda time: f"{time[1]} {time[2].replace('00', 'нуль нуль')}", text)
    return _SHORT.sub(lambda found: _SHORT_WORDS[found[1].lower()], text)


def rate(times: float) -> int:
    return round(min(max(USUAL_RATE * times, RATES[0]), RATES[1]))


def pitch(semitones: float) -> int:
    return round(min(max(50 + semitones * PITCH_PER_SEMITONE, 0), 99))


def volume(gain_db: float) -> int:
    """100 is usual; 200, twice the amplitude, is the most."""
    return round(min(100 * 10 ** (gain_db / 20), 200))
