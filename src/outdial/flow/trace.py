"""What a run did, step by step: the answer to "why did it do that?"."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

MAX_STEPS = 500
MAX_CHARS = 500


@dataclass(frozen=True, slots=True)
class TraceStep:
    path: str
    app: str
    at: int
    """Epoch ms."""
    ms: int
    result: str
    """``ok``, a value, or why it failed."""
    args: object
    """After expansion."""
    changed: dict[str, str]
    """Variables this step changed, with their new values."""
    tag: str = ""


class Trace:
    """Keeps the first steps of a run and counts the rest."""

    def __init__(self, limit: int = MAX_STEPS) -> None:
        self.steps: list[TraceStep] = []
        self.left_out = 0
        self._limit = limit

    def add(self, step: TraceStep) -> None:
        if len(self.steps) < self._limit:
            self.steps.append(step)
        else:
            self.left_out += 1

    def rows(self) -> tuple[dict[str, Any], ...]:
        """As plain JSON, long texts cut, ready for the store."""
        rows = [_row(step) for step in self.steps]
        if self.left_out:
            rows.append({"path": "", "app": "", "result": f"{self.left_out} more steps are left out"})
        return tuple(rows)


def _row(step: TraceStep) -> dict[str, Any]:
    row: dict[str, Any] = {
        "path": step.path,
        "app": step.app,
        "at": step.at,
        "ms": step.ms,
        "result": _plain(step.result),
        "args": _plain(step.args),
    }
    if step.tag:
        row["tag"] = step.tag
    if step.changed:
        row["set"] = {name: _plain(value) for name, value in step.changed.items()}
    return row


def _plain(value: object, depth: int = 0) -> Any:
    if isinstance(value, str):
        return value if len(value) <= MAX_CHARS else f"{value[:MAX_CHARS]}… ({len(value)} characters)"
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth > 5:
        return "…"
    if isinstance(value, dict):
        return {str(key): _plain(item, depth + 1) for key, item in list(value.items())[:50]}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value[:50]]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields(value, depth)
    return str(value)


def _fields(value: Any, depth: int) -> dict[str, Any]:
    """A decoded argument object: only what differs from its default is worth reading."""
    shown = {}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if item != field.default and item not in ([], {}):
            shown[field.metadata.get("wire") or field.name] = _plain(item, depth + 1)
    return shown
