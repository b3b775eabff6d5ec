"""Any roles, grants and limits, against one line: a role allows it or the record does, and so does the token."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, update

from outdial.store import grants, tokens
from outdial.store.tables import record_grant, role, token
from tests.api.campaign import a_queue
from tests.api.door import Door
from tests.api.people import a_person, as_

SCOPE = st.text("xrwd", max_size=4)
GRANTS = st.lists(st.text("rwd", max_size=3), min_size=3, max_size=3)


@dataclass(frozen=True)
class Case:
    scopes: list[str]
    """Of the user's own role, of one that they were given, and of a stranger's, which must not count."""
    granted: list[list[str]]
    """To each role, on each of three calendars."""
    limit: str | None

    def wide(self, letter: str) -> bool:
        return any(letter in scope for scope in self.scopes[:2]) and (self.limit is None or letter in self.limit)

    def may(self, letter: str, place: int) -> bool:
        granted = any(letter in of_role[place] for of_role in self.granted[:2])
        return self.wide(letter) or (granted and (self.limit is None or letter in self.limit))


CASES = st.builds(
    Case, st.lists(SCOPE, min_size=3, max_size=3), st.lists(GRANTS, min_size=3, max_size=3), st.none() | SCOPE
)


@dataclass
class Stage:
    door: Door
    calendars: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)

    def set(self, case: Case) -> None:
        def write(conn: Connection) -> None:
            conn.execute(delete(record_grant))
            for role_id, scope, granted in zip(map(int, self.roles), case.scopes, case.granted, strict=True):
                conn.execute(update(role).where(role.c.id == role_id).values(access={"calendars": scope}))
                for calendar, letters in zip(self.calendars, granted, strict=True):
                    grants.put(conn, 1, "calendars", int(calendar), role_id=role_id, granted=letters)
            limit = None if case.limit is None else {"calendars": case.limit}
            conn.execute(update(token).where(token.c.sha256 == tokens.digest("of ann")).values(scope=limit))

        self.door.write(write)

    def allowed(self, method: str, path: str) -> bool:
        """A body that is refused has passed the door; a calendar that is in use is not deleted."""
        status = self.door(method, path, None if method == "GET" else {}).status
        assert status in (200, 400, 403)
        return status != 403


def test_a_door_opens_by_that_rule_and_by_no_other(door: Door) -> None:
    stage = Stage(door)
    stage.calendars = [a_queue(door, f"Queue {place}").calendar for place in range(3)]
    ann = a_person(door)
    given_ = door.id("/roles", {"name": "Given"})
    door.patch(f"/users/{ann.id}", {"roles": [{"id": given_}]}).ok()
    stage.roles = [ann.role, given_, a_person(door, "bob").role]
    door.write(lambda conn: tokens.create(conn, 1, int(ann.id), tokens.New("of ann")))

    @given(CASES)
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def opens(case: Case) -> None:
        stage.set(case)
        with as_(door, "of ann"):
            for place, calendar in enumerate(stage.calendars):
                for letter, method in (("r", "GET"), ("w", "PUT"), ("d", "DELETE")):
                    assert stage.allowed(method, f"/calendars/{calendar}") == case.may(letter, place)
            assert stage.allowed("POST", "/calendars") == case.wide("x")
            readable = [calendar for place, calendar in enumerate(stage.calendars) if case.may("r", place)]
            listed = door.get("/calendars")
            assert (listed.status == 200) == bool(case.wide("r") or readable)
            assert listed.status == 403 or [row["id"] for row in listed.items()] == readable

    opens()
