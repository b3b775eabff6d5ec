"""A service's configuration as files that ``apply`` takes: ``outdial.yaml``, flows and media beside it. No secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from outdial.cli.files.have import Have, State
from outdial.cli.files.kinds import GATEWAYS, KINDS, SCHEMAS, Kind, Owned
from outdial.cli.files.values import DAYS
from outdial.cli.files.wanted import MEDIA
from outdial.cli.rest import Rest

FILE = "outdial.yaml"
_UNSAFE = re.compile(r"[^\w.-]+")
HEAD = "# Outdial's configuration; `outdial apply` makes a service so. Names stand for ids.\n"


class _Paths:
    """Where files of names go: no two to the same, whatever their names are and wherever the folder lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._taken: set[str] = set()

    def of(self, part: str, name: str) -> Path:
        stem, dot, ending = _UNSAFE.sub("-", name).rpartition(".")
        stem, ending = (stem, dot + ending) if dot else (ending, "")
        stem = stem.strip("-.") or "unnamed"
        for number in count(1):
            found = f"{part}/{stem}{f'-{number}' if number > 1 else ''}{ending}"
            if found.casefold() not in self._taken:
                break
        self._taken.add(found.casefold())
        return self.folder / found


def write(rest: Rest, state: State, folder: Path) -> list[Path]:
    """Writes the files and answers their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    document: dict[str, Any] = {}
    paths = _Paths(folder)
    for name, id_ in state.media.items():
        path = paths.of("media", name)
        _put(path, rest.content(f"/storage/media/{id_}/download"), written)
        document.setdefault(MEDIA, {})[name] = {"file": path.relative_to(folder).as_posix()}
    for kind in KINDS:
        for name, have in state.records[kind.section].items():
            shown = _schema(paths, have, written) if kind is SCHEMAS else _shown(kind, have)
            document.setdefault(kind.section, {})[name] = shown
    text = HEAD + yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    _put(folder / FILE, text.encode(), written)
    return written


def _put(path: Path, data: bytes, written: list[Path]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    written.append(path)


def _schema(paths: _Paths, have: Have, written: list[Path]) -> dict[str, Any]:
    path = paths.of("flows", f"{have.name}.json")
    flow = {key: have.fields[key] for key in ("schema", "payload") if key in have.fields}
    text = json.dumps(flow.get("schema", []) if "payload" not in flow else flow, ensure_ascii=False, indent=2)
    _put(path, (text + "\n").encode(), written)
    rest = {key: value for key, value in have.fields.items() if key not in flow}
    return {**_fields(rest), "file": path.relative_to(paths.folder).as_posix()}


def _shown(kind: Kind, have: Have) -> dict[str, Any]:
    found = _fields(have.fields)
    if kind is GATEWAYS and have.fields.get("register"):
        variable = re.sub(r"\W+", "_", have.name).upper()
        found["password"] = f"${{env:{variable}_PASSWORD}}"
    for part in kind.owned:
        if have.owned.get(part.key):
            found[part.key] = [_entry(part, entry.fields) for entry in have.owned[part.key]]
    return found


def _entry(part: Owned, fields: Mapping[str, Any]) -> Any:
    return fields[part.main] if set(fields) == {part.main} else _fields(fields)


def _fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in fields.items()}


def _value(name: str, value: Any) -> Any:
    if name == "accepts":
        return _week(value)
    if name == "time":
        return [_hours(entry) for entry in value]
    if name == "tags":
        return [tag["name"] for tag in value]
    if name == "excepts":
        return [{**entry, "date": _day(entry["date"])} for entry in value]
    return value


def _day(ms: int) -> Any:
    """As a date where that says the same, else as it is."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    noon = (moment.hour, moment.minute, moment.second, ms % 1000) == (12, 0, 0, 0)
    return moment.date().isoformat() if noon else ms


def _hours(entry: Mapping[str, Any]) -> str:
    start, end = entry.get("start_time_of_day", 0), entry.get("end_time_of_day", 0)
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _week(entries: list[dict[str, Any]]) -> list[Any]:
    """Days in a row with the same hours as one line; an entry that is switched off keeps all its fields."""
    plain = [entry for entry in entries if not entry.get("disabled")]
    if len(plain) < len(entries):
        return entries
    lines: list[tuple[int, int, str]] = []
    for entry in entries:
        day, hours = entry.get("day", 0), _hours(entry)
        if lines and lines[-1][1] == day - 1 and lines[-1][2] == hours:
            lines[-1] = (lines[-1][0], day, hours)
        else:
            lines.append((day, day, hours))
    return [f"{DAYS[first]}{f'-{DAYS[last]}' if last > first else ''} {hours}" for first, last, hours in lines]


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # the library is not typed
    """Texts that look like something else are quoted; lists are set in from their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else '"' if re.fullmatch(r"[+\d][\d ()_.-]*", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
