"""Signing in, tokens, users, and what Webitel's clients ask at their start (webitel-api §2)."""

from __future__ import annotations

import pytest

from outdial.api import session
from tests.api.door import TOKEN, Door

PASSWORD = "a good password"


@pytest.fixture
def ann(door: Door) -> str:
    return door.id("/users", {"username": "ann", "name": "Ann", "password": PASSWORD})


def sign_in(door: Door, username: str = "ann", password: str = PASSWORD, **more: str) -> str:
    body = {"username": username, "password": password, **more}
    answer = door("POST", "/login", body, headers={"X-Webitel-Access": ""}).ok()
    assert answer["token_type"] == "Bearer" and answer["expires_in"] > 0
    return str(answer["access_token"])


def test_login_and_logout(door: Door, ann: str) -> None:
    door.token = sign_in(door)
    assert door.get("/userinfo").ok()["user_id"] == ann
    door.post("/logout").ok()
    door.get("/userinfo").refused(401)


@pytest.mark.parametrize(
    ("username", "more"), [("ann", {"domain": "default"}), ("ann@default", {}), ("ann", {"mobile": "x"})]
)
def test_ways_to_name_the_domain(door: Door, ann: str, username: str, more: dict[str, str]) -> None:
    assert sign_in(door, username, **more)


@pytest.mark.parametrize(
    ("username", "password"),
    [("ann", "wrong"), ("nobody", PASSWORD), ("ann@elsewhere", PASSWORD), ("admin", ""), ("ann", PASSWORD + " ")],
)
def test_a_wrong_login_is_400_and_says_nothing_more(door: Door, ann: str, username: str, password: str) -> None:
    refused = door.post("/login", {"username": username, "password": password or "-"}).refused()
    assert (refused["id"], refused["detail"]) == ("app.session.login", "The user name or the password is wrong.")


def test_a_disabled_user(door: Door, ann: str) -> None:
    token = sign_in(door)
    door.patch(f"/users/{ann}", {"disabled": True}).ok()
    door.post("/login", {"username": "ann", "password": PASSWORD}).refused()
    door.token = token
    door.get("/userinfo").refused(401)


def test_a_session_ends_by_itself(door: Door, ann: str) -> None:
    door.token = sign_in(door)
    door.clock.now += session.SESSION_S * 1000
    door.get("/userinfo").refused(401)


def test_the_login_page_asks_for_the_domain(door: Door) -> None:
    door.token = ""
    door.get("/login?domain=default").ok()
    door.get("/login?domain=elsewhere").refused(404)


def test_the_first_start_makes_an_admin_once(door: Door) -> None:
    assert door.loop.run_until_complete(session.ensure_admin(door.store)) is None
    password = door.loop.run_until_complete(session.reset_password(door.store, "admin"))
    door.get("/userinfo").refused(401)
    door.token = sign_in(door, "admin", password)
    assert door.get("/user").ok()["username"] == "admin"


def test_a_preset_token_survives_a_restart(door: Door) -> None:
    door.loop.run_until_complete(session.preset_token(door.store, TOKEN))
    door.get("/userinfo").ok()
    assert TOKEN not in str(door.write(lambda conn: conn.exec_driver_sql("SELECT * FROM token").all()))


@pytest.mark.parametrize("other", ["another-token", ""])
def test_a_preset_token_ends_when_another_takes_its_place(door: Door, other: str) -> None:
    door.loop.run_until_complete(session.preset_token(door.store, other))
    door.get("/userinfo").refused(401)


def test_a_one_time_token_is_burnt(door: Door) -> None:
    text = door.loop.run_until_complete(session.one_time_token(door.store, door.clock.now))
    door.token = text
    door.get("/userinfo").refused(401)
    door.token = ""
    got = door.post("/session", {"token": text}).ok()["access_token"]
    assert door.post("/session", {"token": text}).refused()["id"] == "app.session.login"
    door.token = got
    door.get("/userinfo").ok()


def test_a_one_time_token_grows_old(door: Door) -> None:
    text = door.loop.run_until_complete(session.one_time_token(door.store, door.clock.now))
    door.clock.now += session.ONE_TIME_S * 1000
    door.post("/session", {"token": text}).refused()


def test_the_start_of_webitels_admin_client(door: Door) -> None:
    info = door.get("/userinfo").ok()
    assert info["dc"] == "1" and info["domain"] == "default" and info["license"] == []
    assert {"class": "cc_queue", "access": "xrwd"} in info["scope"]
    assert {"read", "playback_record_file"} <= {permission["id"] for permission in info["permissions"]}
    visible = door.get("/role/metadata/access").ok()
    assert visible["admin"]["_enabled"] is True and visible["admin"]["resource-groups"] == {"_enabled": True}
    door.get("/user/settings/timezone").refused(404)
    door.put("/user/settings/timezone", {"timezone": "Europe/Kyiv"}).ok()
    assert door.get("/user/settings/timezone").ok() == {"timezone": "Europe/Kyiv"}
    assert door.get("/users/warnings").ok() == {"warnings": []}


def test_tokens_of_a_user(door: Door, ann: str) -> None:
    made = door.post(f"/users/{ann}/tokens", {"usage": "script"}).ok()
    door.token, admin = made["token"], door.token
    assert door.get("/userinfo").ok()["user_id"] == ann
    (listed,) = door.get(f"/users/{ann}/tokens").items()
    assert listed["usage"] == "script" and "token" not in listed
    door.get("/users/1/tokens").refused(403)
    door.token = admin
    door.delete(f"/users/{ann}/tokens/{made['id']}").ok()
    door.delete(f"/users/{ann}/tokens/{made['id']}").refused(404)
    door.token = made["token"]
    door.get("/userinfo").refused(401)


def test_tokens_expire(door: Door) -> None:
    assert door.post("/users/1/tokens", {"expires_at": 5}).refused()["detail"].startswith("expires_at: ")
    made = door.post("/users/1/tokens", {"expires_at": door.clock.now + 10}).ok()
    door.token = made["token"]
    door.get("/userinfo").ok()
    door.clock.now += 10
    door.get("/userinfo").refused(401)


def test_users(door: Door, ann: str) -> None:
    assert [row["username"] for row in door.get("/users", sort="username").items()] == ["admin", "ann"]
    assert "password" not in door.get(f"/users/{ann}").response.text
    door.token, admin = sign_in(door), door.token
    door.post("/users", {"username": "eve", "password": PASSWORD}).refused(403)
    door.delete("/users/1").refused(403)
    door.token = admin
    assert door.post("/users", {"username": "eve", "password": "short"}).refused()["detail"].startswith("password: ")
    assert "already" in door.post("/users", {"username": "ann", "password": PASSWORD}).refused()["detail"]
    door.patch(f"/users/{ann}", {"password": "another password"}).ok()
    door.post("/login", {"username": "ann", "password": PASSWORD}).refused()
    assert sign_in(door, password="another password")
    assert "admin" not in door.put(f"/users/{ann}", {"username": "anna", "admin": False}).ok()
    door.delete(f"/users/{ann}").ok()
    door.get(f"/users/{ann}").refused(404)
    door.delete("/users/1").refused()
    door.patch("/users/1", {"disabled": True}).refused()
    door.put("/users/1", {"username": "admin"}).refused()
    assert door.patch("/users/1", {"name": "Chief"}).ok()["name"] == "Chief"


def test_health(door: Door) -> None:
    door.token = ""
    door.ill["store"] = None
    assert door.get("/health").ok() == {"status": "ok"}
    door.ill["switch"] = "Port 5060 is taken."
    answer = door.get("/health")
    assert (answer.status, answer.body) == (503, {"status": "unwell", "switch": "Port 5060 is taken."})
