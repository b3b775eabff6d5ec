"""What a table of people would become."""

from __future__ import annotations

from typing import Any

from outdial.api import member_preview
from tests.api.campaign import a_queue
from tests.api.door import Door

TABLE = "ПІБ;Телефон;Борг\nОля;0441234567;5\nІра;380441234567;6\nЯна;3.8E+11;7\nЄва;;8\n"


def asked(door: Door, path: str, body: bytes) -> Any:
    return door("POST", path, content=body, headers={"content-type": "text/csv"})


def test_rows_columns_and_troubles_and_nothing_is_written(door: Door) -> None:
    queue = a_queue(door)
    found = asked(door, f"{queue.members}/preview?region=ua", TABLE.encode("cp1251")).ok()
    assert (found["encoding"], found["delimiter"]) == ("cp1251", ";")
    assert [column.get("field", "") for column in found["columns"]] == ["name", "destination", ""]
    assert (found["checked"], found["bad"], found["repeated"]) == (4, 2, 1)
    assert [row.get("destinations", []) for row in found["rows"]] == [["+380441234567"], ["+380441234567"], [], []]
    assert "cut its digits" in found["rows"][2]["trouble"] and found["rows"][3]["line"] == 5
    assert door.get(queue.members).items() == []


def test_refusals(door: Door) -> None:
    queue = a_queue(door)
    assert asked(door, f"{queue.members}/preview?region=XX", b"a,b").refused()["field"] == "region"
    assert asked(door, f"{queue.members}/preview", b"").refused()["field"] == "body"
    asked(door, f"{queue.members}/preview", b"x" * (member_preview.HEAD + 1)).refused(413)
    asked(door, "/call_center/queues/999/members/preview", b"a,b").refused(404)


def test_a_number_is_what_its_region_makes_it() -> None:
    table = b"phone\n0441234567"
    assert member_preview.preview(table, "UA")["rows"][0]["destinations"] == ["+380441234567"]
    assert "choose a region" in member_preview.preview(table, "")["rows"][0]["trouble"]


def test_a_cut_file_leaves_its_last_line_out() -> None:
    whole = b"phone,name\n" + b"0441234567,Ann\n" * 3
    filled = whole + b"1" * (member_preview.HEAD - len(whole))
    assert member_preview.preview(filled, "UA")["checked"] == 3
    assert member_preview.preview(filled[:-1], "UA")["checked"] == 4
