"""What makes sound of a text."""

from __future__ import annotations

from typing import Protocol

from outdial.flow.ports.speech import Utterance

MAX_SECONDS = 300
"""Of one text's sound."""


class Provider(Protocol):
    """Drivers: ``espeak`` on this machine, ``remote`` by HTTP."""

    @property
    def identity(self) -> str:
        """Part of the cache's key: two providers, or two ways of asking one, give different sounds."""
        ...

    async def audio(self, what: Utterance) -> bytes:
        """A WAV or MP3 file. The language is set. Raises SpeechRefused or SpeechFailed."""
        ...

    async def close(self) -> None: ...
