"""Prompts mapped from disk once and shared by all calls that play them."""

from __future__ import annotations

import mmap
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from outdial.audio.law import ALAW, Law
from outdial.switch.embedded.media.playlist import Piece, Playlist, quiet
from outdial.switch.embedded.media.records import Clip, Quiet

_MOST = 512


@dataclass(frozen=True, slots=True)
class _Mapped:
    data: mmap.mmap
    identity: tuple[int, int, int]
    """Inode, size and time of change: a file replaced under its name is mapped anew."""


class Prompts:
    def __init__(self) -> None:
        self._mapped: OrderedDict[str, _Mapped] = OrderedDict()

    def playlist(self, sounds: list[Clip | Quiet], law: Law) -> Playlist:
        """Raises OSError naming a file that cannot be mapped."""
        return Playlist(self.pieces(sounds, law), law)

    def pieces(self, sounds: list[Clip | Quiet], law: Law) -> list[Piece]:
        """Raises OSError naming a file that cannot be mapped."""
        found: list[Piece] = []
        for sound in sounds:
            if isinstance(sound, Quiet):
                found += quiet(law, sound.ms)
            else:
                data = self._map(sound.alaw if law is ALAW else sound.ulaw)
                found.append(Piece(data, len(data), sound.loops))
        return found

    def _map(self, path: str) -> mmap.mmap | bytes:
        state = Path(path).stat()
        identity = (state.st_ino, state.st_size, state.st_mtime_ns)
        known = self._mapped.get(path)
        if known and known.identity == identity:
            self._mapped.move_to_end(path)
            return known.data
        if not state.st_size:
            return b""
        with Path(path).open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        data.madvise(mmap.MADV_WILLNEED)  # read ahead: the wheel must not wait for the disk
        self._mapped[path] = _Mapped(data, identity)
        if len(self._mapped) > _MOST:
            self._mapped.popitem(last=False)
        return data
