"""The script that ``outdial schema run`` reads, and the report it prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from outdial.domain.errors import UserMistake
from outdial.flow.dry.rehearse import Report

Event = dict[str, Any]


class _Plain(yaml.SafeLoader):  # type: ignore[misc]  # not in the type stubs
    """YAML without its traps: ``no`` and ``12:30`` are texts, ``0123`` is no octal number."""


_Plain.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|True|false|False", "tTfF"),
    ("null", r"~|null|", "~n\0"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _Plain.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), [*first, ""])


def read_script(file: Path | None) -> Any:
    """YAML, of which JSON is a part. Raises UserMistake."""
    if file is None:
        return None
    try:
        return yaml.load(file.read_text("utf-8"), _Plain)  # a SafeLoader
    except OSError as error:
        raise UserMistake(f"{file} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UserMistake(f"{file} is not YAML: {' '.join(str(error).split())}") from None


def print_report(report: Report, console: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("time", justify="right", style="dim", no_wrap=True)
    table.add_column("step", style="cyan", overflow="fold")
    table.add_column("what happens", overflow="fold")
    for event in report.timeline:
        told = _TELLERS.get(event["event"], _other)(event)
        if told:
            table.add_row(_clock(event["ms"]), escape(_step(event)), told)
    if report.timeline:
        console.print(table)
        console.print()
    how = "bold red" if report.end["how"] == "stopped" else "bold"
    console.print(f"[{how}]{escape(_sentence(report))}[/]", highlight=False)
    if report.member:
        _print_member(report.member, console)
    elif report.exports:
        console.print(f"exported: {escape(_values(report.exports))}", highlight=False)


def _sentence(report: Report) -> str:
    text = str(report.end["text"])
    return f"{text[:1].upper()}{text[1:]}, after {report.end['ms'] / 1000:.1f} s."


def _print_member(member: dict[str, Any], console: Console) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("the member would be", escape(str(member.get("text", ""))))
    if "ready_at" in member:
        table.add_row("not rung before", _moment(member["ready_at"]))
    for name in ("result", "disposition", "attempts", "stop_cause"):
        if name in member:
            table.add_row(name.replace("_", " "), escape(str(member[name])))
    if member.get("variables"):
        table.add_row("variables", escape(_values(member["variables"])))
    console.print(table)


def _moment(epoch_ms: int) -> str:
    return f"{datetime.fromtimestamp(epoch_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _clock(ms: int) -> str:
    return f"{ms / 1000:.1f} s"


def _step(event: Event) -> str:
    """The path, with the application where the event has one."""
    return " ".join(filter(None, (event.get("path", ""), event.get("app", ""))))


def _values(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value!r}" if value == "" else f"{name} = {value}" for name, value in values.items())


# ── one sentence for each kind of event; "" says nothing ─────────────────────────────────────────


def _nothing(event: Event) -> str:
    return ""


def _done(event: Event) -> str:
    result = str(event["result"])
    colour = "red" if result.startswith("failed") else "green" if result in ("ok", "true", "success") else "default"
    changes = f"  [dim]{escape(_values(event['set']))}[/]" if event.get("set") else ""
    return f"[{colour}]{escape(result)}[/]{changes}"


def _play(event: Event) -> str:
    return f"plays {escape(' + '.join(_sound(sound) for sound in event['sounds']))}"


def _sound(sound: Event) -> str:
    length = f"({sound['length_ms'] / 1000:.1f} s)" if sound["length_ms"] else "(until stopped)"
    if "media" in sound:
        return f"{sound['media']['name']} {length}"
    if "silence" in sound:
        return f"silence {length}"
    return f"a tone {length}" if "tone" in sound else f"“{sound.get('sound', '')}” {length}"


def _hangup(event: Event) -> str:
    who = {"flow": "the flow", "caller": "the caller"}.get(event["by"], "the service")
    return f"[bold]{who} hangs up[/] ({escape(event['cause'])})"


def _other(event: Event) -> str:
    more = {k: v for k, v in event.items() if k not in ("ms", "event", "path", "app")}
    return escape(f"{event['event'].replace('_', ' ')} {_values(more)}".strip())


_TELLERS: dict[str, Callable[[Event], str]] = {
    "step": _nothing,
    "done": _done,
    "play": _play,
    "played": lambda e: f"stopped by {escape(e['stopped_by'])}" if e.get("stopped_by") else "",
    "key": lambda e: f"[bold]the caller presses {escape(e['key'])}[/]",
    "no_key": lambda e: f"no key for {e['waited_ms'] / 1000:.1f} s",
    "hangup": _hangup,
    "answered": lambda e: "[bold]the caller answers[/]",
    "would": _nothing,
    "finished": lambda e: "nothing more to run",
    "disconnected": lambda e: "trigger.disconnected runs",
}
