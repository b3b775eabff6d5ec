"""What a door asks of whoever comes: a right on a class of records, or on the one record that its path names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from outdial.api.doc import Doc
from outdial.domain.errors import Forbidden
from outdial.domain.rights import CLASSES, GRANTED, LETTERS, WORDS
from outdial.store import grants
from outdial.store.context import Actor
from outdial.store.tokens import Session

SELF = "self"
"""One's own account: for everybody who is signed in, but a token with a scope may only read there."""
ALWAYS = "always"
"""Also for those who have to choose another password first."""
_BY_METHOD = {"GET": "r", "HEAD": "r", "POST": "x", "PUT": "w", "PATCH": "w", "DELETE": "d"}


class MustChangePassword(Forbidden):
    """Choose another password first: PUT /users/password."""

    id = "app.session.password"


@dataclass(frozen=True, slots=True)
class Need:
    object: str
    """A class of ``CLASSES``, SELF or ALWAYS."""
    letter: str
    record: str = ""
    """The parameter of the path with the id of the record on which a grant is enough."""
    filtered: bool = False
    """The store leaves out what was not granted, so one grant on any record opens the door."""

    def __str__(self) -> str:
        if self.object not in CLASSES:
            return "Needs no right."
        return f"Needs the right to {WORDS[self.letter]} {CLASSES[self.object]} (`{self.letter}` of `{self.object}`)."


def need_of(method: str, path: str, doc: Doc, room: str) -> Need:
    """By the room's class and the method, unless the door says otherwise.

    What belongs to another record is changed with the right to change that one. Raises ValueError for a door
    without a class: there is none that anybody may pass by accident.
    """
    object, collection = doc.object or room, GRANTED.get(doc.object or room, "")
    if object not in (*CLASSES, SELF, ALWAYS):
        raise ValueError(f"{method} {path}: say OBJECT in its room or Doc(object=…), a class of domain/rights.py")
    letter = doc.letter or _BY_METHOD[method]
    if not doc.letter and letter != "r" and "{parent" in path:
        letter = "w"
    if letter not in LETTERS:
        raise ValueError(f"{method} {path}: {letter!r} is no letter of {LETTERS}")
    below = path.removeprefix(collection) if collection and path.startswith(collection) else ""
    places = {"/{id:id}": "id", "/{parent:id}": "parent"}
    record = next((name for place, name in places.items() if f"{below}/".startswith(f"{place}/")), "")
    return Need(object, letter, record, doc.filtered or (path == collection and letter == "r"))


def admit(conn: Connection, session: Session, need: Need, place: Mapping[str, Any], address: str) -> Actor:
    """Who acts, and whether on a whole class or on single records. Raises Forbidden."""
    wide = need.object in (SELF, ALWAYS) or session.rights.may(need.object, need.letter)
    if session.must_change and need.object != ALWAYS:
        raise MustChangePassword
    if need.object == SELF and session.limit is not None and need.letter != "r":
        raise Forbidden("A token with a scope cannot change the account of its user; sign in for that.")
    if not wide and not _granted(conn, session, need, place):
        raise Forbidden(f"{need} An administrator can give it to one of your roles.")
    return Actor(
        user_id=session.user_id,
        name=session.name or session.username,
        address=address,
        rights=session.rights,
        roles=session.roles,
        object=need.object,
        letter=need.letter,
        wide=wide,
    )


def _granted(conn: Connection, session: Session, need: Need, place: Mapping[str, Any]) -> bool:
    if need.object not in GRANTED or not session.grantable(need.object, need.letter):
        return False
    if need.record:
        return grants.allowed(conn, session.roles, need.object, need.letter, int(place[need.record]))
    return need.filtered and grants.allowed(conn, session.roles, need.object, need.letter)
