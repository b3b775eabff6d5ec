"""YAML with the place of everything in it, so that a mistake can be pointed at.

Scalars keep their text: a phone number is never an octal, ``no`` is never false where a text is wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from outdial.domain.errors import UserMistake

MAX_BYTES = 16 << 20
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?")


class ConfigMistake(UserMistake):
    """Something in a configuration file is wrong."""

    id = "app.config.file"


@dataclass(frozen=True, slots=True)
class Place:
    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value where it stands. ``value``: the text of a scalar, a list of nodes, or nodes by key in their order."""

    place: Place
    path: str
    value: str | list[Node] | dict[str, Node] | None
    quoted: bool = False

    def fail(self, expected: str) -> ConfigMistake:
        return ConfigMistake(f"{self.place}: {self.path or 'the file'}: {expected}")

    def text(self) -> str:
        if not isinstance(self.value, str | None):
            raise self.fail("expected text")
        return self.value or ""

    def mapping(self) -> dict[str, Node]:
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.fail("expected keys and values")
        return self.value

    def items(self) -> list[Node]:
        """A list; a single value is a list of one."""
        if self.value is None:
            return []
        return self.value if isinstance(self.value, list) else [self]

    def plain(self) -> Any:
        """As JSON has it: for parts that are nobody's business here."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value if self.quoted else _scalar(self.value)


def _scalar(text: str | None) -> Any:
    if text is None or text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    return json.loads(text.lstrip("+")) if _NUMBER.fullmatch(text) else text


def read(path: Path) -> Node:
    """The one document of a file. Raises ConfigMistake."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigMistake(f"{path}: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise ConfigMistake(f"{path}: larger than {MAX_BYTES >> 20} MB")
    try:
        node = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        raise ConfigMistake(f"{path}: expected UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ConfigMistake(f"{path}{at}: {error.problem}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigMistake(f"{path}: not readable as YAML: {error}") from None
    return Node(Place(path, 1, 1), "", None) if node is None else _Reader(path).node(node, "", 0)


class _Reader:
    DEEPEST = 100

    def __init__(self, path: Path) -> None:
        self._path = path

    def node(self, found: yaml.Node, path: str, depth: int) -> Node:
        place = Place(self._path, found.start_mark.line + 1, found.start_mark.column + 1)
        if depth > self.DEEPEST:
            raise ConfigMistake(f"{place}: nested too deeply")
        if isinstance(found, yaml.MappingNode):
            return Node(place, path, dict(self._pairs(found, path, depth)))
        if isinstance(found, yaml.SequenceNode):
            items = [self.node(item, f"{path}[{at}]", depth + 1) for at, item in enumerate(found.value)]
            return Node(place, path, items)
        absent = not found.style and found.value in ("", "~", "null")
        return Node(place, path, None if absent else found.value, quoted=bool(found.style))

    def _pairs(self, found: yaml.MappingNode, path: str, depth: int) -> Iterator[tuple[str, Node]]:
        seen: set[str] = set()
        for key, value in found.value:
            name = str(key.value)
            place = Place(self._path, key.start_mark.line + 1, key.start_mark.column + 1)
            if name in seen:
                raise ConfigMistake(f"{place}: {name!r} stands here twice")
            seen.add(name)
            made = self.node(value, f"{path}.{name}" if path else name, depth + 1)
            yield name, Node(place, made.path, made.value, made.quoted)
