"""Text expansion: ``$${global}``, ``${variable}``, ``${variable.path}`` (flow-engine §2.2, §2.3).

One pass: what a value contains is never expanded again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import quote

from outdial.flow import paths
from outdial.flow.errors import AppFailed

MAX_TEXT = 1_000_000
"""Characters one expanded text may have."""

_WITH_GLOBALS = re.compile(r"(\$?)\$\{([\s\S]*?)\}")
_VARIABLES = re.compile(r"()\$\{([\s\S]*?)\}")
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
        return self._replace(_WITH_GLOBALS, text)

    def expand_variables(self, text: str) -> str:
        """Without globals, as ``switch`` does it."""
        return self._replace(_VARIABLES, text)

    def value(self, name: str) -> str:
        """The value of ``${name}`` without any ``.uri()``; "" when missing."""
        if name == "strepoch()":
            return str(self._clock() // 1000)
        head = _head(name)
        if head:
            root = self._variables.get(head)
            if root is not None:
                return paths.read(root, _INDEX.sub(r".\1", name[len(head) :]).removeprefix("."))
        return self._variables.get(name) or ""

    def global_value(self, name: str) -> str:
        return self._globals.get(name, "")

    def _replace(self, pattern: re.Pattern[str], text: str) -> str:
        if "${" not in text:
            return text
        left = MAX_TEXT - len(text)

        def one(found: re.Match[str]) -> str:
            nonlocal left
            value = self._one(found[1], found[2])
            left -= len(value)
            if left < 0:
                raise AppFailed(f"the text would be longer than {MAX_TEXT} characters")
            return value

        return pattern.sub(one, text)

    def _one(self, dollar: str, name: str) -> str:
        encoded = name.endswith(".uri()")
        plain = name.removesuffix(".uri()")
        value = self.global_value(plain) if dollar else self.value(plain)
        return quote(value.encode("utf-8", "replace"), safe="!'()*~") if encoded else value


def _head(name: str) -> str:
    """What stands before the first ``.`` or ``[`` of a path; "" when the name is no path."""
    dot, bracket = name.find("."), name.find("[")
    if bracket > 0 and (dot < 0 or bracket < dot):
        return name[:bracket] if _INDEX.match(name, bracket) else ""
    return name[:dot] if dot > 0 else ""
