"""SIP gateways on the wire (webitel-api §5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.door import Door

TRUNK = {"name": "Carrier", "proxy": "sip.example.com:5060", "host": "example.com"}
ACCOUNT = {
    "name": "Line", "proxy": "10.0.0.1", "register": True, "account": "101@example.com", "username": "101",
    "password": "s3cret-~._",
}  # fmt: skip


def test_a_trunk_is_created_with_what_was_left_out(door: Door) -> None:
    made = door.post("/sip/gateways", TRUNK).ok()
    assert made["enable"] is True
    assert isinstance(made["id"], str) and made["created_at"].isdigit()
    assert door.get(f"/sip/gateways/{made['id']}").ok() == made


def test_the_password_never_leaves(door: Door) -> None:
    made = door.post("/sip/gateways", ACCOUNT)
    assert "s3cret" not in made.response.text and "password" not in made.response.text
    assert "s3cret" not in door.get(f"/sip/gateways/{made.ok()['id']}").response.text
    assert "s3cret" not in door.get("/sip/gateways").response.text


def test_put_without_a_password_keeps_it(door: Door) -> None:
    id_ = door.id("/sip/gateways", ACCOUNT)
    body = {key: value for key, value in ACCOUNT.items() if key != "password"}
    assert door.put(f"/sip/gateways/{id_}", body | {"id": "999", "name": "New"}).ok()["id"] == id_
    sealed = door.write(lambda conn: conn.exec_driver_sql("SELECT password_sealed FROM gateway").scalar())
    assert sealed


def test_put_zeroes_what_is_absent(door: Door) -> None:
    id_ = door.id("/sip/gateways", TRUNK | {"usage": "the old one"})
    replaced = door.put(f"/sip/gateways/{id_}", TRUNK).ok()
    assert "enable" not in replaced and "usage" not in replaced


def test_the_switch_of_the_list(door: Door) -> None:
    id_ = door.id("/sip/gateways", TRUNK)
    assert "enable" not in door.patch(f"/sip/gateways/{id_}", {"enable": False}).ok()
    assert door.patch(f"/sip/gateways/{id_}", {"enable": True}).ok()["enable"] is True


def test_ipacl_is_always_a_list(door: Door) -> None:
    assert door.post("/sip/gateways", TRUNK).ok()["ipacl"] == []
    acl = [{"ip": "10.1.2.3", "proto": "any", "port": None}]
    made = door.post("/sip/gateways", TRUNK | {"name": "Other", "ipacl": acl}).ok()
    assert made["ipacl"] == [{"ip": "10.1.2.3", "proto": "any"}]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": ""}),
        ("proxy", {"proxy": "not a host"}),
        ("proxy", {"proxy": "host:99999"}),
        ("host", {"host": ""}),
        ("ipacl[0].ip", {"ipacl": [{"ip": "somewhere"}]}),
        ("ipacl[0].proto", {"ipacl": [{"ip": "10.0.0.1", "proto": "sctp"}]}),
        ("enable", {"enable": "maybe"}),
        ("schema.id", {"schema": {"id": "x"}}),
        ("account", {"register": True, "password": "x", "account": "nobody"}),
        ("password", {"register": True, "account": "a@b"}),
        ("expires", {"register": True, "password": "x", "account": "a@b", "expires": 10}),
    ],
)
def test_a_wrong_field_is_named_and_nothing_stored(door: Door, field: str, change: dict[str, Any]) -> None:
    assert door.post("/sip/gateways", TRUNK | change).refused()["detail"].startswith(f"{field}: ")
    assert door.get("/sip/gateways").items() == []


def test_a_gateway_in_use_is_not_deleted(door: Door) -> None:
    id_ = door.id("/sip/gateways", TRUNK)
    resource = door.id("/call_center/resources", {"name": "Line", "gateway": {"id": id_}})
    assert "resource Line" in door.delete(f"/sip/gateways/{id_}").refused()["detail"]
    door.delete(f"/call_center/resources/{resource}").ok()
    assert door.delete(f"/sip/gateways/{id_}").ok()["name"] == "Carrier"
    assert door.get(f"/sip/gateways/{id_}").refused(404)["id"] == "store.sql_gateway.get.app_error"
