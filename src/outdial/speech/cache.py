"""Spoken texts on disk, cut to frames: a folder of bounded size, out of which the longest unused go."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections import OrderedDict
from dataclasses import astuple
from pathlib import Path

from outdial.audio.g711 import Samples
from outdial.audio.law import RATE
from outdial.audio.prompt import write_laws
from outdial.flow.ports.speech import SoundFile, Utterance


class Cache:
    """One process at a time may use a folder. The last use of a sound is kept as its file's time of access."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """Looks through the folder: some milliseconds for a thousand sounds."""
        self._folder = folder
        self._most = most_bytes
        self._sizes: OrderedDict[str, int] = OrderedDict()
        """Key → bytes of both files, longest unused first."""
        self._bytes = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._look_through()

    @property
    def bytes(self) -> int:
        return self._bytes

    def find(self, key: str) -> SoundFile | None:
        """What was kept; it counts as used now."""
        if key not in self._sizes:
            return None
        sound = self._sound(key)
        try:
            os.utime(sound.alaw, ns=(time.time_ns(), sound.alaw.stat().st_mtime_ns))
            sound.ulaw.stat()
        except FileNotFoundError:  # somebody has tidied up
            self._drop(key)
            return None
        self._sizes.move_to_end(key)
        return sound

    def write(self, key: str, samples: Samples) -> None:
        """Blocks: for a thread. ``keep`` makes it known. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_laws(samples, self._folder / key)

    def keep(self, key: str) -> SoundFile:
        """Counts what ``write`` wrote, and makes room."""
        self._count(key, 2 * self._path(key, "alaw").stat().st_size)
        while self._bytes > self._most and len(self._sizes) > 1:
            self._drop(next(iter(self._sizes)))
        return self._sound(key)

    def _count(self, key: str, size: int) -> None:
        self._bytes += size - self._sizes.pop(key, 0)
        self._sizes[key] = size

    def _sound(self, key: str) -> SoundFile:
        ms = self._sizes[key] * 1000 // (2 * RATE)
        return SoundFile(self._path(key, "alaw"), self._path(key, "ulaw"), ms)

    def _drop(self, key: str) -> None:
        """A call that plays it goes on: the media process has the file mapped."""
        self._bytes -= self._sizes.pop(key, 0)
        for law in ("alaw", "ulaw"):
            self._path(key, law).unlink(missing_ok=True)

    def _path(self, key: str, law: str) -> Path:
        return self._folder / f"{key}.{law}"

    def _look_through(self) -> None:
        used: list[tuple[int, str, int]] = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                state = path.stat()
                if path.suffix == ".alaw" and path.with_suffix(".ulaw").exists():
                    used.append((state.st_atime_ns, path.stem, 2 * state.st_size))
                elif path.suffix == ".part":  # the service died while it wrote
                    path.unlink()
        for _, key, size in sorted(used):
            self._count(key, size)


def key_of(identity: str, what: Utterance) -> str:
    """The same for the same sound, in every run."""
    return hashlib.sha256(json.dumps([identity, *astuple(what)]).encode()).hexdigest()[:40]
