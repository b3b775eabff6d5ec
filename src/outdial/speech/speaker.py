"""Text to speech as flows ask for it: each text is rendered once, whoever asks and how often."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

import structlog

from outdial.audio.decode import decode
from outdial.audio.errors import BadAudio
from outdial.audio.law import RATE
from outdial.flow.errors import SpeechFailed, SpeechRefused
from outdial.flow.ports.speech import MAX_TEXT, NO_SPEECH, Heard, Question, SoundFile, Utterance
from outdial.speech.cache import Cache, key_of
from outdial.speech.provider import MAX_SECONDS, Provider
from outdial.speech.voices import language_of

log = structlog.get_logger(__name__)

WAIT_S = 15.0
"""A flow waits so long for its text, with the caller hearing nothing."""
MOST_AT_A_TIME = 200
"""Texts being rendered or waiting for it."""
MOST_AHEAD = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Speaker:
    """``flow.ports.speech.Speech``. Nobody recognizes speech here."""

    def __init__(self, provider: Provider, cache: Cache, language: str, voice: str = "") -> None:
        """``language`` is for texts that name none and whose letters do not tell; ``voice`` for those without one."""
        self._provider = provider
        self._cache = cache
        self._language = language
        self._voice = voice
        self._rendering: dict[str, asyncio.Task[SoundFile]] = {}
        self._ahead: deque[Utterance] = deque(maxlen=MOST_AHEAD)
        self._preparing: asyncio.Task[None] | None = None

    async def speak(self, what: Utterance) -> SoundFile:
        what = self._checked(what)
        key = key_of(self._provider.identity, what)
        task = self._rendering.get(key)
        if task is None:
            found = self._cache.find(key)
            if found is not None:
                return found
            task = self._start(key, what)
        try:
            async with asyncio.timeout(WAIT_S):
                return await asyncio.shield(task)  # another flow may wait for it too
        except TimeoutError:
            raise SpeechFailed(f"the text was not spoken within {WAIT_S:g} s") from None

    async def hear(self, what: Question) -> Heard:
        return await NO_SPEECH.hear(what)

    def prepare(self, texts: Iterable[Utterance]) -> None:
        """Renders in the background, one after the other, what flows will say."""
        self._ahead.extend(texts)
        if self._ahead and (self._preparing is None or self._preparing.done()):
            self._preparing = asyncio.create_task(self._prepare())

    async def close(self) -> None:
        tasks = [*self._rendering.values(), *filter(None, [self._preparing])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._provider.close()

    def _checked(self, what: Utterance) -> Utterance:
        """Raises SpeechRefused for what no provider should be asked."""
        if len(what.text) > MAX_TEXT:
            raise SpeechRefused(f"the text has {len(what.text)} characters; at most {MAX_TEXT} are spoken at a time")
        text = _clean(what.text)
        if not any(sign.isalnum() for sign in text):
            raise SpeechRefused("the text has neither letters nor digits to say")
        language = what.language or language_of(text, self._language)
        return replace(what, text=text, language=language, voice=what.voice or self._voice)

    def _start(self, key: str, what: Utterance) -> asyncio.Task[SoundFile]:
        if len(self._rendering) >= MOST_AT_A_TIME:
            raise SpeechFailed(f"{MOST_AT_A_TIME} texts wait to be spoken already")
        task = self._rendering[key] = asyncio.create_task(self._render(key, what))
        task.add_done_callback(lambda done: self._rendered(key, done))
        return task

    def _rendered(self, key: str, task: asyncio.Task[SoundFile]) -> None:
        del self._rendering[key]
        if not task.cancelled() and (error := task.exception()):
            log.info("speech.failed", reason=str(error))

    async def _render(self, key: str, what: Utterance) -> SoundFile:
        audio = await self._provider.audio(what)
        await asyncio.to_thread(self._cut, key, audio)  # not in the worker: an import there must not hold a call
        return self._cache.keep(key)

    def _cut(self, key: str, audio: bytes) -> None:
        try:
            samples = decode(audio)
        except BadAudio as error:
            raise SpeechFailed(f"the provider's sound cannot be used: {error}") from None
        if len(samples) > MAX_SECONDS * RATE:
            raise SpeechFailed(f"the provider's sound is longer than {MAX_SECONDS // 60} minutes")
        try:
            self._cache.write(key, samples)
        except OSError as error:
            raise SpeechFailed(f"the sound cannot be written to the data folder: {error.strerror}") from error

    async def _prepare(self) -> None:
        while self._ahead:
            with contextlib.suppress(SpeechRefused, SpeechFailed):  # told when a flow asks for it
                await self.speak(self._ahead.popleft())


def _clean(text: str) -> str:
    """Without what voices may take for commands: control characters; lone surrogates cannot be written as UTF-8."""
    text = text.encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", text).strip()
