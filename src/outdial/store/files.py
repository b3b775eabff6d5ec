"""Media files and recordings on the local disk, by key."""

from __future__ import annotations

import os
import re
from pathlib import Path

from outdial.domain.errors import Bug, NotFound

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


class Files:
    """Keys are relative paths of plain names: ``recordings/2026-11-24/call.wav``. Calls block: use a thread."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._root.mkdir(parents=True, exist_ok=True)

    def path(self, key: str) -> Path:
        """Where the file is or will be. Raises Bug for a key that is not of plain names."""
        if not _SAFE.fullmatch(key) or len(key) > 200:
            raise Bug(f"{key!r} is not a key for a file.")
        return self._root / key

    def new(self, key: str) -> Path:
        """The path for somebody else to write to; its folder exists."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def put(self, key: str, data: bytes | Path) -> int:
        """Stores bytes, or moves a finished file in; either is there whole or not at all. Answers the size."""
        target = self.new(key)
        aside = target.with_name(f"{target.name}.part")
        if isinstance(data, Path):
            aside = data
        else:
            aside.write_bytes(data)
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.replace(target)
        _sync_folder(target.parent)
        return target.stat().st_size

    def size(self, key: str) -> int:
        """Bytes. Raises NotFound."""
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            raise NotFound(f"The file {key} is not there any more.", id="store.file.get.app_error") from None

    def delete(self, key: str) -> None:
        """A file that is gone already is no error."""
        self.path(key).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Makes a rename survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
