"""Fields of a file as plain values, with names where the wire has ids; and the same of what a service answers.

Plain values compare: both sides leave out what is zero.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from outdial.api.fields import Part, Parts, Shape
from outdial.api.kinds import Choice, Flag, Free, Ids, Instant, Link, Long, Text, TextMap, Texts, Whole
from outdial.cli.files.document import Node

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECONDS = frozenset({"wait_between_retries", "originate_timeout", "min_duration"})
"""Keys of a queue's payload that are seconds and may be written ``1h 30m``."""
_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_WORDED = re.compile(r"(?:(\d+)\s*h)?\s*(?:(\d+)\s*m)?\s*(?:(\d+)\s*s)?")
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})


def nearest(name: str, known: Iterable[str]) -> str:
    """`` (did you mean …?)``, where something is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def written(kind: Any, node: Node) -> Any:
    """What a file says, by the wire's kind of the field. Raises ConfigMistake."""
    match kind:
        case Parts(shape):
            return [_part(shape, item) for item in _entries(shape, node)]
        case Part(shape):
            return _part(shape, node)
        case Link() | Choice() | Text():
            return node.text()
        case Instant() | Long():
            return _instant(node)
        case Whole():
            return _whole(node)
        case Flag():
            return _flag(node)
        case TextMap():
            return {key: item.text() for key, item in node.mapping().items()}
        case Texts() | Ids():
            return [item.text() for item in node.items()]
        case Free():
            return _free(node)
        case _:
            raise TypeError(kind)


def _part(shape: Shape, node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in node.mapping().items():
        spec = shape.fields.get(key)
        if spec is None or spec.read_only:
            raise item.fail(f"no such field{nearest(key, shape.fields)}")
        found[key] = written(spec.kind, item)
    return without_zeros(found)


def _entries(shape: Shape, node: Node) -> list[Node]:
    """Entries as keys and values; hours may be written ``mon-fri 09:00-20:00``, tags as their names."""
    hours = "start_time_of_day" in shape.fields
    entries: list[Node] = []
    for item in node.items():
        if not isinstance(item.value, str):
            entries.append(item)
        elif hours:
            entries += _hours(item, days="day" in shape.fields)
        else:
            entries.append(Node(item.place, item.path, {"name": item}))
    return entries


def _hours(item: Node, *, days: bool) -> list[Node]:
    expected = "expected hours such as " + ("`mon-fri 09:00-20:00`" if days else "`09:00-20:00`")
    words, _, rest = item.text().strip().lower().rpartition(" ") if days else ("", "", item.text())
    found = _RANGE.fullmatch(rest.strip())
    if found is None or (days and not words):
        raise item.fail(expected)
    start, end = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    fields = {"start_time_of_day": start, "end_time_of_day": end}
    numbers: list[int | None] = list(_days(words, item, expected)) if days else [None]
    return [_made(item, fields if day is None else {"day": day, **fields}) for day in numbers]


def _days(words: str, item: Node, expected: str) -> list[int]:
    chosen: list[int] = []
    for part in words.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise item.fail(expected)
        start, end = DAYS.index(first), DAYS.index(last or first)
        chosen += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return chosen


def _made(item: Node, fields: dict[str, int]) -> Node:
    return Node(item.place, item.path, {key: Node(item.place, item.path, str(value)) for key, value in fields.items()})


def _whole(node: Node) -> int:
    text = node.text().strip()
    if not re.fullmatch(r"[+-]?\d{1,18}", text):
        raise node.fail("expected a whole number")
    return int(text)


def _flag(node: Node) -> bool:
    text = node.text().strip().lower()
    if text not in _TRUE | _FALSE:
        raise node.fail("expected true or false")
    return text in _TRUE


def _instant(node: Node) -> int:
    """Epoch ms, or a date: its noon, which is that day wherever the calendar is; a time without a zone is UTC's."""
    text = node.text().strip()
    if re.fullmatch(r"\d{11,16}", text):
        return int(text)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text)
            moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        raise node.fail("expected a date such as 2026-12-25, or epoch milliseconds") from None
    return round(moment.timestamp() * 1000)


def _free(node: Node) -> Any:
    """Free JSON; seconds of a payload may be written ``1h 30m``."""
    if not isinstance(node.value, dict):
        return node.plain()
    return {key: _seconds(item) if key in SECONDS else _free(item) for key, item in node.value.items()}


def _seconds(node: Node) -> int:
    text = node.text().strip().lower()
    worded = _WORDED.fullmatch(text)
    if text.isdigit():
        return int(text)
    if not text or worded is None:
        raise node.fail("expected seconds, or a time such as `1h 30m`")
    return sum(int(part or 0) * size for part, size in zip(worded.groups(), (3600, 60, 1), strict=True))


def answered(kind: Any, value: Any) -> Any:
    """What the wire says, as ``written`` has it."""
    match kind:
        case Parts(shape):
            return [_answered_part(shape, item) for item in value or ()]
        case Part(shape):
            return _answered_part(shape, value or {})
        case Link():
            return (value or {}).get("name", "")
        case Instant() | Long():
            return int(value or 0)
        case _:
            return value


def _answered_part(shape: Shape, row: dict[str, Any]) -> dict[str, Any]:
    known = {name: row[name] for name, spec in shape.fields.items() if name in row and not spec.read_only}
    return without_zeros({name: answered(shape.fields[name].kind, value) for name, value in known.items()})


def without_zeros(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", 0, False, [], {})}
