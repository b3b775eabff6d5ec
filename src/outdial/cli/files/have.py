"""What a service has, read by REST, as plain values with names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from outdial.cli.files.kinds import KINDS, Kind, Owned
from outdial.cli.files.values import answered, without_zeros
from outdial.cli.files.wanted import MEDIA, Plain
from outdial.cli.rest import Rest

PAGE = 500


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    fields: Plain


@dataclass(frozen=True, slots=True)
class Have:
    """One record of the service."""

    id: str
    name: str
    fields: Plain
    owned: dict[str, list[Entry]] = field(default_factory=dict)
    people: int = 0
    """Members of a queue."""


@dataclass(slots=True)
class State:
    media: dict[str, str] = field(default_factory=dict)
    """Name → id."""
    records: dict[str, dict[str, Have]] = field(default_factory=dict)

    def id_of(self, section: str, name: str) -> str | None:
        if section == MEDIA:
            return self.media.get(name)
        found = self.records.get(section, {}).get(name)
        return found.id if found else None


def read_state(rest: Rest) -> State:
    state = State(media={row["name"]: row["id"] for row in every(rest, "/storage/media", fields=["id", "name"])})
    for kind in KINDS:
        rows = [rest.get(f"{kind.path}/{row['id']}") for row in every(rest, kind.path, fields=["id"])]
        state.records[kind.section] = {row["name"]: _have(rest, kind, row) for row in rows}
    return state


def every(rest: Rest, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """All rows of a list, page by page, in the order of their ids."""
    page, more = 1, True
    while more:
        found = rest.get(path, page=page, size=PAGE, sort="+id", **query)
        yield from found.get("items") or ()
        page, more = page + 1, bool(found.get("next"))


def _have(rest: Rest, kind: Kind, row: dict[str, Any]) -> Have:
    fields = {name: answered(spec, row[name]) for name, spec in kind.fields.items() if name in row}
    owned = {part.key: _entries(rest, kind, row["id"], part) for part in kind.owned}
    return Have(row["id"], row["name"], without_zeros(fields), owned, int(row.get("count") or 0))


def _entries(rest: Rest, kind: Kind, id_: str, part: Owned) -> list[Entry]:
    rows = every(rest, f"{kind.path}/{id_}/{part.path}")
    return [Entry(row["id"], _plain(part, row)) for row in rows]


def _plain(part: Owned, row: dict[str, Any]) -> Plain:
    known = {name: spec.kind for name, spec in part.shape.fields.items() if name in row and not spec.read_only}
    return without_zeros({name: answered(spec, row[name]) for name, spec in known.items()})
