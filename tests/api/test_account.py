"""One's own account: password, second factor, sessions; and how often somebody may guess."""

from __future__ import annotations

from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import pytest

from outdial.domain import throttle
from outdial.store.second_factors import RECOVERY_CODES, STEP_S, code_at
from tests.api.door import Answer, Door
from tests.api.people import PASSWORD, a_person, as_

OTHER = "another password"


def login(door: Door, password: str = PASSWORD, username: str = "ann") -> Answer:
    return door("POST", "/login", {"username": username, "password": password}, headers={"X-Webitel-Access": ""})


def signed_in(door: Door, password: str = PASSWORD) -> str:
    return str(login(door, password).ok()["access_token"])


def wait(door: Door, seconds: int) -> None:
    door.clock.now += seconds * 1000


# -- password


def test_a_user_chooses_another_password(door: Door) -> None:
    ann = a_person(door)
    here, elsewhere = signed_in(door), signed_in(door)
    with as_(door, here):
        door.put("/users/password", {"password": "wrong", "new_password": OTHER}).refused()
        door.put("/users/password", {"password": PASSWORD, "new_password": "short"}).refused()
        door.put("/users/password", {"password": PASSWORD, "new_password": PASSWORD}).refused()
        door.put("/users/password", {"password": PASSWORD, "new_password": OTHER}).ok()
        door.get("/userinfo").ok()
    for token in (elsewhere, ann.token):
        with as_(door, token):
            door.get("/userinfo").refused(401)
    login(door).refused()
    login(door, OTHER).ok()
    assert door.get("/users/password/settings").ok()["settings"] == {"min_length": 8}


def test_a_password_that_has_to_be_changed_comes_first(door: Door) -> None:
    ann = a_person(door, cc_queue="r")
    door.patch(f"/users/{ann.id}", {"must_change_password": True}).ok()
    with as_(door, signed_in(door)):
        assert door.get("/userinfo").ok()["must_change_password"] is True
        assert door.get("/call_center/queues").refused(403)["id"] == "app.session.password"
        door.get("/user/sessions").refused(403)
        door.put("/users/password", {"password": PASSWORD, "new_password": OTHER}).ok()
        door.get("/call_center/queues").ok()
        assert "must_change_password" not in door.get("/userinfo").ok()


# -- second factor


def factor(door: Door, token: str) -> tuple[bytes, list[str]]:
    """Sets one up; answers its secret and the recovery codes."""
    with as_(door, token):
        begun = door.post("/user/2fa", {"password": PASSWORD}).ok()
        url = urlsplit(begun["url"])
        assert (url.scheme, url.netloc, url.path) == ("otpauth", "totp", "/Outdial:ann%40default")
        assert parse_qs(url.query)["secret"] == [begun["secret"]]
        secret = b32decode(begun["secret"])
        assert door.get("/user/2fa").ok() == {"enabled": False}
        codes = door.put("/user/2fa", {"totp": now(door, secret)}).ok()["recovery_codes"]
        assert door.get("/user/2fa").ok() == {"enabled": True, "recovery_left": RECOVERY_CODES}
    wait(door, STEP_S)
    return secret, codes


def now(door: Door, secret: bytes) -> str:
    return code_at(secret, door.clock.now // 1000)


def half_way(door: Door) -> str:
    answer = login(door).ok()
    assert "access_token" not in answer
    return str(answer["id"])


def test_with_a_second_factor_a_password_is_not_enough(door: Door) -> None:
    ann = a_person(door)
    secret, _ = factor(door, ann.token)
    pending = half_way(door)
    with as_(door, pending):
        door.get("/userinfo").refused(401)
    door.post("/session", {"token": pending}).refused()
    assert door.post("/login/2fa", {"id": pending, "totp": "000000"}).refused()["id"] == "app.session.totp"
    token = door.post("/login/2fa", {"id": pending, "totp": now(door, secret)}).ok()["access_token"]
    with as_(door, token):
        assert door.get("/userinfo").ok()["user_id"] == ann.id
    door.post("/login/2fa", {"id": pending, "totp": now(door, secret)}).refused()


def test_a_code_is_good_once(door: Door) -> None:
    secret, _ = factor(door, a_person(door).token)
    code = now(door, secret)
    door.post("/login/2fa", {"id": half_way(door), "totp": code}).ok()
    door.post("/login/2fa", {"id": half_way(door), "totp": code}).refused()


@pytest.mark.parametrize(("steps", "good"), [(-1, True), (1, True), (-3, False), (3, False)])
def test_a_clock_that_is_a_little_off_does(door: Door, steps: int, good: bool) -> None:
    secret, _ = factor(door, a_person(door).token)
    wait(door, 10 * STEP_S)
    code = code_at(secret, door.clock.now // 1000 + steps * STEP_S)
    assert (door.post("/login/2fa", {"id": half_way(door), "totp": code}).status == 200) is good


def test_a_recovery_code_is_used_up(door: Door) -> None:
    ann = a_person(door)
    _, codes = factor(door, ann.token)
    door.post("/login/2fa", {"id": half_way(door), "totp": codes[0].upper() + " "}).ok()
    door.post("/login/2fa", {"id": half_way(door), "totp": codes[0]}).refused()
    with as_(door, ann.token):
        assert door.get("/user/2fa").ok()["recovery_left"] == RECOVERY_CODES - 1


def test_a_login_does_not_wait_for_its_second_factor_for_ever(door: Door) -> None:
    secret, _ = factor(door, a_person(door).token)
    pending = half_way(door)
    wait(door, 5 * 60)
    door.post("/login/2fa", {"id": pending, "totp": now(door, secret)}).refused()


def test_a_second_factor_is_turned_off_by_password_or_by_an_admin(door: Door) -> None:
    ann = a_person(door)
    factor(door, ann.token)
    with as_(door, ann.token):
        door.delete("/user/2fa", {"password": "wrong"}).refused()
        door.delete("/user/2fa", {"password": PASSWORD}).ok()
    signed_in(door)
    factor(door, ann.token)
    door.delete(f"/users/{ann.id}/2fa").ok()
    signed_in(door)


def test_setting_up_anew_leaves_the_old_factor_until_it_is_confirmed(door: Door) -> None:
    ann = a_person(door)
    secret, _ = factor(door, ann.token)
    with as_(door, ann.token):
        door.post("/user/2fa", {"password": PASSWORD}).ok()
        door.put("/user/2fa", {"totp": "000000"}).refused()
    door.post("/login/2fa", {"id": half_way(door), "totp": now(door, secret)}).ok()


# -- guessing


def failing(door: Door, times: int) -> None:
    for _ in range(times):
        assert login(door, "wrong").refused()["id"] == "app.session.login"


def test_guessing_has_to_wait_longer_and_longer(door: Door) -> None:
    a_person(door)
    failing(door, throttle.FREE_TO_USER)
    for seconds in (1, 2, 4, 8):
        answer = login(door)
        refused = answer.refused(429)
        assert refused["id"] == "app.session.throttled" and answer.response.headers["retry-after"] == str(seconds)
        assert f"{seconds} seconds" in refused["detail"]
        wait(door, seconds)
        failing(door, 1)


def test_nobody_is_locked_out_for_ever(door: Door) -> None:
    a_person(door)
    failing(door, throttle.FREE_TO_USER)
    for _ in range(30):
        wait(door, throttle.LONGEST_S)
        failing(door, 1)
    login(door).refused(429)
    wait(door, throttle.LONGEST_S)
    login(door).ok()
    failing(door, throttle.FREE_TO_USER)


def test_codes_cannot_be_guessed_either(door: Door) -> None:
    factor(door, a_person(door).token)
    wait(door, throttle.FORGOTTEN_S)
    pending = half_way(door)
    statuses = [door.post("/login/2fa", {"id": pending, "totp": "123456"}).status for _ in range(7)]
    assert statuses == [400] * 5 + [429] * 2


def test_a_stolen_session_cannot_guess_the_password(door: Door) -> None:
    ann = a_person(door)
    body = {"password": "wrong", "new_password": OTHER}
    with as_(door, ann.token):
        assert [door.put("/users/password", body).status for _ in range(6)] == [400] * 5 + [429]


def test_unknown_users_are_throttled_like_known_ones(door: Door) -> None:
    statuses = [login(door, "wrong", "nobody").status for _ in range(6)]
    assert statuses == [400] * 5 + [429]


# -- sessions


def test_sessions_are_listed_and_ended(door: Door) -> None:
    a_person(door)
    here, there, third = signed_in(door), signed_in(door), signed_in(door)
    with as_(door, here):
        rows = door.get("/user/sessions").items()
        assert [row.get("current", False) for row in rows] == [True, False, False]
        assert {row["address"] for row in rows} == {"127.0.0.1"} and rows[0]["agent"].startswith("python-httpx")
        door.delete(f"/user/sessions/{rows[1]['id']}").ok()
        door.delete(f"/user/sessions/{rows[1]['id']}").refused(404)
    with as_(door, there):
        door.get("/userinfo").refused(401)
    with as_(door, here):
        door.delete("/user/sessions").ok()
        assert len(door.get("/user/sessions").items()) == 1
    with as_(door, third):
        door.get("/userinfo").refused(401)


def test_sessions_of_others_are_out_of_reach(door: Door) -> None:
    a_person(door)
    signed_in(door)
    (session,) = door.write(lambda conn: conn.exec_driver_sql("SELECT id FROM token WHERE kind = 'session'").scalars())
    door.delete(f"/user/sessions/{session}").refused(404)
