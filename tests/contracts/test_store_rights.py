"""Roles, grants, tokens, second factors and the log of changes, on each database."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from outdial.domain.errors import Forbidden, NotFound, UserMistake
from outdial.domain.rights import Rights
from outdial.store import calendars, changes, grants, members, queues, roles, second_factors, tokens, users
from outdial.store.context import Actor, acting
from outdial.store.listing import ListQuery
from outdial.store.zones import zone_id
from tests.store.builders import Campaign, a_campaign, add_members
from tests.store.ground import NOON, Ground

T = TypeVar("T")
WEEK = {"accepts": [], "timezone": zone_id("UTC")}


@pytest.fixture
def campaign(ground: Ground) -> Campaign:
    return a_campaign(ground)


def a_user(ground: Ground, campaign: Campaign, name: str = "ann") -> int:
    return int(ground.write(users.create, campaign.domain, {"username": name, "name": name.title()})["id"])


def own_role(ground: Ground, user_id: int) -> int:
    (role,) = ground.read(roles.standing, user_id).roles
    return role


class As:
    """A user at a door of a class, where only grants on single records count; what is created needs none."""

    def __init__(self, ground: Ground, user_id: int, object: str, letter: str) -> None:
        self.ground = ground
        found = ground.read(roles.standing, user_id)
        self.actor = Actor(user_id, "Ann", "10.1.1.1", found.rights, found.roles, object, letter, wide=letter == "x")

    def read(self, fn: Callable[..., T], *args: Any, **named: Any) -> T:
        return self.ground.do(self.ground.store.read(acting(self.actor, lambda conn: fn(conn, *args, **named))))

    def write(self, fn: Callable[..., T], *args: Any, **named: Any) -> T:
        return self.ground.do(self.ground.store.write(acting(self.actor, lambda conn: fn(conn, *args, **named))))


def test_only_granted_records_are_found_read_and_changed(ground: Ground, campaign: Campaign) -> None:
    ann = a_user(ground, campaign)
    other = a_campaign(ground, "other queue")
    role = own_role(ground, ann)
    ground.write(grants.put, campaign.domain, "cc_queue", campaign.queue, role_id=role, granted="rw")
    mine, _ = add_members(ground, campaign, "380441"), add_members(ground, other, "380442")
    reader = As(ground, ann, "cc_queue", "r")
    assert [row["id"] for row in reader.read(queues.search, campaign.domain).items] == [campaign.queue]
    assert reader.read(queues.get, campaign.domain, campaign.queue)["id"] == campaign.queue
    assert [row["id"] for row in reader.read(members.search, campaign.domain).items] == mine
    with pytest.raises(Forbidden):
        reader.read(queues.get, campaign.domain, 10**9)
    As(ground, ann, "cc_queue", "w").write(queues.patch, campaign.domain, campaign.queue, {"description": "hers"})
    with pytest.raises(Forbidden):
        As(ground, ann, "cc_queue", "d").write(queues.NOUN.delete, campaign.domain, campaign.queue)
    with pytest.raises(NotFound):
        ground.read(queues.get, campaign.domain, 10**9)


def test_grants_are_listed_by_role(ground: Ground, campaign: Campaign) -> None:
    ann = a_user(ground, campaign)
    watchers = ground.write(roles.create, campaign.domain, {"name": "Watchers", "access": {}})["id"]
    for role, letters in ((own_role(ground, ann), "rrw"), (watchers, "r")):
        ground.write(grants.put, campaign.domain, "calendars", campaign.calendar, role_id=role, granted=letters)
    page = ground.read(grants.of_record, campaign.domain, "calendars", campaign.calendar, ListQuery())
    assert [(row["grantee"]["name"], row["granted"], row["user"]) for row in page.items] == [
        ("ann", "rrw", True), ("Watchers", "r", False),
    ]  # fmt: skip
    first = ground.read(grants.of_record, campaign.domain, "calendars", campaign.calendar, ListQuery(size=1))
    assert len(first.items) == 1 and first.next
    ground.write(grants.put, campaign.domain, "calendars", campaign.calendar, role_id=watchers, granted="")
    assert ground.read(grants.granted_to, "calendars", campaign.calendar, watchers) == ""
    ground.write(users.delete, campaign.domain, ann)
    assert ground.sql("SELECT count(*) FROM record_grant") == [(0,)]


def test_rights_add_up_over_roles(ground: Ground, campaign: Campaign) -> None:
    ann = a_user(ground, campaign)
    for name, access in (("Readers", {"cc_queue": "r"}), ("Writers", {"cc_queue": "w", "schema": "x"})):
        role = ground.write(roles.create, campaign.domain, {"name": name, "access": access})["id"]
        given = ground.read(users.get, campaign.domain, ann)["roles"]
        ground.write(users.patch, campaign.domain, ann, {"roles": [*(one["id"] for one in given), role]})
    assert ground.read(roles.standing, ann).rights == Rights(classes={"cc_queue": "rw", "schema": "x"})
    ground.write(users.patch, campaign.domain, ann, {"admin": True})
    assert ground.read(roles.standing, ann).rights.everything
    assert ground.read(users.get, campaign.domain, ann)["admin"] is True
    ground.write(users.replace, campaign.domain, ann, {"username": "ann"})
    assert ground.read(roles.standing, ann).rights == Rights()


def test_names_of_roles(ground: Ground, campaign: Campaign) -> None:
    """A role may be called like a user, but not like another role."""
    a_user(ground, campaign, "Watchers")
    ground.write(roles.create, campaign.domain, {"name": "Watchers", "access": {}})
    with pytest.raises(UserMistake):
        ground.write(roles.create, campaign.domain, {"name": "Watchers", "access": {}})


def test_a_tokens_limit(ground: Ground, campaign: Campaign) -> None:
    ann = a_user(ground, campaign)
    ground.write(users.patch, campaign.domain, ann, {"admin": True})
    ground.write(tokens.create, campaign.domain, ann, tokens.New("text", scope={"schema": "r"}))
    session = ground.read(tokens.find, "text")
    assert session and not session.admin
    assert session.rights.may("schema", "r") and not session.rights.may("schema", "w")
    assert not session.grantable("cc_queue", "r")


def test_a_second_factor(ground: Ground, campaign: Campaign) -> None:
    ann = a_user(ground, campaign)
    secret = ground.write(second_factors.begin, campaign.domain, ann)
    assert not ground.read(second_factors.is_on, ann)
    assert second_factors.as_text(secret) not in str(ground.sql("SELECT sealed FROM second_factor"))
    assert ground.write(second_factors.confirm, campaign.domain, ann, "000000") is None
    code = second_factors.code_at(secret, NOON // 1000)
    recovery = ground.write(second_factors.confirm, campaign.domain, ann, code)
    assert recovery and ground.read(second_factors.left, ann) == len(recovery)
    assert not ground.write(second_factors.take, ann, code)
    assert ground.write(second_factors.take, ann, recovery[0]) and not ground.write(
        second_factors.take, ann, recovery[0]
    )
    ground.now += 30_000
    assert ground.write(second_factors.take, ann, second_factors.code_at(secret, ground.now // 1000))
    assert b32decode(second_factors.as_text(secret)) == secret
    assert ground.write(second_factors.off, campaign.domain, ann)
    assert not ground.write(second_factors.off, campaign.domain, ann)


@pytest.mark.parametrize(
    ("time_s", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
     (2000000000, "69279037"), (20000000000, "65353130")],
)  # fmt: skip
def test_the_vectors_of_rfc_6238(time_s: int, code: str) -> None:
    assert second_factors.code_at(b"12345678901234567890", time_s, digits=8) == code


def test_a_change_and_its_entry_stand_or_fall_together(ground: Ground, campaign: Campaign) -> None:
    ann = As(ground, a_user(ground, campaign), "calendars", "x")

    def fails(conn: Connection) -> None:
        calendars.create(conn, campaign.domain, {"name": "Holidays", **WEEK})
        assert len(changes.search(conn, campaign.domain, ListQuery()).items) == 1
        raise KeyError

    with pytest.raises(KeyError):
        ann.write(fails)
    assert ground.read(changes.search, campaign.domain, ListQuery()).items == []


def test_the_log_of_changes(ground: Ground, campaign: Campaign) -> None:
    ann = a_user(ground, campaign)
    maker = As(ground, ann, "calendars", "x")
    row = maker.write(calendars.create, campaign.domain, {"name": "Holidays", **WEEK})
    As(ground, ann, "calendars", "w").write(calendars.patch, campaign.domain, row["id"], {"name": "Feasts"})
    ground.write(calendars.patch, campaign.domain, row["id"], {"name": "by the service itself"})
    update, create = ground.read(changes.search, campaign.domain, ListQuery()).items
    assert (create["action"], create["user"], create["user_ip"]) == ("create", {"id": ann, "name": "Ann"}, "10.1.1.1")
    assert (update["old_state"], update["new_state"]) == ('{"name":"Holidays"}', '{"name":"Feasts"}')
    assert ground.read(changes.search, campaign.domain + 1, ListQuery()).items == []
    found = ground.read(
        changes.search, campaign.domain, ListQuery(filters={"action": ["create"], "object": ["calendars"]})
    )
    assert [one["id"] for one in found.items] == [create["id"]]


def test_roles_and_users_are_searched(ground: Ground, campaign: Campaign) -> None:
    ann = a_user(ground, campaign)
    made = ground.write(roles.create, campaign.domain, {"name": "Watchers", "access": {"cc_queue": "r"}})["id"]
    ground.write(users.patch, campaign.domain, ann, {"roles": [made], "admin": True})
    found = ground.read(roles.search, campaign.domain, ListQuery(q="watch*", sort="-name")).items
    assert [(row["name"], row["access"], row["personal"]) for row in found] == [("Watchers", {"cc_queue": "r"}, False)]
    (user,) = ground.read(users.search, campaign.domain, ListQuery(sort="-admin", fields=("roles", "admin"))).items
    assert [one["name"] for one in user["roles"]] == ["Administrators", "Watchers"] and user["admin"] is True
    ground.write(grants.put, campaign.domain, "calendars", campaign.calendar, role_id=made, granted="rwd")
    assert ground.read(grants.classes_of, [made]) == {"calendars": "rwd"}
    assert ground.read(grants.letters_on, [made], "calendars", campaign.calendar) == "rwd"
    assert ground.read(roles.reach, ann).everything


def test_sessions_and_tokens(ground: Ground, campaign: Campaign) -> None:
    ann = a_user(ground, campaign)
    for kind, expires in (("session", NOON + 10), ("token", None), ("link", NOON + 10), ("second", NOON + 10)):
        ground.write(tokens.create, campaign.domain, ann, tokens.New(f"a {kind}", kind, expires_at=expires))  # type: ignore[arg-type]
    assert [row["kind"] for row in ground.read(tokens.of_user, campaign.domain, ann)] == ["session", "token"]
    assert [bool(ground.read(tokens.find, f"a {kind}")) for kind in ("session", "token", "link", "second")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert ground.write(tokens.redeem, "a second", "link") is None
    assert ground.write(tokens.redeem, "a link", "link") and ground.write(tokens.redeem, "a link", "link") is None
    ground.now += 10
    assert ground.read(tokens.find, "a session") is None and ground.read(tokens.known, "a second", "second") is None
    ground.write(tokens.sweep)
    assert [row["kind"] for row in ground.read(tokens.of_user, campaign.domain, ann)] == ["token"]
