"""Where a call's recording lies, and what history says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from outdial.domain.attempt import Attempt, CallFacts
from outdial.store.files import Files
from outdial.store.steps import RecordingFile

EMPTY_BYTES = 100
"""A WAV of not more than its header holds nothing to listen to."""


class Recordings:
    """Names recordings by day and call, under the files' root."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def path(self, attempt: Attempt) -> Path:
        """Where the media process shall write; the folder exists afterwards."""
        return self._files.new(_key(attempt))

    def of(self, attempt: Attempt, path: Path | None, facts: CallFacts) -> tuple[RecordingFile, ...]:
        """The recording that the call left, if it left one. The file is complete when the call has hung up."""
        if path is None or not facts.answered_at or not path.exists():
            return ()
        size = path.stat().st_size
        if size <= EMPTY_BYTES:
            return ()
        name = f"{facts.answered_at}_{attempt.display}_{attempt.communication.destination}.wav"
        return (RecordingFile(_key(attempt), name, "audio/wav", size, facts.answered_at, facts.hangup_at),)


def _key(attempt: Attempt) -> str:
    day = datetime.fromtimestamp(attempt.joined_at / 1000, UTC)
    return f"recordings/{day:%Y/%m/%d}/{attempt.call_id}.wav"
