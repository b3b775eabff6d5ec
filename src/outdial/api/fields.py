"""Objects on the wire: their fields by name, read and written as webitel-api §1.2 has it.

``null`` and an absent field are the kind's zero. Names come in as snake_case or camelCase and leave as snake_case;
the keys of maps and of free JSON are never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outdial.api.kinds import Kind, Link, Text
from outdial.domain.errors import BadField


@dataclass(frozen=True, slots=True)
class Field:
    kind: Kind
    required: bool = False
    """Its zero is refused."""
    read_only: bool = False
    hidden: bool = False
    """Never leaves."""
    always: bool = False
    """Leaves even when it is zero."""
    error_id: str | None = None
    """The wire's name for this field's refusal, where clients know one."""


class Shape:
    """An object's fields by snake_case name."""

    def __init__(self, **fields: Field | Kind) -> None:
        self.fields = {n.rstrip("_"): f if isinstance(f, Field) else Field(f) for n, f in fields.items()}
        self._names = {camel(name): name for name in self.fields} | {name: name for name in self.fields}

    def name_of(self, key: str) -> str | None:
        """The snake_case name of a key in either case; None when there is no such field."""
        return self._names.get(key)

    def zero(self) -> dict[str, Any]:
        return {name: spec.kind.zero() for name, spec in self.fields.items() if not spec.read_only}

    def read(self, value: Any, path: str = "", *, partial: bool = False) -> dict[str, Any]:
        """The writable fields that were given. A required one must be among them, unless ``partial``."""
        if not isinstance(value, Mapping):
            raise BadField(path or "body", "expected an object")
        given = self._given(value, path)
        for name, spec in self.fields.items():
            absent = partial and name not in given
            if spec.required and not absent and not given.get(name):
                raise BadField(join(path, name), _wanted(spec.kind), id=spec.error_id)
        return given

    def _given(self, value: Mapping[str, Any], path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in value.items():
            name = self._names.get(key)
            if name is None or (name in found and key != name):
                continue
            spec = self.fields[name]
            if spec.read_only:
                continue
            found[name] = _read(spec, item, join(path, name))
        return found

    def write(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as it leaves; zero values are left out, as proto3 JSON does it."""
        out: dict[str, Any] = {}
        for name, value in row.items():
            spec = self.fields.get(name)
            if spec is None or spec.hidden or value is None:
                continue
            written = spec.kind.write(value)
            if written or spec.always:
                out[name] = written
        return out


@dataclass(frozen=True, slots=True)
class Part:
    """An object inside an object."""

    shape: Shape

    def zero(self) -> dict[str, Any]:
        return self.shape.zero()

    def read(self, value: Any, path: str) -> dict[str, Any]:
        return self.shape.zero() | self.shape.read(value, path)

    def write(self, value: Any) -> Any:
        return self.shape.write(value)


@dataclass(frozen=True, slots=True)
class Parts:
    """A list of objects."""

    shape: Shape
    most: int = 0
    sparse: bool = False
    """Entries keep to the fields that were given, instead of zero for the others."""

    def zero(self) -> list[dict[str, Any]]:
        return []

    def read(self, value: Any, path: str) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise BadField(path, "expected a list of objects")
        if self.most and len(value) > self.most:
            raise BadField(path, f"expected at most {self.most} entries")
        found = [self.shape.read(item, f"{path}[{place}]") for place, item in enumerate(value)]
        return found if self.sparse else [self.shape.zero() | item for item in found]

    def write(self, value: Any) -> list[Any]:
        return [self.shape.write(item) for item in value]


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _read(spec: Field, value: Any, path: str) -> Any:
    if value is None:
        return spec.kind.zero()
    try:
        return spec.kind.read(value, path)
    except BadField as error:
        if spec.error_id is None or error.id != BadField.id:
            raise
        raise BadField(error.field, error.expected, id=spec.error_id) from None


def _wanted(kind: Kind) -> str:
    if isinstance(kind, Text):
        return Text(kind.most, max(kind.least, 1)).expected()
    if isinstance(kind, Link):
        return 'expected {"id": "…"}, it is required'
    return "expected a value, it is required"
