"""What the carrier saw, one JSON object a line, appended as it happens: it survives whoever called."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Event = Literal["invite", "cancel", "answered", "ack", "bye", "ended", "key", "refer"]
"""invite: a new INVITE (or a copy of one); cancel: heard; answered: 200 sent; ack: heard; bye: heard or sent;
key: one the caller pressed by telephone-events; refer: heard; ended: the leg is over, with its figures."""


@dataclass(frozen=True, slots=True)
class Entry:
    at: int
    """Epoch ms."""
    event: Event
    call: str
    """The Call-ID."""
    number: str
    more: dict[str, Any] = field(default_factory=dict)
    """Of every event: ``copy`` true for a retransmission. Of ``invite``: ``lost``, ``attempt``. Of ``bye``:
    ``by``. Of ``key``: ``key``, ``ms``. Of ``refer``: ``target``. Of ``ended``: ``by``, ``received``,
    ``first_rtp_ms``, ``first_sound_ms``, ``last_seq``."""


class Journal:
    """Writes the file, if there is one, and lets tests wait for what they look for."""

    def __init__(self, path: Path | None = None) -> None:
        self.entries: list[Entry] = []
        """Kept here only while there is no file."""
        self._file = path.open("ab", buffering=0) if path else None
        self._news = asyncio.Event()

    def write(self, at: int, event: Event, call: str, number: str, **more: Any) -> None:
        if self._file is None:
            self.entries.append(Entry(at, event, call, number, more))
        else:
            row = {"at": at, "event": event, "call": call, "number": number, **more}
            self._file.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
        self._news.set()

    async def until(self, enough: Callable[[list[Entry]], bool]) -> None:
        """Returns as soon as the entries satisfy; set your own timeout around it."""
        while not enough(self.entries):
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        if self._file:
            self._file.close()


def read(path: Path) -> list[Entry]:
    """A journal from its file; a half-written last line is left out."""
    rows = (json.loads(line) for line in path.read_bytes().split(b"\n")[:-1])
    return [Entry(row.pop("at"), row.pop("event"), row.pop("call"), row.pop("number"), row) for row in rows]


@dataclass(slots=True)
class Told:
    """One call as the carrier tells it."""

    number: str
    invited_at: int
    reached: bool = False
    """False: every copy of its INVITE was lost on the way."""
    answered_at: int = 0
    acked: bool = False
    ended_at: int = 0
    ended_by: str = ""
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def up(self) -> bool:
        """Answered, and nobody has hung up."""
        return bool(self.answered_at and not self.ended_at)


def tell(entries: Iterable[Entry]) -> dict[str, Told]:
    """Call-ID → its story, in the order of the INVITEs."""
    calls: dict[str, Told] = {}
    for entry in entries:
        if entry.event == "invite":
            begun = calls.setdefault(entry.call, Told(entry.number, entry.at))
            begun.reached = begun.reached or not entry.more.get("lost")
        call = calls.get(entry.call)
        if call is None or entry.more.get("copy"):
            continue
        if entry.event == "answered":
            call.answered_at = entry.at
        elif entry.event == "ack":
            call.acked = True
        elif entry.event == "ended":
            call.ended_at, call.ended_by, call.figures = entry.at, entry.more["by"], entry.more
    return calls


def peak(calls: Iterable[Told]) -> int:
    """The most calls that were going on at once, ringing or answered."""
    steps = [step for call in calls if call.reached for step in ((call.invited_at, 1), (call.ended_at or 1 << 62, -1))]
    most = going = 0
    for _, step in sorted(steps):
        going += step
        most = max(most, going)
    return most
