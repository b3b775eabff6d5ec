"""Who may do what: rights by class of record, and letters granted on one record (webitel-api §2.2, §2.3).

``x`` creates, ``r`` reads, ``w`` changes, ``d`` deletes. On one record a doubled letter may also be passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LETTERS = "xrwd"
WORDS = {"x": "create", "r": "read", "w": "change", "d": "delete"}
CLASSES: dict[str, str] = {
    "cc_queue": "queues and their members",
    "cc_resource": "resources",
    "cc_resource_group": "resource groups",
    "cc_list": "lists",
    "calendars": "calendars",
    "schema": "flow schemas",
    "media_file": "media files",
    "gateways": "gateways",
    "dictionaries": "communication types and other small records",
    "calls": "calls",
    "record_file": "recordings",
    "users": "users",
    "roles": "roles",
    "logger": "the log of changes",
    "settings": "settings of the domain",
}
"""Class of records → what people call it."""
GRANTED: dict[str, str] = {
    "cc_queue": "/call_center/queues",
    "cc_resource": "/call_center/resources",
    "cc_resource_group": "/call_center/resource_group",
    "cc_list": "/call_center/list",
    "calendars": "/calendars",
    "schema": "/routing/schema",
    "media_file": "/storage/media",
    "gateways": "/sip/gateways",
    "users": "/users",
}
"""Classes whose records can be granted one by one → their collection."""

Scope = Mapping[str, str]
"""Class → letters."""


def letters(text: str) -> str:
    """Those known, once each and in order."""
    return "".join(letter for letter in LETTERS if letter in text)


@dataclass(frozen=True, slots=True)
class Rights:
    """What holds for every record of a class."""

    everything: bool = False
    classes: Scope = field(default_factory=dict)

    def may(self, object: str, letter: str) -> bool:
        return self.everything or letter in self.classes.get(object, "")

    def of(self, object: str) -> str:
        return LETTERS if self.everything else self.classes.get(object, "")

    def within(self, limit: Scope | None) -> Rights:
        """Both rights and limit must allow; None does not limit."""
        if limit is None:
            return self
        return Rights(classes={name: letters_of(self.of(name), limit.get(name, "")) for name in CLASSES})

    def cover(self, other: Rights) -> bool:
        """Whether whoever has these may hand out the others."""
        if other.everything or self.everything:
            return self.everything
        return all(self.may(name, letter) for name, given in other.classes.items() for letter in given)


def letters_of(one: str, other: str) -> str:
    """Those in both."""
    return "".join(letter for letter in LETTERS if letter in one and letter in other)


def united(scopes: Iterable[Scope]) -> dict[str, str]:
    """Whatever one of them allows."""
    found: dict[str, str] = {}
    for scope in scopes:
        for name, given in scope.items():
            found[name] = letters(found.get(name, "") + given)
    return found


TOGGLED: dict[tuple[int, int], int] = {
    (0, 1): 1, (1, 1): 0, (2, 1): 0,
    (0, 2): 2, (1, 2): 2, (2, 2): 1,
}  # fmt: skip
"""(how often the letter was granted, how often it is given) → how often it is granted then; from Webitel's client."""


def toggled(had: str, given: str) -> str:
    """The grants on a record after a PATCH of its list: ``given`` switches letters rather than setting them."""
    counts = {letter: min(had.count(letter), 2) for letter in "rwd"}
    for letter in counts:
        times = min(given.count(letter), 2)
        if times:
            counts[letter] = TOGGLED[counts[letter], times]
    return "".join(letter * count for letter, count in counts.items())
