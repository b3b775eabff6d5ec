"""Takes the steps of a plan, by REST."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from outdial.api.kinds import Link, Zone
from outdial.cli.files.document import ConfigMistake
from outdial.cli.files.have import State
from outdial.cli.files.kinds import BY_SECTION, Kind, Owned
from outdial.cli.files.plan import EntryStep, Step
from outdial.cli.files.wanted import MEDIA, Plain, Sound
from outdial.cli.rest import Rest
from outdial.domain.errors import UserMistake

MIME = {".wav": "audio/wav", ".mp3": "audio/mpeg"}
BATCH = 1000


class Maker:
    """Knows the ids of what was there and of what it makes."""

    def __init__(self, rest: Rest, state: State) -> None:
        self._rest = rest
        self._ids = {(section, name): have.id for section, rows in state.records.items() for name, have in rows.items()}
        self._state = state

    def take(self, steps: list[Step], done: Callable[[Step], None]) -> None:
        """In order; ``done`` is told of each. Raises ConfigMistake that names the step; those before it stay."""
        for step in steps:
            try:
                self._one(step)
            except UserMistake as error:
                raise ConfigMistake(f"{step.section}.{step.name}: {error.detail}") from None
            done(step)

    def _one(self, step: Step) -> None:
        if step.section == MEDIA:
            self._media(step)
            return
        kind = BY_SECTION[step.section]
        if step.action == "delete":
            self._rest.delete(f"{kind.path}/{step.id}")
            return
        body = {"name": step.name, **kind.fixed, **self._wire(kind, step.fields)}
        if step.action == "create":
            self._ids[step.section, step.name] = str(self._rest.post(kind.path, body)["id"])
        elif step.differences:
            self._rest.put(f"{kind.path}/{step.id}", body)
        place = f"{kind.path}/{self._ids[step.section, step.name]}"
        for entry in step.entries:
            self._entry(f"{place}/{entry.part.path}", entry)
        if step.members:
            self._people(place, step.members)
        if step.switch is not None:
            self._rest.patch(place, {kind.switch: step.switch})

    def _media(self, step: Step) -> None:
        if step.action == "delete":
            self._rest.delete(f"/storage/media/{step.id}")
            return
        assert step.sound is not None
        data = _bytes(self._rest, step.sound)
        ending = step.sound.file.suffix if step.sound.file else Path(step.name).suffix
        self._rest.upload("/storage/media", step.name, MIME.get(ending.lower(), "audio/wav"), data)

    def _entry(self, place: str, entry: EntryStep) -> None:
        if entry.action == "delete":
            self._rest.delete(f"{place}/{entry.id}")
        elif entry.action == "create":
            self._rest.post(place, self._wire(entry.part, entry.fields))
        else:
            self._rest.put(f"{place}/{entry.id}", self._wire(entry.part, entry.fields))

    def _wire(self, kind: Kind | Owned, fields: Plain) -> dict[str, Any]:
        return {name: self._value(kind, name, value) for name, value in fields.items()}

    def _value(self, kind: Kind | Owned, name: str, value: Any) -> Any:
        """Names become ids."""
        shape = kind.shape.fields[name].kind
        if isinstance(shape, Zone):
            return {"name": value}
        if isinstance(shape, Link):
            section = kind.links.get(name, "")
            return {"id": self._ids[section, value]} if value else {}
        return value

    def _people(self, place: str, members: tuple[Plain, ...]) -> None:
        """The numbers are of the kind that the queue's first group dials, unless they say another."""
        groups = self._rest.get(f"{place}/resource_groups", size=1).get("items") or []
        usual = groups[0].get("communication") if groups else None
        items = [self._person(member, usual) for member in members]
        for start in range(0, len(items), BATCH):
            self._rest.post(f"{place}/members/bulk", {"items": items[start : start + BATCH]})

    def _person(self, member: Plain, usual: Any) -> Plain:
        numbers = []
        for given in member["communications"]:
            name = given.get("type")
            type_ = {"id": self._ids.get(("communication_types", str(name)), "0")} if name else usual
            numbers.append({**given, "type": type_ or {}})
        return {**member, "communications": numbers}


def _bytes(rest: Rest, sound: Sound) -> bytes:
    if sound.file is not None:
        return sound.file.read_bytes()
    words = {"text": sound.say["say"], **{key: sound.say[key] for key in ("language", "voice") if key in sound.say}}
    return rest.content("/storage/tts/stream", **words)
