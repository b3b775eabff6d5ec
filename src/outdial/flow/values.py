"""JSON values and the texts they become in variables."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from outdial.flow.errors import AppFailed

_HALF = re.compile(r"\\u[dD][89a-fA-F]")


@lru_cache(maxsize=8)
def read_json(text: str) -> Any:
    """The value of a JSON text, shared: do not change it. Raises ValueError."""
    try:
        value = json.loads(text)
        return _mended(value) if _HALF.search(text) else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _mended(value: Any) -> Any:
    """JSON may write half a surrogate pair, which no other format takes: what stands for it is U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return [_mended(item) for item in value] if isinstance(value, list) else value


def as_text(value: object) -> str:
    """A value as it is stored in a variable: integers plainly, objects as compact JSON (ours, §2.4).

    Raises AppFailed when it is nested too deeply.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise AppFailed("nested too deeply") from None


def number_text(value: float) -> str:
    """In plain decimal, never with an exponent."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**300 else "1e+300"
    if not math.isfinite(value):
        return str(value)
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def storable(text: str, most: int) -> str:
    """The first ``most`` characters without what no store keeps: control characters, halves of others."""
    return "".join(char for char in text[:most] if char.isprintable())
