"""Arguments held against the application's declaration: missing, of the wrong type, or misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from outdial.flow.catalogue import Field, fields_of, whole
from outdial.flow.checks.records import fixed
from outdial.flow.decode import decode
from outdial.flow.errors import AppFailed
from outdial.flow.program import Step

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def wrong_arguments(step: Step) -> Iterator[str]:
    """A sentence for each. Texts with variables in them could be anything, so nothing is said of those."""
    application = step.application
    if application is None or step.branch is not None:  # the parser reads those of composites
        return
    only = whole(application)
    if only is not None:
        if only.required and step.args in _EMPTY:
            yield f"{step.app} needs an argument: {_lower(only.help)}"
    else:
        yield from _object(fields_of(application.args), step.args, step.app)
    if step.app == "cancel":
        yield from _cancel(step.args)
    yield from _undecodable(step)


def _undecodable(step: Step) -> Iterator[str]:
    assert step.application is not None
    try:
        decode(step.application.args, step.args, fixed)
    except AppFailed as error:
        yield f"{step.app}.{error.detail}" if not error.detail.startswith("expected") else f"{step.app}: {error.detail}"


def _object(fields: tuple[Field, ...], raw: Any, place: str) -> Iterator[str]:
    given = _given(raw)
    if given is None:
        return
    names = {field.name.lower() for field in fields}
    for field in fields:
        value = given.get(field.name.lower())
        if field.required and value in _EMPTY and all(given.get(name.lower()) in _EMPTY for name in field.unless):
            yield f"{place} needs `{field.name}`: {_lower(field.help)}"
        yield from _value(field, value, f"{place}.{field.name}")
    for key in given.keys() - names:
        near = difflib.get_close_matches(key, names - given.keys(), n=1, cutoff=0.8)
        if near:
            meant = next(field.name for field in fields if field.name.lower() == near[0])
            yield f"{place} has no argument {key!r}, so it does nothing; did you mean {meant}?"


def _value(field: Field, value: Any, place: str) -> Iterator[str]:
    if field.choices and isinstance(value, str) and value and "${" not in value and value not in field.choices:
        yield f"{place} is {value!r}; it must be one of {', '.join(field.choices)}"
    if field.type == "object" and value not in _EMPTY:
        yield from _object(field.fields, value, place)
    if field.item is not None and field.item.type == "object" and isinstance(value, list):
        for index, one in enumerate(value):
            yield from _object(field.item.fields, one, f"{place}[{index}]")


def _given(raw: Any) -> dict[str, Any] | None:
    """Lower-case name → value, as decoding takes objects; None for what is no object at all."""
    if raw in ("", None):
        return {}
    items = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(item, Mapping) for item in items):
        return None
    return {str(key).lower(): value for item in items for key, value in item.items()}


def _cancel(raw: Any) -> Iterator[str]:
    given = _given(raw) or {}
    if given.get("waitbetweenretries") in (*_EMPTY, 0, "0") and given.get("stop") in (*_EMPTY, False, "false", "0"):
        yield "cancel without `waitBetweenRetries` or `stop`: the member would be tried again at once, over and over"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
