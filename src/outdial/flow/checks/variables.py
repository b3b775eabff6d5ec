"""Variables that are read but never set.

Members, queues and resources bring variables of their own that no schema can know. So a name that only they could
bring is a note; a warning is for names that look like a slip of the pen, or that this kind of flow never has.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from outdial.flow import known
from outdial.flow.catalogue import Field, fields_of, whole
from outdial.flow.checks.walk import Part, reads, texts_of
from outdial.flow.program import Problem, Step

MAX_GUESSES = 50
"""Names that are compared with all that the schema sets; comparing takes its time."""


def unset_variables(kind: str, found: list[Part]) -> Iterator[Problem]:
    """One problem for each name, at the first step that reads it."""
    steps = [step for part in found for step in part.steps()]
    names = {name for step in steps for name in sets(step)}
    made_up = [re.compile(_pattern(name)) for name in names if "${" in name]
    told: set[str] = set()
    for step in steps:
        for name in dict.fromkeys([*reads(texts_of(step)), *_exported(step)]):
            plain = "${" not in name and not name.isdigit() and name not in told
            if plain and not (name in names or known.is_given(name, kind) or any(p.fullmatch(name) for p in made_up)):
                told.add(name)
                yield _problem(step, name, kind, names if len(told) <= MAX_GUESSES else set())


def _problem(step: Step, name: str, kind: str, names: set[str]) -> Problem:
    if kind == "voice" and name in known.AFTERWARDS:
        text = f"${{{name}}} is empty during a call: only the after-flow is given it"
        return Problem(step.path, "warning", text)
    given = known.ALWAYS | (known.IN_A_CALL if kind == "voice" else known.AFTERWARDS) | names
    near = difflib.get_close_matches(name, given, n=1, cutoff=0.8) if len(name) > 3 else []
    if near:
        text = f"${{{name}}} is set nowhere in this schema; did you mean {near[0]}?"
        return Problem(step.path, "warning", text)
    text = f"${{{name}}} is set nowhere in this schema: it is empty unless the member, the queue or the resource has it"
    return Problem(step.path, "note", text)


def sets(step: Step) -> set[str]:
    """Names of the variables that a step sets, by its declaration; such as ``q${n}`` where they are made up."""
    application = step.application
    if application is None:
        return set()
    only = whole(application)
    fields, raw = ((only,), {only.name: step.args}) if only else (fields_of(application.args), step.args)
    named = set(_named(fields, raw))
    if step.app == "markIVR" and isinstance(step.args, Mapping):
        named |= {str(step.args.get("name"))}
    results = {name for name in application.results if "<" not in name}
    invalid = {f"{name}_invalid" for name in named} if "<setVar>_invalid" in application.results else set()
    return named | results | invalid


def _named(fields: tuple[Field, ...], raw: Any) -> Iterator[str]:
    for given in raw if isinstance(raw, list) else [raw]:
        if not isinstance(given, Mapping):
            continue
        values = {str(key).lower(): value for key, value in given.items()}
        for field in fields:
            value = values.get(field.name.lower())
            if field.sets:
                yield from _names(field.default if value in (None, "") else value)
            elif field.type == "object" and value not in (None, ""):
                yield from _named(field.fields, value)
            elif field.item is not None and field.item.type == "object":
                yield from _named(field.item.fields, value)


def _names(value: Any) -> Iterator[str]:
    """A text names one variable, a list several, the keys of an object one each."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from map(str, value)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)


def _exported(step: Step) -> Iterator[str]:
    """``export`` reads what it names."""
    given = step.args
    if step.app != "export":
        given = given.get("export") if isinstance(given, Mapping) else None
    if isinstance(given, list):
        yield from (name for name in given if isinstance(name, str))


def _pattern(name: str) -> str:
    return ".*".join(re.escape(part) for part in re.split(r"\$\{[^}]*\}", name))
