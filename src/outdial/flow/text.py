"""Text expansion: ``$${global}``, ``${variable}``, ``${variable.path}`` (flow-engine §2.2, §2.3).

One pass: what a value contains is never expanded again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol
from urllib.parse import quote

from outdial.flow import paths
from outdial.flow.errors import AppFailed

MAX_TEXT = 1_000_000
"""Characters one expanded text may have."""

MAX_NAME = 1000
"""Characters of a name; longer ones are missing."""

_INDEX = re.compile(r"\[(\d+)\]")


class Variables(Protocol):
    def get(self, name: str) -> str | None: ...


class Scope:
    """Where names are looked up."""

    __slots__ = ("_clock", "_globals", "_variables")

    def __init__(self, variables: Variables, globals: Mapping[str, str], clock: Callable[[], int]) -> None:
        self._variables = variables
        self._globals = globals
        self._clock = clock

    def expand(self, text: str) -> str:
        """Raises AppFailed when the result grows beyond MAX_TEXT."""
        return self._replace(text, globals=True)

    def expand_variables(self, text: str) -> str:
        """Without globals, as ``switch`` does it."""
        return self._replace(text, globals=False)

    def value(self, name: str) -> str:
        """The value of ``${name}`` without any ``.uri()``; "" when missing."""
        if len(name) > MAX_NAME:
            return ""
        if name == "strepoch()":
            return str(self._clock() // 1000)
        first = head(name)
        if first:
            root = self._variables.get(first)
            if root is not None:
                return paths.read(root, _INDEX.sub(r".\1", name[len(first) :]).removeprefix("."))
        return self._variables.get(name) or ""

    def global_value(self, name: str) -> str:
        return self._globals.get(name, "")

    def _replace(self, text: str, *, globals: bool) -> str:
        if "${" not in text:
            return text
        parts: list[str] = []
        at, size = 0, len(text)
        for start, end, name in names(text):
            of_domain = globals and start > at and text[start - 1] == "$"
            value = self._one(name, of_domain)
            parts += (text[at : start - of_domain], value)
            at, size = end, size + len(value)
            if size > MAX_TEXT:
                raise AppFailed(f"the text would be longer than {MAX_TEXT} characters")
        return "".join((*parts, text[at:]))

    def _one(self, name: str, of_domain: bool) -> str:
        encoded = name.endswith(".uri()")
        plain = name.removesuffix(".uri()")
        value = self.global_value(plain) if of_domain else self.value(plain)
        return quote(value.encode("utf-8", "replace"), safe="!'()*~") if encoded else value


def names(text: str, opening: str = "${") -> Iterator[tuple[int, int, str]]:
    """Where each ``${name}`` starts and ends, and the name. Takes linear time, whatever the text."""
    start = text.find(opening)
    while start >= 0:
        end = text.find("}", start + len(opening))
        if end < 0:
            return
        yield start, end + 1, text[start + len(opening) : end]
        start = text.find(opening, end + 1)


def substitute(text: str, opening: str, code: Callable[[str], str]) -> str:
    """The text with each name between ``opening`` and ``}`` replaced."""
    parts: list[str] = []
    at = 0
    for start, end, name in names(text, opening):
        parts += (text[at:start], code(name))
        at = end
    return "".join((*parts, text[at:]))


def head(name: str) -> str:
    """What stands before the first ``.`` or ``[`` of a path; "" when the name is no path."""
    dot, bracket = name.find("."), name.find("[")
    if bracket > 0 and (dot < 0 or bracket < dot):
        return name[:bracket] if _INDEX.match(name, bracket) else ""
    return name[:dot] if dot > 0 else ""
