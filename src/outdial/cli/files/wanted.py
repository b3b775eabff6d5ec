"""What files ask for: records by section and name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outdial.cli.files.document import ConfigMistake, Node, read
from outdial.cli.files.kinds import BY_SECTION, KINDS, SCHEMAS, Kind, Owned
from outdial.cli.files.values import nearest, without_zeros, written

MEDIA = "media"
ENDINGS = (".yaml", ".yml")
SAY = ("say", "language", "voice")
_VARIABLE = re.compile(r"\$\{env:(\w+)(?::([^}]*))?\}")

Plain = dict[str, Any]
"""Field → value, names where the wire has ids, zeros left out."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A media file: bytes of a file, or a text to be spoken."""

    node: Node
    file: Path | None = None
    say: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it should be: only what was written down."""

    kind: Kind
    name: str
    node: Node
    fields: Plain
    owned: Mapping[str, list[Plain]] = field(default_factory=dict)
    """Key → its entries; a key that was not written is not here."""
    members: list[Plain] | None = None
    """People of a queue; added only to a queue that has none."""


@dataclass(slots=True)
class Wanted:
    media: dict[str, Sound] = field(default_factory=dict)
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    """Section → name → record."""

    def sections(self) -> set[str]:
        return {*self.records, *({MEDIA} if self.media else ())}


def load(target: Path, environ: Mapping[str, str] | None = None) -> Wanted:
    """A file, or every YAML file of a folder. Raises ConfigMistake."""
    files = sorted(path for path in target.rglob("*") if path.suffix in ENDINGS) if target.is_dir() else [target]
    if not files:
        raise ConfigMistake(f"{target}: no file that ends in .yaml; `outdial export {target}` writes some")
    wanted, env = Wanted(), os.environ if environ is None else environ
    for file in files:
        for section, node in read(file).mapping().items():
            _take(wanted, section, node, env)
    return wanted


def _take(wanted: Wanted, section: str, node: Node, env: Mapping[str, str]) -> None:
    if section == MEDIA:
        for name, item in node.mapping().items():
            _once(wanted.media, name, item)
            wanted.media[name] = _sound(item)
        return
    kind = BY_SECTION.get(section)
    if kind is None:
        raise node.fail(f"no such section{nearest(section, [MEDIA, *BY_SECTION])}")
    found = wanted.records.setdefault(section, {})
    for name, item in node.mapping().items():
        _once(found, name, item)
        found[name] = _record(kind, name, item, env)


def _once(found: Mapping[str, Any], name: str, item: Node) -> None:
    if name in found:
        raise item.fail(f"also written at {found[name].node.place}")


def _sound(node: Node) -> Sound:
    given = node.mapping()
    for key, item in given.items():
        if key not in ("file", *SAY):
            raise item.fail(f"no such field{nearest(key, ('file', *SAY))}")
    if "file" in given:
        path = node.place.file.parent / given["file"].text()
        if not path.is_file():
            raise given["file"].fail(f"there is no file {path}")
        return Sound(node, file=path)
    if "say" not in given:
        raise node.fail("expected `file:` with a wav or mp3, or `say:` with a text")
    return Sound(node, say={key: item.text() for key, item in given.items()})


def _record(kind: Kind, name: str, node: Node, env: Mapping[str, str]) -> Record:
    owned = {part.key: part for part in kind.owned}
    fields: Plain = {}
    entries: dict[str, list[Plain]] = {}
    members = None
    for key, item in node.mapping().items():
        if key in owned:
            entries[key] = [_entry(owned[key], one) for one in item.items()]
        elif key == "members" and kind.section == "queues":
            members = [_member(one) for one in item.items()]
        elif key == "file" and kind is SCHEMAS:
            fields |= _schema_file(item)
        elif key in kind.fields:
            value = written(kind.fields[key], item)
            fields[key] = _opened(value, item, env) if isinstance(value, str) else value
        else:
            known = [*kind.fields, *owned, *(["file"] if kind is SCHEMAS else [])]
            raise item.fail(f"no such field{nearest(key, known)}")
    return Record(kind, name, node, fields, entries, members)


def _opened(value: str, node: Node, env: Mapping[str, str]) -> str:
    """``${env:NAME}`` or ``${env:NAME:default}``: secrets and addresses need not stand in files."""

    def one(found: re.Match[str]) -> str:
        given = env.get(found[1], found[2])
        if given is None:
            raise node.fail(f"the variable {found[1]} is not set in the environment")
        return given

    return _VARIABLE.sub(one, value)


def _entry(part: Owned, node: Node) -> Plain:
    if isinstance(node.value, str):
        return {part.main: node.text()}
    found: Plain = {}
    for key, item in node.mapping().items():
        spec = part.shape.fields.get(key)
        if spec is None or spec.read_only:
            raise item.fail(f"no such field{nearest(key, part.shape.fields)}")
        found[key] = written(spec.kind, item)
    if not found.get(part.main):
        raise node.fail(f"expected {part.main}")
    return without_zeros(found)


def _schema_file(node: Node) -> Plain:
    """The flow of a JSON file: a list of applications, or a record as the site exports it."""
    path = node.place.file.parent / node.text()
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise node.fail(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise node.fail(f"{path} is not JSON: {error}") from None
    if isinstance(found, list):
        return {"schema": found}
    if not isinstance(found, dict) or not isinstance(found.get("schema"), list):
        raise node.fail(f"{path}: expected a list of applications")
    return {key: found[key] for key in ("schema", "payload", "type", "editor") if found.get(key)}


def _member(node: Node) -> Plain:
    """``Olena: 380501234567`` for one number of the first group's type, or the wire's own fields with names."""
    given = node.plain()
    if isinstance(given, dict) and "communications" in given:
        return given
    numbers = {key: item.text() for key, item in node.mapping().items()}
    if len(numbers) != 1:
        raise node.fail("expected `Name: number`, or `communications` with their numbers")
    ((name, number),) = numbers.items()
    return {"name": name, "communications": [{"destination": number}]}


def references(wanted: Wanted) -> Iterator[tuple[Node, str, str]]:
    """Every name that a record refers to: where, section, name."""
    for kind in KINDS:
        for record in wanted.records.get(kind.section, {}).values():
            for name, section in kind.links.items():
                if record.fields.get(name):
                    yield record.node.mapping()[name], section, record.fields[name]
            for part in kind.owned:
                for entry in record.owned.get(part.key, ()):
                    for name, section in part.links.items():
                        if entry.get(name):
                            yield record.node.mapping()[part.key], section, entry[name]
