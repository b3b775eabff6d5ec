"""A small reader of gjson paths (flow-engine §2.3).

``a.b``, ``list.0``, ``list.#`` counts, ``list.#.name`` of all, ``list.#(age>30).name`` of the first that matches,
``list.#(age>30)#`` of all that match, ``*`` and ``?`` in keys, ``\\`` before a character that stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import re2

from outdial.flow.errors import AppFailed
from outdial.flow.values import as_text, read_json

_QUERY = re.compile(r"#\((.*)\)(#?)", re.DOTALL)
_COMPARE = re.compile(r"\s*(.*?)\s*(==|!=|<=|>=|!%|<|>|%)\s*(.*?)\s*", re.DOTALL)
_MISSING = object()
MAX_PARTS = 64


def read(text: str, path: str) -> str:
    """The value at ``path`` of a JSON text, as text; "" when there is none or the text is not JSON."""
    try:
        found = find(read_json(text), path)
        return "" if found is None else as_text(found)
    except (ValueError, AppFailed):
        return ""


def find(document: Any, path: str) -> Any:
    """The value at ``path``, None when there is none. Raises ValueError for a path that cannot be read."""
    parts = list(_split(path))
    if len(parts) > MAX_PARTS:
        raise ValueError("the path has too many parts")
    found = _walk(document, parts)
    return None if found is _MISSING else found


def _split(path: str) -> Iterator[str]:
    """Parts between dots; escapes are kept, and dots in brackets or quotes do not part."""
    part, depth, quoted, escaped = "", 0, False, False
    for char in path:
        if escaped or char == "\\":
            escaped = not escaped
        elif char == '"':
            quoted = not quoted
        elif not quoted and char in "()":
            depth += 1 if char == "(" else -1
        elif char in ".|" and not quoted and depth == 0:
            yield part
            part = ""
            continue
        part += char
    yield part


def _walk(value: Any, parts: list[str]) -> Any:
    for at, part in enumerate(parts):
        if isinstance(value, list) and part.startswith("#"):
            return _many(value, part, parts[at + 1 :])
        value = _child(value, part)
        if value is _MISSING:
            return _MISSING
    return value


def _child(value: Any, part: str) -> Any:
    if isinstance(value, dict):
        return _member(value, part)
    if isinstance(value, list) and part.isascii() and part.isdigit() and len(part) < 10 and int(part) < len(value):
        return value[int(part)]
    return _MISSING


def _member(value: dict[str, Any], part: str) -> Any:
    if "*" not in part and "?" not in part:
        return value.get(_plain(part), _MISSING)
    return next((item for key, item in value.items() if _like(key, part)), _MISSING)


def _plain(part: str) -> str:
    return re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) if "\\" in part else part


def _like(text: str, pattern: str) -> bool:
    """``*`` stands for anything, ``?`` for one character; in linear time."""

    def one(found: re.Match[str]) -> str:
        word = found[0]
        if word == "*":
            return "(?s:.*)"
        return "(?s:.)" if word == "?" else re2.escape(word[-1])

    return re2.fullmatch(re.sub(r"\\.|.", one, pattern, flags=re.DOTALL), text) is not None


def _many(items: list[Any], part: str, rest: list[str]) -> Any:
    if part == "#":
        return _each(items, rest) if rest else len(items)
    query = _QUERY.fullmatch(part)
    if query is None:
        return _MISSING
    matching = [item for item in items if _matches(item, query[1])]
    if query[2]:
        return _each(matching, rest) if rest else matching
    return _walk(matching[0], rest) if matching else _MISSING


def _each(items: list[Any], rest: list[str]) -> Any:
    """The rest of the path in every item that has it; after ``#.name`` a further ``#`` counts per item."""
    found = (_walk(item, rest) for item in items)
    return [item for item in found if item is not _MISSING]


def _matches(item: Any, query: str) -> bool:
    compared = _COMPARE.fullmatch(query)
    if compared is None:
        return find(item, query.strip()) is not None
    path, operator, wanted = compared.groups()
    value = find(item, path) if path else item
    return value is not None and _compare(value, operator, wanted)


def _compare(value: Any, operator: str, wanted: str) -> bool:
    """Strings compare with quoted text, numbers with numbers, anything else by its spelling."""
    if isinstance(value, str):
        return _ordered(value, operator, wanted[1:-1] if wanted[:1] == '"' == wanted[-1:] else wanted)
    if isinstance(value, bool):
        return _ordered(str(value).lower(), operator, wanted)
    if isinstance(value, int | float):
        try:
            return _ordered(value, operator, float(wanted))
        except ValueError:
            return operator == "!="
    return False


def _ordered(value: Any, operator: str, wanted: Any) -> bool:
    match operator:
        case "==":
            return bool(value == wanted)
        case "!=":
            return bool(value != wanted)
        case "<":
            return bool(value < wanted)
        case "<=":
            return bool(value <= wanted)
        case ">":
            return bool(value > wanted)
        case ">=":
            return bool(value >= wanted)
        case _:
            return _like(str(value), str(wanted)) == (operator == "%")
