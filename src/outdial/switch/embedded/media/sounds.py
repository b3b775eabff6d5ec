"""Sounds of the port as the media process is told of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from outdial.switch.embedded.media import records
from outdial.switch.port import Frames, Silence, Sound, Tone


class Sounds:
    """Tones are rendered once into a folder of their own, from where they play like any prompt."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._clips: dict[str, records.Clip] = {}

    def record(self, sound: Sound) -> records.Clip | records.Quiet:
        """Raises BadAudio when a tone's script does not parse."""
        match sound:
            case Frames(alaw, ulaw):
                return records.Clip(str(alaw), str(ulaw))
            case Silence(ms):
                return records.Quiet(ms)
            case Tone(script):
                return self._clip(script)

    def endless(self, sound: Sound) -> records.Clip | records.Quiet:
        """The same again and again. Raises BadAudio."""
        found = self.record(sound)
        return records.Quiet(0) if isinstance(found, records.Quiet) else msgspec.structs.replace(found, loops=0)

    def _clip(self, script: str) -> records.Clip:
        if script not in self._clips:
            self._clips[script] = self._render(script)
        return self._clips[script]

    def close(self) -> None:
        self._clips.clear()
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    def _render(self, script: str) -> records.Clip:
        from outdial.audio.prompt import write_laws
        from outdial.audio.tones import render

        tones = render(script)
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="outdial-tones-")
        alaw, ulaw = write_laws(tones.samples, Path(self._folder.name) / str(len(self._clips)), frame=1)
        return records.Clip(str(alaw), str(ulaw), tones.loops)
