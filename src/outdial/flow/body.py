"""JSON written in a schema, with its variables filled in: bodies of requests and messages (flow-engine §4.6)."""

from __future__ import annotations

from typing import Any

from outdial.flow.decode import Expand
from outdial.flow.errors import AppFailed
from outdial.flow.text import MAX_TEXT
from outdial.flow.values import as_text

MAX_DEPTH = 100


def filled(value: Any, expand: Expand) -> Any:
    """The value with every text in it expanded, names of fields too. What a variable holds stays text, whatever it is.

    Raises AppFailed when it grows too long or is nested too deeply.
    """
    left = MAX_TEXT

    def fill(part: Any, depth: int) -> Any:
        nonlocal left
        if isinstance(part, str):
            text = expand(part)
            left -= len(text)
            if left < 0:
                raise AppFailed(f"longer than {MAX_TEXT} characters")
            return text
        if depth > MAX_DEPTH:
            raise AppFailed("nested too deeply")
        if isinstance(part, dict):
            return {fill(key, depth): fill(item, depth + 1) for key, item in part.items()}
        if isinstance(part, list):
            return [fill(item, depth + 1) for item in part]
        return part

    return fill(value, 0)


def json_body(value: Any, expand: Expand) -> bytes:
    """A text as it is, for it was expanded when it was decoded; anything else filled, as JSON. Raises AppFailed."""
    text = value if isinstance(value, str) else as_text(filled(value, expand))
    return text.encode("utf-8", "replace")
