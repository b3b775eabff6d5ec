"""Stop lists (webitel-api §12)."""

from __future__ import annotations

from tests.api.door import Door

PATH = "/call_center/list"


def test_a_list_counts_its_numbers(door: Door) -> None:
    id_ = door.id(PATH, {"name": "Do not call"})
    for number in ("380442", "380441"):
        door.post(f"{PATH}/{id_}/communication", {"number": number}).ok()
    assert door.get(f"{PATH}/{id_}").ok()["count"] == "2"
    assert [row["number"] for row in door.get(f"{PATH}/{id_}/communication").items()] == ["380441", "380442"]
    assert door.get(PATH).items()[0]["name"] == "Do not call"


def test_the_verbs_of_a_number(door: Door) -> None:
    numbers = f"{PATH}/{door.id(PATH, {'name': 'L'})}/communication"
    later = door.clock.now + 1000
    id_ = door.id(numbers, {"number": "380441", "expireAt": later, "description": "asked", "list_id": "9"})
    read = door.get(f"{numbers}/{id_}").ok()
    assert (read["expire_at"], read["description"]) == (str(later), "asked")
    assert door.put(f"{numbers}/{id_}", {"number": "380449"}).ok() == {"id": id_, "number": "380449"} | (
        {"list_id": read["list_id"]} if "list_id" in read else {}
    )
    assert door.get(numbers, q="38044*").items()[0]["id"] == id_
    door.delete(f"{numbers}/{id_}").ok()
    assert door.get(numbers).items() == []


def test_a_number_stands_once_however_it_is_written(door: Door) -> None:
    numbers = f"{PATH}/{door.id(PATH, {'name': 'L'})}/communication"
    door.id(numbers, {"number": "+380 44 1"})
    assert "already" in door.post(numbers, {"number": "380441"}).refused()["detail"]


def test_refusals(door: Door) -> None:
    id_ = door.id(PATH, {"name": "L"})
    numbers = f"{PATH}/{id_}/communication"
    assert door.post(numbers, {"number": "none"}).refused()["detail"].startswith("number: ")
    past = door.post(numbers, {"number": "1", "expire_at": door.clock.now - 1}).refused()
    assert past["id"] == "list_communication.valid.expire_at"
    assert door.post(PATH, {"name": "x" * 51}).refused()["detail"].startswith("name: ")
    door.post(f"{PATH}/999/communication", {"number": "1"}).refused(404)


def test_expiry_as_a_range(door: Door) -> None:
    numbers = f"{PATH}/{door.id(PATH, {'name': 'L'})}/communication"
    now = door.clock.now
    for place in (1, 2, 3):
        door.id(numbers, {"number": str(place), "expire_at": now + place})
    found = door("GET", f"{numbers}?expire_at.from={now + 2}&expire_at.to={now + 3}").items()
    assert [row["number"] for row in found] == ["2", "3"]


def test_put_and_delete_of_a_list(door: Door) -> None:
    id_ = door.id(PATH, {"name": "L", "description": "old"})
    assert "description" not in door.put(f"{PATH}/{id_}", {"name": "M"}).ok()
    door.post(f"{PATH}/{id_}/communication", {"number": "1"}).ok()
    door.delete(f"{PATH}/{id_}").ok()
    assert door.get(PATH).items() == []
