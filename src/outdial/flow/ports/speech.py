"""Speaking and hearing, as a flow asks for them. Where neither is at hand, the answer is a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from outdial.flow.errors import SpeechRefused

MAX_TEXT = 3000
"""Characters of one text, markup included."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is to be said, and how (flow-engine §4.3)."""

    text: str
    ssml: bool = False
    """The text is SSML (W3C Speech Synthesis Markup)."""
    language: str = ""
    """BCP 47, such as ``uk-UA``; empty: the provider's choice."""
    voice: str = ""
    """In the provider's own words; empty: the language's usual one."""
    rate: float = 1.0
    """Times the usual speed."""
    pitch: float = 0.0
    """Semitones above or below the usual pitch."""
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A sound that is no media file of the domain, cut to frames: raw A-law and µ-law, 8000 bytes a second each."""

    alaw: Path
    ulaw: Path
    ms: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be recognized of the caller's speech (``getSpeech``, flow-engine §4.2)."""

    call: str
    """The call's id: whom to listen to."""
    language: str
    hints: str = ""
    min_words: int = 0
    max_words: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What the caller said."""

    text: str
    final: bool = True
    """False: a guess, before the caller had ended."""


class Speech(Protocol):
    async def speak(self, what: Utterance) -> SoundFile:
        """Raises SpeechRefused for what can never be said, SpeechFailed when the provider could not."""
        ...

    def prepare(self, texts: Iterable[Utterance]) -> None:
        """These will be asked for: a hint, nothing is waited for."""
        ...

    async def hear(self, what: Question) -> Heard:
        """Listens from now on until somebody said something; cancelled when the time is over.

        Raises SpeechRefused where nothing recognizes, SpeechFailed when the provider could not.
        """
        ...


class NoSpeech:
    """Where nothing speaks and nothing listens."""

    async def speak(self, what: Utterance) -> SoundFile:
        raise SpeechRefused("there is no text to speech here")

    def prepare(self, texts: Iterable[Utterance]) -> None: ...

    async def hear(self, what: Question) -> Heard:
        raise SpeechRefused("getSpeech needs a speech recognition provider, and none is set up here")


NO_SPEECH = NoSpeech()
