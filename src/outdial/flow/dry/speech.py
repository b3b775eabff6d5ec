"""Speech in a dry run: a text takes as long as it takes to say, and nobody says anything."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from outdial.flow.ports.speech import NoSpeech, SoundFile, Utterance

MS_PER_CHARACTER = 70


class SilentSpeech(NoSpeech):
    async def speak(self, what: Utterance) -> SoundFile:
        """The path is the text, for the timeline; there is no such file."""
        said = Path(what.text.replace("/", " "))
        return SoundFile(said, said, max(300, len(what.text) * MS_PER_CHARACTER))

    def prepare(self, texts: Iterable[Utterance]) -> None: ...
