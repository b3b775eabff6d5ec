"""``outdial schema``: look at a flow schema in a file, and run it without a telephone. No service is needed."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from outdial.cli.schema_draw import draw
from outdial.cli.schema_run import print_report, read_script
from outdial.domain.errors import UserMistake
from outdial.flow.declare import REGISTRY
from outdial.flow.dry.rehearse import Library, rehearse, role_of
from outdial.flow.dry.scenario import read_scenario
from outdial.flow.errors import SchemaError
from outdial.flow.parse import parse
from outdial.flow.program import Level, Problem
from outdial.flow.validate import validate

app = App(name="schema", help="Flow schemas in files: what is wrong with one, what it would do, how it looks.")
app.command(draw)
File = Annotated[Path, Parameter(help="JSON: a list of applications, or a record as exported; - is standard input")]
Kind = Literal["voice", "service", "default"]
Type = Annotated[
    Kind | None, Parameter(name="--type", help="what the flow is for; else as the record says, or a guess")
]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="print JSON for programs")]
COLOURS: dict[Level, str] = {"error": "bold red", "warning": "yellow", "note": "cyan"}


@dataclass(frozen=True, slots=True)
class _Loaded:
    schema: Any
    kind: str


@app.command
def check(file: File, *, kind: Type = None, as_json: AsJson = False) -> None:
    """Tell what is wrong with the schema in FILE. Ends with 1 when there is an error, so that it could not be saved.

    Media, lists and other records of a domain are not looked up: a save does that.
    """
    loaded = _load(file, kind)
    problems = validate(loaded.schema, loaded.kind)
    if as_json:
        print(json.dumps([{"path": p.path, "level": p.level, "message": p.message} for p in problems], indent=2))
    else:
        _print_problems(problems, loaded.kind)
    if any(problem.level == "error" for problem in problems):
        sys.exit(1)


@app.command
def run(
    file: File,
    *,
    script: Annotated[Path | None, Parameter(help="YAML or JSON: what the caller does and the world answers")] = None,
    kind: Type = None,
    as_json: AsJson = False,
) -> None:
    """Run the schema in FILE with a scripted caller, on virtual time; nothing is done to the world.

    Ends with 1 when the run had to be stopped because it would not end.
    """
    loaded = _load(file, kind)
    scenario = read_scenario(read_script(script))
    program = parse(loaded.schema)
    role = role_of(scenario, loaded.kind, program)
    report = rehearse(program, role, scenario, Library(), _now_ms())
    if as_json:
        print(json.dumps(report.plain(), indent=2, ensure_ascii=False))
    else:
        print_report(report, Console())
    if report.end["how"] == "stopped":
        sys.exit(1)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _load(file: Path, kind: str | None) -> _Loaded:
    """A list of applications, or a record around one. Raises UserMistake."""
    text = sys.stdin.read() if str(file) == "-" else _text(file)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserMistake(f"{file} is not JSON: {error}") from None
    if not isinstance(found, dict):
        return _Loaded(found, kind or _guess(found))
    if "schema" not in found:
        raise UserMistake(f"{file}: expected a list of applications, or an exported record with its `schema`.")
    return _Loaded(found["schema"], kind or str(found.get("type") or _guess(found["schema"])))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise UserMistake(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserMistake(f"{file} is not a text in UTF-8.") from None


def _guess(schema: object) -> str:
    """What the schema's applications are for; default when they run anywhere."""
    try:
        program = parse(schema)
    except SchemaError:
        return "default"
    kinds = {REGISTRY[s.app].kinds for block in program.blocks for s in block.steps if s.app in REGISTRY}
    needs = {next(iter(found)) for found in kinds if len(found) == 1}
    return needs.pop() if len(needs) == 1 else "default"


def _print_problems(problems: list[Problem], kind: str) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("where", no_wrap=True)
    table.add_column("")
    table.add_column("what")
    for problem in problems:
        colour = COLOURS[problem.level]
        table.add_row(escape(problem.path), f"[{colour}]{problem.level}[/]", escape(problem.message))
    if problems:
        console.print(table)
        console.print()
    counted = Counter(problem.level for problem in problems)
    parts = [f"{n} {level}{'s' if n > 1 else ''}" for level in COLOURS if (n := counted[level])]
    console.print(f"{', '.join(parts) or '[green]Nothing is wrong[/]'} (as a {kind} schema).", highlight=False)
