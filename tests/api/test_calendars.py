"""Calendars, time zones and communication types (webitel-api §8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.campaign import DAYS, a_calendar, a_type
from tests.api.door import Door

PATH = "/calendars"
TYPES = "/call_center/communication_type"
MONDAY = 1_767_600_000_000
"""2026-01-05 08:00 UTC."""


def test_time_zones(door: Door) -> None:
    kyiv = door.get(f"{PATH}/timezones", q="Europe/K*").items()
    assert "Europe/Kyiv" in [zone["name"] for zone in kyiv]
    found = door.get(f"{PATH}/timezones", q="europe/kyiv").items()[0]
    assert found["offset"] == "02:00:00" and found["id"].isdigit()
    assert door.get(f"{PATH}/timezones", size=1).ok()["next"] is True
    assert door.get(f"{PATH}/timezones", q="America/New_York").items()[0]["offset"] == "-05:00:00"


def test_a_calendar_by_the_id_of_its_zone(door: Door) -> None:
    zone = door.get(f"{PATH}/timezones", q="Europe/Kyiv").items()[0]
    made = door.post(PATH, {"name": "Workdays", "timezone": {"id": zone["id"]}, "accepts": DAYS}).ok()
    assert made["timezone"] == {"id": zone["id"], "name": "Europe/Kyiv"}
    assert made["accepts"][0] == {"day": 0, "start_time_of_day": 540, "end_time_of_day": 1200}
    assert set(door.get(PATH).items()[0]) <= {"id", "name", "description"}


def test_put_and_delete(door: Door) -> None:
    id_ = a_calendar(door)
    holiday = {"name": "Day off", "date": str(MONDAY), "repeat": True}
    body = {"name": "Other", "timezone": {"name": "UTC"}, "accepts": DAYS[:1], "excepts": [holiday], "start_at": MONDAY}
    replaced = door.put(f"{PATH}/{id_}", body).ok()
    assert replaced["excepts"] == [holiday] and replaced["start_at"] == str(MONDAY)
    assert len(replaced["accepts"]) == 1
    door.patch(f"{PATH}/{id_}", {"name": "x"}).refused(405)
    door.delete(f"{PATH}/{id_}").ok()
    door.get(f"{PATH}/{id_}").refused(404)


def window(day: int = 0, start: int = 0, end: int = 1440, **more: Any) -> dict[str, Any]:
    return {"day": day, "start_time_of_day": start, "end_time_of_day": end, **more}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": "abc"}),
        ("timezone", {"timezone": {}}),
        ("timezone.id", {"timezone": {"id": 5}}),
        ("timezone.name", {"timezone": {"name": "Mars/Base"}}),
        ("accepts", {"accepts": []}),
        ("accepts[0].day", {"accepts": [window(7)]}),
        ("accepts[0].end_time_of_day", {"accepts": [window(start=600, end=600)]}),
        ("accepts[0].start_time_of_day", {"accepts": [window(start=-1)]}),
        ("accepts[1]", {"accepts": [window(end=600), window(start=500)]}),
        ("end_at", {"start_at": 2000, "end_at": 1000}),
        ("excepts[0].date", {"excepts": [{"name": "x"}]}),
        ("excepts[1].date", {"excepts": [{"date": MONDAY}, {"date": MONDAY + 1000}]}),
        ("excepts[0].work_stop", {"excepts": [{"date": MONDAY, "working": True, "work_start": 600}]}),
    ],
)
def test_a_wrong_field(door: Door, field: str, change: dict[str, Any]) -> None:
    body = {"name": "Workdays", "timezone": {"name": "UTC"}, "accepts": DAYS}
    assert door.post(PATH, body | change).refused()["detail"].startswith(f"{field}: ")
    assert door.get(PATH).items() == []


def test_windows_that_are_switched_off_do_not_count(door: Door) -> None:
    rows = [window(), window(disabled=True), window(1), {"day": 2, "disabled": True}]
    made = door.post(PATH, {"name": "Workdays", "timezone": {"name": "UTC"}, "accepts": rows}).ok()
    assert [row.get("disabled", False) for row in made["accepts"]] == [False, True, False, True]


def test_the_error_ids_that_clients_translate(door: Door) -> None:
    body = {"name": "abc", "timezone": {"name": "UTC"}, "accepts": DAYS}
    assert door.post(PATH, body).refused()["id"] == "model.calendar.is_valid.name.app_error"
    twice = [{"date": MONDAY}, {"date": MONDAY}]
    refused = door.post(PATH, body | {"name": "Workdays", "excepts": twice}).refused()
    assert refused["id"] == "model.calendar.is_valid.excepts.date"


def test_one_default_type_a_channel(door: Door) -> None:
    one, other = a_type(door, "one"), a_type(door, "other")
    door.patch(f"{TYPES}/{one}", {"default": True}).ok()
    door.patch(f"{TYPES}/{other}", {"default": True}).ok()
    assert [row["id"] for row in door.get(TYPES, default="true").items()] == [other]


@pytest.mark.parametrize(
    ("field", "change"), [("code", {"code": ""}), ("name", {"name": ""}), ("channel", {"channel": "Fax"})]
)
def test_a_wrong_field_of_a_type(door: Door, field: str, change: dict[str, Any]) -> None:
    body = {"code": "mobile", "name": "Mobile", "channel": "Phone"}
    assert door.post(TYPES, body | change).refused()["detail"].startswith(f"{field}: ")


def test_put_and_delete_of_a_type(door: Door) -> None:
    id_ = a_type(door)
    assert door.put(f"{TYPES}/{id_}", {"code": "c", "name": "N", "channel": "Phone"}).ok()["code"] == "c"
    door.delete(f"{TYPES}/{id_}").ok()
    assert door.get(TYPES).items() == []
