"""The kinds of fields on the wire: how each is read, checked and written (webitel-api §1.2).

Reading takes parsed JSON and gives native values: ints, texts, plain ids for lookups. Writing goes the other way.
Every refusal is a ``BadField`` that names the place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

from outdial.domain.errors import BadField
from outdial.store.listing import Range
from outdial.store.zones import zone_id, zone_name

INT32 = 2**31 - 1
INT64 = 2**63 - 1


class Kind(Protocol):
    def zero(self) -> Any: ...
    def read(self, value: Any, path: str) -> Any: ...
    def write(self, value: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Text:
    most: int = 0
    """0 = any length."""
    least: int = 0

    def zero(self) -> str:
        return ""

    def read(self, value: Any, path: str) -> str:
        if not isinstance(value, str):
            raise BadField(path, "expected text")
        if "\0" in value:
            raise BadField(path, "expected text without NUL")
        if len(value) < self.least or (self.most and len(value) > self.most):
            raise BadField(path, self.expected())
        return value

    def expected(self) -> str:
        if self.most:
            return f"expected text of {self.least} to {self.most} characters"
        return f"expected text of at least {self.least} characters" if self.least > 1 else "expected text, not nothing"

    def write(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """A word of a fixed set; the first one is the zero value, which proto enums leave out."""

    options: tuple[str, ...]
    shy: bool = True
    """Whether the zero value is left out."""

    def zero(self) -> str:
        return self.options[0]

    def read(self, value: Any, path: str) -> str:
        if value == "":
            return self.options[0]
        if value not in self.options:
            raise BadField(path, f"expected one of {', '.join(o for o in self.options if o)}")
        return str(value)

    def write(self, value: Any) -> str:
        return "" if self.shy and value == self.options[0] else str(value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A number that fits 32 bits and leaves as a number."""

    low: int = -INT32 - 1
    high: int = INT32

    def zero(self) -> int:
        return 0

    def read(self, value: Any, path: str) -> int:
        number = _whole(value, path)
        if not self.low <= number <= self.high:
            raise BadField(path, f"expected a whole number from {self.low} to {self.high}")
        return number

    def write(self, value: Any) -> int:
        return int(value)


@dataclass(frozen=True, slots=True)
class Long:
    """A number of 64 bits (ids, epoch ms): leaves as text, may come in as text or as a number."""

    def zero(self) -> int:
        return 0

    def read(self, value: Any, path: str) -> int:
        return _whole(value, path)

    def write(self, value: Any) -> str:
        return str(value) if value else ""


@dataclass(frozen=True, slots=True)
class Instant:
    """Epoch milliseconds; 0 and absent mean none."""

    def zero(self) -> None:
        return None

    def read(self, value: Any, path: str) -> int | None:
        number = _whole(value, path)
        if number < 0:
            raise BadField(path, "expected epoch milliseconds")
        return number or None

    def write(self, value: Any) -> str:
        return str(value) if value else ""


@dataclass(frozen=True, slots=True)
class Flag:
    def zero(self) -> bool:
        return False

    def read(self, value: Any, path: str) -> bool:
        if isinstance(value, bool):
            return value
        known = {"true": True, "false": False, "1": True, "0": False, "": False}
        if str(value) not in known:
            raise BadField(path, "expected true or false")
        return known[str(value)]

    def write(self, value: Any) -> bool:
        return bool(value)


@dataclass(frozen=True, slots=True)
class Link:
    """A lookup ``{"id", "name"}``: only the id counts on the way in, and an empty one is "not set"."""

    def zero(self) -> None:
        return None

    def read(self, value: Any, path: str) -> int | None:
        if not isinstance(value, dict):
            raise BadField(path, 'expected {"id": "…"}')
        given = value.get("id")
        return (_whole(given, f"{path}.id") or None) if given is not None else None

    def write(self, value: Any) -> dict[str, str]:
        known = {"id": str(value["id"]), "name": value.get("name") or ""}
        return {key: text for key, text in known.items() if text}


@dataclass(frozen=True, slots=True)
class Zone(Link):
    """A lookup of a time zone; its IANA name alone does, too."""

    def read(self, value: Any, path: str) -> int | None:
        number = Link.read(self, value, path)
        name = value.get("name") if number is None else None
        if number is not None and not zone_name(number):
            raise BadField(f"{path}.id", "expected the id of a time zone, see /api/calendars/timezones")
        if name and zone_name(zone_id(str(name))) != name:
            raise BadField(f"{path}.name", "expected the name of a time zone, such as Europe/Kyiv")
        return zone_id(name) if name else number


@dataclass(frozen=True, slots=True)
class TextMap:
    """Free keys, texts as values."""

    def zero(self) -> dict[str, str]:
        return {}

    def read(self, value: Any, path: str) -> dict[str, str]:
        if not isinstance(value, dict):
            raise BadField(path, "expected an object of texts")
        for key, text in value.items():
            if not isinstance(text, str) or "\0" in text or "\0" in key:
                raise BadField(f"{path}.{key}", "expected text")
        return value

    def write(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts; in a query also a single one."""

    kind: Text = field(default_factory=lambda: Text(least=1))

    def zero(self) -> list[str]:
        return []

    def read(self, value: Any, path: str) -> list[str]:
        return [self.kind.read(v, f"{path}[{place}]") for place, v in enumerate(_listed(value, path))]

    def write(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class Ids:
    """A list of ids; in a query also a single one."""

    def zero(self) -> list[int]:
        return []

    def read(self, value: Any, path: str) -> list[int]:
        return [Long().read(v, f"{path}[{place}]") for place, v in enumerate(_listed(value, path))]

    def write(self, value: Any) -> list[str]:
        return [str(v) for v in value]


@dataclass(frozen=True, slots=True)
class Free:
    """Any JSON of one type, kept as it came."""

    type: type[Any] = dict

    def zero(self) -> Any:
        return None if self.type is object else self.type()

    def read(self, value: Any, path: str) -> Any:
        if not isinstance(value, self.type):
            raise BadField(path, f"expected {'an object' if self.type is dict else 'a list'}")
        return value

    def write(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class Span:
    """A range ``{"from", "to"}``, ends inclusive, 0 = open."""

    def zero(self) -> Range:
        return Range()

    def read(self, value: Any, path: str) -> Range:
        if not isinstance(value, dict):
            raise BadField(path, 'expected {"from", "to"}')
        return Range(*(_whole(value.get(end) or 0, f"{path}.{end}") for end in ("from", "to")))

    def write(self, value: Any) -> Any:
        raise NotImplementedError("ranges only come in")


def _whole(value: Any, path: str) -> int:
    """A number of 64 bits, or text of one, as the CSV import of Webitel's client sends it; empty text is 0."""
    number = _number(value)
    if number is None or not -INT64 <= number <= INT64:
        raise BadField(path, "expected a whole number")
    return number


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    if isinstance(value, str) and len(value) <= 24:
        text = value.strip()
        digits = text.removeprefix("-").removeprefix("+")
        if digits.isascii() and digits.isdigit():
            return int(text)
        return None if text else 0
    return None


def _listed(value: Any, path: str) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        raise BadField(path, "expected a list")
    return [value]
