"""What a run did, step by step: the answer to "why did it do that?"."""

from __future__ import annotations

import dataclasses
from typing import Any

MAX_STEPS = 500
MAX_CHARS = 500


class Trace:
    """Keeps the first steps of a run, as plain JSON with long texts cut, and counts the rest."""

    def __init__(self, limit: int = MAX_STEPS) -> None:
        self._rows: list[dict[str, Any]] = []
        self._left_out = 0
        self._limit = limit

    def add(self, row: dict[str, Any]) -> None:
        """One step: ``path, app, at`` (epoch ms), ``ms, result, args`` after expansion, ``set``, ``tag``."""
        if len(self._rows) < self._limit:
            self._rows.append({key: _plain(value) for key, value in row.items() if value not in (None, "", {})})
        else:
            self._left_out += 1

    def rows(self) -> tuple[dict[str, Any], ...]:
        if not self._left_out:
            return tuple(self._rows)
        return (*self._rows, {"path": "", "app": "", "result": f"{self._left_out} more steps are left out"})


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
