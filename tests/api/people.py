"""People who may not everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.api.door import Door

PASSWORD = "a good password"


@dataclass(frozen=True)
class Person:
    id: str
    role: str
    """Their own."""
    token: str


def a_person(door: Door, username: str = "ann", **rights: str) -> Person:
    """A user whose own role has these letters: ``cc_queue="rw"``."""
    id_ = door.id("/users", {"username": username, "name": username.title(), "password": PASSWORD})
    (role,) = [one["id"] for one in door.get("/roles", size=1000).items() if one["name"] == username]
    if rights:
        access = [{"class": name, "access": letters} for name, letters in rights.items()]
        door.patch(f"/roles/{role}", {"access": access}).ok()
    return Person(id_, role, door.post(f"/users/{id_}/tokens").ok()["token"])


@contextmanager
def as_(door: Door, token: str) -> Iterator[Door]:
    before, door.token = door.token, token
    yield door
    door.token = before


def grant(door: Door, path: str, person: Person, letters: str) -> None:
    door.patch(f"{path}/acl", [{"grantee": person.role, "grants": letters}]).ok()
