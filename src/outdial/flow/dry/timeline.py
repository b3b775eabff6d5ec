"""What happened when: a dry run as somebody beside the caller would tell it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from outdial.flow.ports import MediaRef, SilenceMs, Sound, ToneScript
from outdial.flow.trace import Trace

MAX_EVENTS = 5000
MAX_STEPS = 20_000
MAX_REAL_S = 3.0
"""Of computing; virtual time costs nothing."""

Row = dict[str, Any]


class Timeline(Trace):
    """The trace of a dry run, with everything else that happened around the steps.

    An event has ``ms`` since the start, ``event``, the ``path`` of the step it belongs to, and what there is to tell.
    """

    def __init__(self, now: Callable[[], int], stop: Callable[[], None]) -> None:
        super().__init__()
        self.events: list[Row] = []
        self.stopped = ""
        """Why the run was stopped, when it went too far."""
        self.started = now()
        self.path = ""
        """Of the step under way."""
        self._now = now
        self._stop = stop
        self._steps = 0
        self._until = time.monotonic() + MAX_REAL_S

    def tell(self, event: str, **more: Any) -> None:
        if len(self.events) < MAX_EVENTS:
            path = {"path": self.path} if self.path else {}
            self.events.append({"ms": self._now() - self.started, "event": event, **path, **self.veiled(more)})

    def begin(self, path: str, app: str) -> None:
        self.path = path
        self.tell("step", app=app)
        self._steps += 1
        if self._steps > MAX_STEPS:
            self.stop(f"more than {MAX_STEPS} steps")
        elif time.monotonic() > self._until:
            self.stop(f"more than {MAX_REAL_S:.0f} seconds of computing")

    def add(self, row: Mapping[str, Any], args: type | None = None) -> None:
        super().add(row, args)
        self.path = row["path"]
        changes = {"set": row["set"]} if row["set"] else {}
        self.tell("done", app=row["app"], result=row["result"], **changes)

    def stop(self, why: str) -> None:
        self.stopped = self.stopped or why
        self._stop()


def shown(sound: Sound, length_ms: Callable[[Sound], int]) -> Row:
    """A sound as the timeline tells it."""
    if isinstance(sound, MediaRef):
        return {"media": {"id": str(sound.id), "name": sound.name}, "length_ms": length_ms(sound)}
    if isinstance(sound, SilenceMs):
        return {"silence": True, "length_ms": sound.ms}
    if isinstance(sound, ToneScript):
        return {"tone": sound.script, "length_ms": length_ms(sound)}
    return {"sound": sound.alaw.stem, "length_ms": sound.ms}
