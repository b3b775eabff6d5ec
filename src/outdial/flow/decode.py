"""Arguments of an application, decoded loosely (flow-engine §2.4): one decoder for all applications.

Keys match case-insensitively, unknown keys are ignored, texts are expanded, and numbers written as text are fine.
"""

from __future__ import annotations

import dataclasses
import math
import re
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from outdial.flow.errors import ArgumentError
from outdial.flow.values import as_text, read_json

Expand = Callable[[str], str]
Decoder = Callable[[Any, Expand, str], Any]
"""Takes the raw value, the expansion and the path of the field, for errors."""

MAX_INTEGER = 2**53
"""As JSON has them everywhere (RFC 8259 §6)."""
_NUMBER = re.compile(r"\s*([+-]?\d{1,19})(?:\.\d*)?\s*")
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"", "0", "f", "F", "FALSE", "false", "False"})


def decode(cls: type, raw: Any, expand: Expand) -> Any:
    """An instance of the argument class ``cls``. Raises ArgumentError."""
    return _decoder(cls)(raw, expand, "")


def inner_class(cls: type, name: str) -> type | None:
    """The argument class that a field of ``cls`` holds, by itself or in a list; None for anything else."""
    hint = get_type_hints(cls)[name]
    while get_origin(hint) in (Union, types.UnionType, list):
        hint = next(option for option in get_args(hint) if option is not type(None))
    return hint if dataclasses.is_dataclass(hint) and isinstance(hint, type) else None


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    name: str
    key: str
    """Lower-case name in the schema."""
    wire: str
    decoder: Decoder
    raw: bool


@cache
def _decoder(kind: Any) -> Decoder:
    if dataclasses.is_dataclass(kind):
        return _object(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(_decoder(next(option for option in inner if option is not type(None))))
    if origin is list:
        return _list(_decoder(inner[0]))
    if origin is dict:
        return _map if inner[1] is Any else _map_of(_decoder(inner[1]))
    return _SCALARS[kind]


def _object(cls: Any) -> Decoder:
    hints = get_type_hints(cls)
    fields = dataclasses.fields(cls)
    if len(fields) == 1 and fields[0].metadata["whole"]:
        inner = _decoder(hints[fields[0].name])
        as_written = _as_written(fields[0])
        return lambda raw, expand, path: cls(inner(raw, _as_it_is if as_written else expand, path))
    known = [_field(field, hints[field.name]) for field in fields]
    absent = {field.name: _decoder(hints[field.name])(None, str, "") for field in fields if _has_no_default(field)}

    def decode_object(raw: Any, expand: Expand, path: str) -> Any:
        given = {key.lower(): value for key, value in _merged(raw, path).items()}
        values = dict(absent)
        for field in known:
            if (value := given.get(field.key)) is not None:
                place = f"{path}.{field.wire}" if path else field.wire
                values[field.name] = field.decoder(value, _as_it_is if field.raw else expand, place)
        return cls(**values)

    return decode_object


def _field(field: dataclasses.Field[Any], hint: Any) -> _Field:
    wire = field.metadata["wire"] or field.name
    return _Field(field.name, wire.lower(), wire, _decoder(hint), _as_written(field))


def _as_written(field: dataclasses.Field[Any]) -> bool:
    return bool(field.metadata["raw"] or field.metadata["late"])


def _has_no_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _optional(inner: Decoder) -> Decoder:
    return lambda raw, expand, path: None if raw is None else inner(raw, expand, path)


def _merged(raw: Any, path: str) -> Mapping[str, Any]:
    """An object, or a list of objects taken as one: why ``"set": [{"a": 1}, {"b": 2}]`` works."""
    if raw is None or raw == "":
        return {}
    if isinstance(raw, Mapping):
        return raw
    if isinstance(raw, list) and all(isinstance(item, Mapping) for item in raw):
        return {key: value for item in raw for key, value in item.items()}
    raise ArgumentError(path, "an object")


def _map(raw: Any, expand: Expand, path: str) -> dict[str, Any]:
    """Keys and texts are expanded; what lies deeper inside is kept as it is."""
    return {expand(key): _any(value, expand, path) for key, value in _merged(raw, path).items()}


def _map_of(item: Decoder) -> Decoder:
    """A map whose values are all of one declared type."""

    def decode_map(raw: Any, expand: Expand, path: str) -> dict[str, Any]:
        given = _merged(raw, path).items()
        return {expand(key): item(value, expand, f"{path}.{key}" if path else key) for key, value in given}

    return decode_map


def _list(item: Decoder) -> Decoder:
    def decode_list(raw: Any, expand: Expand, path: str) -> list[Any]:
        if raw is None:
            return []
        if isinstance(raw, str):
            return [item(one, _as_it_is, path) for one in _json_list(expand(raw))]
        items = raw if isinstance(raw, list) else [raw]
        return [item(one, expand, f"{path}[{at}]") for at, one in enumerate(items)]

    return decode_list


def _json_list(text: str) -> list[Any]:
    """A list written as JSON text; any other text is an empty list."""
    try:
        found = read_json(text)
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _as_it_is(text: str) -> str:
    """Values are not expanded a second time."""
    return text


def _any(raw: Any, expand: Expand, path: str) -> Any:
    return expand(raw) if isinstance(raw, str) else raw


def _str(raw: Any, expand: Expand, path: str) -> str:
    if isinstance(raw, str):
        return expand(raw)
    if isinstance(raw, bool):
        return "1" if raw else "0"
    if raw is None or isinstance(raw, int | float):
        return as_text(raw)
    raise ArgumentError(path, "a text")


def _int(raw: Any, expand: Expand, path: str) -> int:
    if isinstance(raw, str):
        text = expand(raw)
        if text == "":
            return 0
        number = _NUMBER.fullmatch(text)
        if number is None:
            raise ArgumentError(path, "a number")
        return _bounded(int(number[1]), path)
    if raw is None:
        return 0
    if isinstance(raw, int | float) and math.isfinite(raw):
        return _bounded(int(raw), path)
    raise ArgumentError(path, "a number")


def _bounded(number: int, path: str) -> int:
    """Timers, the media process and the store take no more."""
    if abs(number) > MAX_INTEGER:
        raise ArgumentError(path, f"a number of at most {MAX_INTEGER}")
    return number


def _float(raw: Any, expand: Expand, path: str) -> float:
    text = expand(raw) if isinstance(raw, str) else raw
    try:
        number = float(text or 0)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(path, "a number") from None
    if not math.isfinite(number):
        raise ArgumentError(path, "a number")
    return number


def _bool(raw: Any, expand: Expand, path: str) -> bool:
    if isinstance(raw, str):
        text = expand(raw)
        if text not in _TRUE and text not in _FALSE:
            raise ArgumentError(path, "true or false")
        return text in _TRUE
    if raw is None or isinstance(raw, int | float):
        return bool(raw)
    raise ArgumentError(path, "true or false")


_SCALARS: dict[Any, Decoder] = {str: _str, int: _int, float: _float, bool: _bool, Any: _any}
