"""Speech as the service has it: the real speaking process, a folder of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from outdial.audio.g711 import Samples, decode
from outdial.audio.law import ALAW
from outdial.flow.ports.speech import SoundFile, Utterance
from outdial.speech.cache import Cache
from outdial.speech.espeak import Espeak
from outdial.speech.provider import Provider
from outdial.speech.speaker import Speaker


class Counted:
    """A provider around another, which counts what it is asked and can be held."""

    def __init__(self, inner: Provider) -> None:
        self.asked: list[Utterance] = []
        self.open = asyncio.Event()
        self.open.set()
        self._inner = inner

    @property
    def identity(self) -> str:
        return self._inner.identity

    async def audio(self, what: Utterance) -> bytes:
        self.asked.append(what)
        await self.open.wait()
        return await self._inner.audio(what)

    async def close(self) -> None:
        await self._inner.close()


@asynccontextmanager
async def speaking(
    folder: Path, provider: Provider | None = None, most_bytes: int = 50_000_000, language: str = "en-US"
) -> AsyncGenerator[Speaker, None]:
    speaker = Speaker(provider or Espeak(), Cache(folder / "speech", most_bytes), language)
    try:
        yield speaker
    finally:
        await speaker.close()


def heard(sound: SoundFile) -> Samples:
    return decode(sound.alaw.read_bytes(), ALAW)
