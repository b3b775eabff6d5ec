"""``outdial export`` and ``outdial apply``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape

from outdial.cli.files.export import write
from outdial.cli.files.have import read_state
from outdial.cli.files.make import Maker
from outdial.cli.files.plan import EntryStep, Step, plan, refuse_broken
from outdial.cli.files.wanted import load
from outdial.cli.rest import connect
from outdial.settings import load as load_settings

CHANGES = 2
"""The exit code of ``--plan`` where there is something to do."""
MARKS = {"create": "[green]+[/green]", "change": "[yellow]~[/yellow]", "delete": "[red]-[/red]"}
LONGEST = 70
Token = Annotated[str, Parameter(help="API token; else OUTDIAL_TOKEN or OUTDIAL_ADMIN_TOKEN")]


def export(folder: Path, *, token: Token = "") -> None:
    """Write the service's configuration into FOLDER: outdial.yaml, flows/ and media/. Secrets are left out."""
    rest = connect(load_settings().settings, token)
    console = Console()
    with console.status("Reading the service…"):
        written = write(rest, read_state(rest), folder)
    console.print(f"{len(written)} files written to {folder}. Passwords are not among them: set their variables.")


def apply(
    target: Path,
    *,
    plan_only: Annotated[
        bool, Parameter(name="--plan", negative="", help="only show; exit code 2 if it would change")
    ] = False,
    yes: Annotated[bool, Parameter(negative="", help="do not ask")] = False,
    force: Annotated[bool, Parameter(negative="", help="even if a running queue would stop")] = False,
    prune: Annotated[bool, Parameter(negative="", help="delete what the files' sections do not name")] = False,
    token: Token = "",
) -> None:
    """Make the service as TARGET says, a YAML file or a folder of them. What it does not mention stays as it is."""
    wanted = load(target)
    rest = connect(load_settings().settings, token)
    console = Console()
    with console.status("Comparing with the service…"):
        state = read_state(rest)
        steps = plan(wanted, state, prune=prune)
    if not steps:
        console.print("Nothing to do: the service is as the files say.")
        return
    for step in steps:
        _show(console, step)
    console.print(_sum(steps))
    if plan_only:
        sys.exit(CHANGES)
    if not force:
        refuse_broken(steps, state)
    if not yes and not _agreed(console):
        console.print("Nothing was changed.")
        return
    with console.status("Making it so…") as status:
        Maker(rest, state).take(steps, lambda step: status.update(f"{step.section} {step.name} done"))
    console.print("Done.")


def _agreed(console: Console) -> bool:
    if not sys.stdin.isatty():
        console.print("Not asking without a terminal; --yes does it.")
        return False
    return console.input("Make these changes? [b]y[/b]es, no: ").strip().lower() in ("y", "yes")


def _show(console: Console, step: Step) -> None:
    console.print(f"{MARKS[step.action]} {step.section} [bold]{escape(step.name)}[/bold]", highlight=False)
    for one in step.differences if step.action == "change" else ():
        console.print(f"    {one.field}: {_short(one.before)} → {_short(one.after)}", highlight=False)
    for entry in step.entries:
        console.print(f"    {MARKS[entry.action]} {_entry(entry)}", highlight=False)
    if step.members:
        console.print(f"    [green]+[/green] {len(step.members)} members", highlight=False)


def _entry(entry: EntryStep) -> str:
    return f"{entry.part.key} {escape(entry.name)}"


def _short(value: Any) -> str:
    if value in (None, "", [], {}):
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return escape(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _sum(steps: list[Step]) -> str:
    counts = {action: sum(step.action == action for step in steps) for action in ("create", "change", "delete")}
    return f"{counts['create']} to create, {counts['change']} to change, {counts['delete']} to delete."
