"""Caller numbers of a resource from a CSV file (webitel-api §6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.campaign import a_resource
from tests.api.door import Answer, Door


def upload(door: Door, resource: str, content: bytes | None, **fields: Any) -> Answer:
    name = "other" if content is None else "file"
    return door("POST", f"/displays/{resource}", files={name: ("n.csv", content or b"", "text/csv")}, data=fields)


def numbers(door: Door, resource: str) -> list[str]:
    return [row["display"] for row in door.get(f"/call_center/resources/{resource}/display").items()]


def test_a_column_of_a_file_with_a_mark_at_its_begin(door: Door) -> None:
    resource = a_resource(door)
    content = "\ufeffName;Phone\nAnn; 380441 \nBob;380442\nBob;380442\n;\n".encode()
    assert upload(door, resource, content, delimiter=";", map="Phone").ok() == {"id": ["1", "2"]}
    assert numbers(door, resource) == ["380441", "380442"]
    again = upload(door, resource, content + b"Eve;380443\n", delimiter=";", map="Phone").ok()
    assert again == {"id": ["3"], "skipped": 2}


@pytest.mark.parametrize(
    ("content", "fields", "id_"),
    [
        (None, {"map": "Phone"}, "file"),
        (b"", {"map": "Phone"}, "file"),
        (b"Phone\n380441\n", {"map": "Number"}, "map"),
        (b"Phone\n380441\n", {"map": "Phone", "delimiter": "||"}, "delimiter"),
        (b"Phone\n380441\nnobody\n", {"map": "Phone"}, "display"),
        ("Телефон\n1\n".encode("cp1251"), {"map": "Phone"}, "encoding"),
    ],
)
def test_a_file_is_refused_as_a_whole(content: bytes | None, fields: dict[str, str], id_: str, door: Door) -> None:
    resource = a_resource(door)
    assert upload(door, resource, content, **fields).refused()["id"] == f"api.displays.valid.{id_}"
    assert numbers(door, resource) == []


def test_no_form_and_no_resource(door: Door) -> None:
    resource = a_resource(door)
    assert door.post(f"/displays/{resource}", {"a": 1}).refused()["id"] == "api.displays.valid.form"
    upload(door, "99", b"Phone\n380441\n", map="Phone").refused(404)
    assert door("POST", f"/displays/{resource}", content=b"x" * 11_000_000).refused(413)
