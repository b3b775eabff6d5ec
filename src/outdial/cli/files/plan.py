"""The steps from what a service has to what files ask for, in the order to take them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from outdial.cli.files.document import ConfigMistake
from outdial.cli.files.have import Entry, Have, State
from outdial.cli.files.kinds import BY_SECTION, KINDS, Owned
from outdial.cli.files.values import nearest
from outdial.cli.files.wanted import MEDIA, Plain, Record, Sound, Wanted, references

Action = Literal["create", "change", "delete"]


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class EntryStep:
    """One record below another."""

    action: Action
    part: Owned
    name: str
    fields: Plain
    id: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    action: Action
    section: str
    name: str
    differences: tuple[Difference, ...] = ()
    entries: tuple[EntryStep, ...] = ()
    fields: Plain = field(default_factory=dict)
    """The whole record as it will be; names where the wire has ids."""
    id: str = ""
    sound: Sound | None = None
    members: tuple[Plain, ...] = ()
    switch: bool | None = None
    """Set after everything else of a new record is in place."""


def plan(wanted: Wanted, state: State, *, prune: bool = False) -> list[Step]:
    """Raises ConfigMistake when a name is referred to that is neither in the files nor in the service."""
    _references_hold(wanted, state)
    steps = [
        Step("create", MEDIA, name, sound=sound) for name, sound in wanted.media.items() if name not in state.media
    ]
    for kind in KINDS:
        have = state.records.get(kind.section, {})
        for name, record in wanted.records.get(kind.section, {}).items():
            step = _changed(record, have[name]) if name in have else _created(record)
            steps += [step] if step else []
    return steps + (list(_pruned(wanted, state)) if prune else [])


def _references_hold(wanted: Wanted, state: State) -> None:
    for node, section, name in references(wanted):
        known = [*wanted.records.get(section, {}), *state.records.get(section, {})]
        if name not in known:
            label = BY_SECTION[section].label
            raise node.fail(f"there is no {label} {name!r}, neither here nor in the service{nearest(name, known)}")


def _created(record: Record) -> Step:
    kind = record.kind
    fields = dict(record.fields)
    switch = fields.pop(kind.switch, None) if kind.switch else None
    entries = [
        EntryStep("create", part, str(entry[part.main]), entry)
        for part in kind.owned
        for entry in record.owned.get(part.key, ())
    ]
    shown = tuple(Difference(name, None, value) for name, value in record.fields.items() if name not in kind.secret)
    people = tuple(record.members or ())
    return Step("create", kind.section, record.name, shown, tuple(entries), fields, members=people, switch=switch)


def _changed(record: Record, have: Have) -> Step | None:
    """None where nothing differs. Secrets are not known and count as equal."""
    kind = record.kind
    named = {name: value for name, value in record.fields.items() if name not in kind.secret}
    differences = tuple(_differences(named, have.fields))
    entries = tuple(
        step
        for part in kind.owned
        if part.key in record.owned
        for step in _entry_steps(part, record.owned[part.key], have.owned.get(part.key, []))
    )
    people = tuple(record.members or ()) if not have.people else ()
    if not differences and not entries and not people:
        return None
    fields = _merged(have.fields, named)
    return Step("change", kind.section, record.name, differences, entries, fields, have.id, members=people)


def _differences(wanted: Plain, have: Plain, path: str = "") -> Iterator[Difference]:
    """Objects are compared key by key: what was not written down stays as it is."""
    for name, value in wanted.items():
        before = have.get(name)
        place = f"{path}.{name}" if path else name
        if isinstance(value, dict) and isinstance(before, dict):
            yield from _differences(value, before, place)
        elif not _same(value, before):
            yield Difference(place, before, value)


def _same(value: Any, before: Any) -> bool:
    """Zero and absent are one."""
    return (value or None) == (before or None) and isinstance(value or None, bool) == isinstance(before or None, bool)


def _merged(have: Plain, wanted: Plain) -> Plain:
    found = dict(have)
    for name, value in wanted.items():
        before = found.get(name)
        found[name] = _merged(before, value) if isinstance(value, dict) and isinstance(before, dict) else value
    return found


def _entry_steps(part: Owned, wanted: list[Plain], have: list[Entry]) -> Iterator[EntryStep]:
    """A list that is written down is the whole list."""
    there = {str(entry.fields.get(part.main, "")): entry for entry in have}
    for fields in wanted:
        name = str(fields[part.main])
        entry = there.pop(name, None)
        if entry is None:
            yield EntryStep("create", part, name, fields)
        elif any(_differences(fields, entry.fields)):
            yield EntryStep("change", part, name, _merged(entry.fields, fields), entry.id)
    for name, entry in there.items():
        yield EntryStep("delete", part, name, {}, entry.id)


def _pruned(wanted: Wanted, state: State) -> Iterator[Step]:
    """What the service has in the sections of the files and the files have not; users before what they use."""
    for kind in reversed(KINDS):
        if kind.section in wanted.records:
            for name, have in state.records.get(kind.section, {}).items():
                if name not in wanted.records[kind.section]:
                    yield Step("delete", kind.section, name, id=have.id)
    if wanted.media:
        for name, id_ in state.media.items():
            if name not in wanted.media:
                yield Step("delete", MEDIA, name, id=id_)


# ── what a running queue needs ───────────────────────────────────────────────────────────────────

Lines = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Section → name → fields, entries among them by their key."""


def breaks(steps: list[Step], state: State) -> list[str]:
    """A sentence for each queue that dials today and could not after these steps."""
    before = _lines(state)
    after = _after(before, steps)
    queues = before.get("queues", {})
    broken: list[str] = []
    for name, queue in queues.items():
        now = after["queues"].get(name)
        if not queue.get("enabled") or _why_not(queue, before) or (now is not None and not now.get("enabled")):
            continue
        why = "it would be deleted" if now is None else _why_not(now, after)
        if why:
            broken.append(f"queue {name} is running and would stop: {why}")
    return broken


def _lines(state: State) -> dict[str, dict[str, dict[str, Any]]]:
    return {
        section: {
            name: {**have.fields, **{key: [entry.fields for entry in found] for key, found in have.owned.items()}}
            for name, have in records.items()
        }
        for section, records in state.records.items()
    }


def _after(before: Lines, steps: list[Step]) -> dict[str, dict[str, dict[str, Any]]]:
    found = {section: {name: dict(row) for name, row in rows.items()} for section, rows in before.items()}
    for step in steps:
        if step.section == MEDIA:
            continue
        rows = found.setdefault(step.section, {})
        if step.action == "delete":
            rows.pop(step.name, None)
            continue
        row = rows.setdefault(step.name, {})
        row.update(step.fields)
        if step.switch is not None:
            row[BY_SECTION[step.section].switch] = step.switch
        for entry in step.entries:
            _put(row, entry)
    return found


def _put(row: dict[str, Any], entry: EntryStep) -> None:
    rest = [one for one in row.get(entry.part.key, []) if str(one.get(entry.part.main)) != entry.name]
    row[entry.part.key] = rest if entry.action == "delete" else [*rest, entry.fields]


def _why_not(queue: Mapping[str, Any], lines: Lines) -> str | None:
    """Why a queue could not dial with these lines; None when it could."""
    for name, section in BY_SECTION["queues"].links.items():
        wanted = queue.get(name)
        if wanted and wanted not in lines.get(section, {}):
            return f"its {BY_SECTION[section].label} {wanted} would be gone"
    groups = [entry.get("resource_group") for entry in queue.get("resource_groups", ())]
    if not any(_has_a_line(lines["resource_groups"].get(str(name)), lines) for name in groups):
        return "none of its resource groups would have a resource that is on, on a gateway that is on"
    return None


def _has_a_line(group: Mapping[str, Any] | None, lines: Lines) -> bool:
    if group is None or not group.get("time"):
        return False
    names = [entry.get(key) for entry in group.get("resources", ()) for key in ("resource", "reserve_resource")]
    resources = [lines["resources"].get(str(name)) for name in names if name]
    return any(one and one.get("enabled") and _is_on(one.get("gateway"), lines) for one in resources)


def _is_on(gateway: Any, lines: Lines) -> bool:
    return bool(lines["gateways"].get(str(gateway), {}).get("enable"))


def refuse_broken(steps: list[Step], state: State) -> None:
    """Raises ConfigMistake when a running queue would stop."""
    found = breaks(steps, state)
    if found:
        raise ConfigMistake("; ".join(found) + ". Nothing was changed; --force does it all the same.")
