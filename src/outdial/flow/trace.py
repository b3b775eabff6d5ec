"""What a run did, step by step: the answer to "why did it do that?".

A trace is kept with the call and read by people, so it holds no secrets: neither what an application declares as
secret, nor what stands under a name such as ``password``, nor any value it was told to hide.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from outdial.flow.decode import inner_class

MAX_STEPS = 500
MAX_CHARS = 500
"""Of one text."""
MAX_ALL_CHARS = 200_000
"""Of a whole trace."""
HIDDEN = "••••"

_SECRET_NAME = re.compile(r"pass(word|wd|phrase)$|token$|secret|authorization$|api[-_]?key$|cookie$", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(://[^/\s:@?#]{0,200}):[^/\s@?#]{1,200}@")


class Trace:
    """Keeps the first steps of a run, as plain JSON with long texts cut, and counts the rest."""

    def __init__(self, limit: int = MAX_STEPS, secrets: Iterable[str] = ()) -> None:
        self._rows: list[dict[str, Any]] = []
        self._left_out = 0
        self._limit = limit
        self._chars = 0
        self._secrets: list[str] = []
        for value in secrets:
            self.hide(value)

    def hide(self, value: str) -> None:
        """The value shall not appear from now on, neither as it is nor as it looks inside a URL or JSON."""
        forms = {
            value,
            quote(value, safe="!'()*~"),
            json.dumps(value)[1:-1],
            json.dumps(value, ensure_ascii=False)[1:-1],
        }
        self._secrets = sorted({*self._secrets, *forms} - {""}, key=len, reverse=True)

    def begin(self, path: str, app: str) -> None:
        """A step starts. Nothing is kept; for those who watch a run."""

    def add(self, row: Mapping[str, Any], args: type | None = None) -> None:
        """One step that is over: ``path, app, at`` (epoch ms), ``ms, result, args`` after expansion, ``set``, ``tag``.

        ``args`` is the class that declares the application's arguments: when they could not be decoded, it still
        tells which of them are secret.
        """
        if self._left_out or len(self._rows) >= self._limit or self._chars >= MAX_ALL_CHARS:
            self._left_out += 1
            return
        plain: dict[str, Any] = {}
        for key, value in row.items():
            if value not in (None, "", {}):
                plain[key] = self._plain(value, 0, args if key == "args" else None)
        self._rows.append(plain)

    def veiled(self, value: Any) -> Any:
        """Any value as plain JSON without secrets; it does not count for the trace's length."""
        chars = self._chars
        shown = self._plain(value, 0)
        self._chars = chars
        return shown

    def rows(self) -> tuple[dict[str, Any], ...]:
        if not self._left_out:
            return tuple(self._rows)
        return (*self._rows, {"path": "", "app": "", "result": f"{self._left_out} more steps are left out"})

    def _plain(self, value: object, depth: int, shape: type | None = None) -> Any:
        """JSON without secrets. ``shape`` is the argument class that raw JSON was meant for."""
        self._chars += 8
        if isinstance(value, str):
            return self._text(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return HIDDEN if str(value) in self._secrets else value
        if depth > 5:
            return "…"
        if isinstance(value, Mapping):
            return self._mapping(value, depth, shape)
        if isinstance(value, list | tuple):
            return [self._plain(item, depth + 1, shape) for item in value[:50]]
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._fields(value, depth)
        return self._text(str(value))

    def _text(self, text: str) -> str:
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        if "://" in text and "@" in text:
            text = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
        shown = text if len(text) <= MAX_CHARS else f"{text[:MAX_CHARS]}… ({len(text)} characters)"
        self._chars += len(shown)
        return shown

    def _mapping(self, given: Mapping[Any, Any], depth: int, shape: type | None) -> dict[str, Any]:
        known = _known(shape) if shape is not None else {}
        shown: dict[str, Any] = {}
        for key, item in list(given.items())[:50]:
            secret, inner = known.get(str(key).lower(), (False, None))
            hidden = item and (secret or _SECRET_NAME.search(str(key)))
            shown[self._text(str(key))] = _veiled(item) if hidden else self._plain(item, depth + 1, inner)
        return shown

    def _fields(self, value: Any, depth: int) -> dict[str, Any]:
        """A decoded argument object: only what differs from its default is worth reading."""
        shown: dict[str, Any] = {}
        kind: type = type(value)
        for attribute, name, default, secret in _shown(kind):
            item = getattr(value, attribute)
            if item != default and item not in ([], {}):
                shown[name] = _veiled(item) if item and secret else self._plain(item, depth + 1)
        return shown


def _veiled(value: object) -> Any:
    """A secret of which only the names inside it are shown."""
    if isinstance(value, Mapping):
        return {str(key): HIDDEN for key in list(value)[:50]}
    return HIDDEN


@cache
def _shown(kind: Any) -> tuple[tuple[str, str, Any, bool], ...]:
    """Of each field: attribute, name on the wire, default, whether it is secret."""
    return tuple(
        (field.name, field.metadata.get("wire") or field.name, field.default, bool(field.metadata.get("secret")))
        for field in dataclasses.fields(kind)
    )


@cache
def _known(shape: type) -> dict[str, tuple[bool, type | None]]:
    """Lower-case name → whether it is secret, and the class of what lies inside it."""
    fields = dataclasses.fields(shape) if dataclasses.is_dataclass(shape) else ()
    return {
        (field.metadata["wire"] or field.name).lower(): (field.metadata["secret"], inner_class(shape, field.name))
        for field in fields
    }


Watch = Callable[[dict[str, Any]], None]
"""Hears of each step when it begins (``path, app``), and when it is over (``result`` and ``ms`` too)."""


class Watched(Trace):
    """A trace that somebody follows."""

    def __init__(self, watch: Watch, secrets: Iterable[str] = ()) -> None:
        super().__init__(secrets=secrets)
        self._watch = watch

    def begin(self, path: str, app: str) -> None:
        self._watch({"path": path, "app": app})

    def add(self, row: Mapping[str, Any], args: type | None = None) -> None:
        super().add(row, args)
        over = {name: row[name] for name in ("path", "app", "result", "ms") if name in row}
        self._watch({name: self.veiled(value) for name, value in over.items()})
