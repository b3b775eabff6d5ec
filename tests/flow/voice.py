"""A voice and an ear for flows: what was asked of them is kept, a text lasts a tenth of a second per character."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from outdial.flow.errors import SpeechFailed
from outdial.flow.ports.speech import NO_SPEECH, Heard, Question, SoundFile, Utterance

PER_CHARACTER_MS = 100


class Voice:
    """``flow.ports.speech.Speech``. ``answers`` is what the caller says, and when (ms from the question)."""

    def __init__(self, *, out_of_order: bool = False, answers: tuple[int, Heard] | None = None) -> None:
        self.said: list[Utterance] = []
        self.ahead: list[Utterance] = []
        self.asked: list[Question] = []
        self._out_of_order = out_of_order
        self._answers = answers

    @property
    def texts(self) -> list[str]:
        return [what.text for what in self.said]

    async def speak(self, what: Utterance) -> SoundFile:
        self.said.append(what)
        if self._out_of_order:
            raise SpeechFailed("the voice is hoarse")
        return sound(what.text)

    def prepare(self, texts: Iterable[Utterance]) -> None:
        self.ahead.extend(texts)

    async def hear(self, what: Question) -> Heard:
        self.asked.append(what)
        if self._out_of_order:
            raise SpeechFailed("the ear is deaf")
        if self._answers is None:
            return await NO_SPEECH.hear(what)
        await asyncio.sleep(self._answers[0] / 1000)
        return self._answers[1]


def sound(text: str) -> SoundFile:
    return SoundFile(Path(f"{text}.alaw"), Path(f"{text}.ulaw"), PER_CHARACTER_MS * len(text))
