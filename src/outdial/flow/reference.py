"""``docs/applications.md``, written from the applications' own declarations.

``python -m outdial.flow.reference FILE`` writes it; a test holds it to be current.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from outdial.flow.catalogue import Field, Meta, Type, applications, fields_of, ports, whole
from outdial.flow.declare import REGISTRY, Application
from outdial.flow.names import LANGUAGE

TITLES = {
    "call": "The call",
    "control": "Branches, loops, functions",
    "data": "Variables",
    "outside": "The world outside",
    "result": "Results of pre-flows and after-flows",
    "script": "Scripts",
    "time": "Time",
}
"""Groups with a title of their own; another shows under its own word."""

TYPES: dict[Type, str] = {
    "text": "text",
    "integer": "number",
    "number": "decimal number",
    "flag": "true/false",
    "list": "list",
    "object": "object",
    "map": "object, free names",
    "any": "anything",
    "steps": "applications",
}

HEAD = """# Applications

Written by `make reference` from the applications' declarations; do not edit. `GET /api/flow/applications` says the
same to programs, `GET /api/flow/schema.json` is the JSON Schema for editors.

An application is one step of a schema: `{"playback": {"files": [{"id": 1}]}}`. Texts are expanded (`${variable}`,
`$${global}`), numbers may be written as text, names of arguments match in any case, unknown ones do nothing. An
application that fails is noted in the trace, and the next one runs.
"""


def page() -> str:
    parts = [HEAD, "## Beside the application\n", "Every step may have these, too.\n", _table(fields_of(Meta))]
    group = ""
    for application in applications():
        if application.group != group:
            group = application.group
            parts.append(f"## {TITLES.get(group, group.capitalize())}\n")
        parts.append("\n".join(_application(application)))
    parts.append(_unsupported())
    return "\n".join(parts)


def _application(application: Application) -> Iterator[str]:
    yield f"### {application.name}\n"
    yield f"{application.help} {_where(application)}".strip() + "\n"
    if application.aliases:
        yield f"Also written {', '.join(f'`{name}`' for name in application.aliases)}.\n"
    only = whole(application)
    if only is not None and only.type == "any":
        yield "Takes no argument; whatever stands there does nothing.\n"
    elif only is not None:
        yield f"Its argument is {_a(only)}: {only.help}{_example(only)}\n"
    elif fields_of(application.args):
        yield _table(fields_of(application.args))
    if application.results:
        yield "Sets:\n"
        yield from (f"- `{name}`: {text}" for name, text in application.results.items())
        yield ""
    branches = [port for port in ports(application) if port.path not in ("", "limit.failover")]
    if branches:
        yield f"Branches: {', '.join(f'*{port.label}* (`{port.path}`)' for port in branches)}.\n"


def _where(application: Application) -> str:
    """In which flows it runs, and how far it reaches."""
    parts = ["*Reaches out of the flow; a dry run says what it would do.*"] if application.outside else []
    if len(application.kinds) == 1:
        parts.insert(0, "*During a call.*" if "voice" in application.kinds else "*In pre-flows and after-flows.*")
    return " ".join(parts)


def _a(field: Field) -> str:
    if field.type == "list" and field.item is not None:
        return f"a list ({TYPES[field.item.type]})"
    word = TYPES[field.type]
    unit = f" ({field.unit})" if field.unit else ""
    return word + unit if word[0] in "aot" else f"a {word}{unit}"


def _table(fields: tuple[Field, ...]) -> str:
    rows = ["| argument | type | default | |", "|---|---|---|---|"]
    rows += [_row(name, field) for name, field in _flat(fields, "")]
    return "\n".join([*rows, ""])


def _flat(fields: tuple[Field, ...], path: str) -> Iterator[tuple[str, Field]]:
    """Every field with its path: ``getDigits.timeout``, ``files[].id``."""
    for field in fields:
        name = f"{path}{field.name}"
        yield name, field
        yield from _flat(field.fields, f"{name}.")
        if field.item is not None:
            yield from _flat(field.item.fields, f"{name}[].")


def _row(name: str, field: Field) -> str:
    kind = f"{TYPES[field.type]}, {field.unit}" if field.unit else TYPES[field.type]
    default = "required" if field.required else "" if field.default is None else f"`{_shown(field.default)}`"
    return f"| `{name}` | {kind} | {default} | {_cell(_said(field))} |"


def _said(field: Field) -> str:
    said = [field.help]
    if field.unless:
        said.append(f"Or give {' or '.join(f'`{name}`' for name in field.unless)}.")
    if field.choices:
        said.append(f"One of {', '.join(f'`{choice}`' for choice in field.choices)}.")
    if field.secret:
        said.append("Never shown in a trace.")
    if field.raw:
        said.append("Not expanded.")
    return " ".join(said) + _example(field)


def _example(field: Field) -> str:
    return "" if field.example is None else f" Example: `{_shown(field.example)}`."


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _unsupported() -> str:
    names = ", ".join(f"`{name}`" for name in sorted(LANGUAGE - REGISTRY.keys(), key=str.casefold))
    return f"## Not supported here\n\nNoted in the trace; nothing is set and the flow goes on: {names}.\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
