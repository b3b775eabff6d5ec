"""Where a call's recordings lie, and what history says of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from outdial.domain.attempt import Attempt, CallFacts
from outdial.flow.errors import AppFailed
from outdial.flow.ports.recording import Take
from outdial.store.files import Files
from outdial.store.steps import RecordingFile
from outdial.switch.port import Call, Now, Recording, Tape

EMPTY_BYTES = 100
"""A WAV of not more than its header holds nothing to listen to."""


MOST_OF_A_CALL = 100


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

    def forget(self, rows: Iterable[RecordingFile]) -> None:
        """What nobody will ask for."""
        for row in rows:
            self._files.delete(row.key)

    def left(self, attempt: Attempt, facts: CallFacts) -> tuple[RecordingFile, ...]:
        """What the flow of a call recorded under a service that died; its names are lost."""
        first = self._files.path(_key(attempt))
        found = sorted(first.parent.glob(f"{first.stem}-*.wav")) if facts.answered_at else []
        sizes = [(path.name, path.stat().st_size) for path in found]
        return tuple(
            RecordingFile(
                _key(attempt, name.removeprefix(first.stem).removesuffix(".wav")),
                name,
                "audio/wav",
                size,
                facts.answered_at,
                facts.hangup_at,
            )
            for name, size in sizes
            if size > EMPTY_BYTES
        )

    def reel(self, attempt: Attempt, call: Call, now: Now) -> Reel:
        """For what the flow records of this call."""
        return Reel(self._files, attempt, call, now)


@dataclass(frozen=True, slots=True)
class Running:
    """A recording that a flow has begun."""

    recording: Recording
    key: str
    take: Take
    start_at: int


class Reel:
    """The recordings that a flow makes of one call, in order."""

    def __init__(self, files: Files, attempt: Attempt, call: Call, now: Now) -> None:
        self._files = files
        self._attempt = attempt
        self._call = call
        self._now = now
        self._begun: list[Running] = []

    def begin(self, take: Take) -> Running:
        """Raises AppFailed when there are too many already."""
        if len(self._begun) >= MOST_OF_A_CALL:
            raise AppFailed(f"this call has {MOST_OF_A_CALL} recordings already")
        key = _key(self._attempt, f"-{len(self._begun) + 1}")
        tape = Tape(self._files.new(key), take.sides, take.max_ms, take.silence_level, take.silence_ms)
        running = Running(self._call.record(tape), key, take, self._now())
        self._begun.append(running)
        return running

    async def rows(self) -> tuple[RecordingFile, ...]:
        """What is listed with the call, when it has ended. What is too short or empty is thrown away."""
        kept: list[RecordingFile] = []
        for running in self._begun:
            taped = await running.recording.ended()
            if taped.size <= EMPTY_BYTES or taped.ms < running.take.min_ms:
                self._files.delete(running.key)  # small, so it takes no time worth a thread
                continue
            name, start = f"{running.take.name}.wav", running.start_at
            kept.append(RecordingFile(running.key, name, "audio/wav", taped.size, start, start + taped.ms))
        return tuple(kept)


def _key(attempt: Attempt, part: str = "") -> str:
    day = datetime.fromtimestamp(attempt.joined_at / 1000, UTC)
    return f"recordings/{day:%Y/%m/%d}/{attempt.call_id}{part}.wav"
