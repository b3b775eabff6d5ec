"""The drawing and the schema of a flow, over the API (docs/diagram.md)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.api.door import Door

PATH = "/routing/schema"
FLOW: list[Any] = [{"tag": "log__1", "log": "a"}, {"tag": "hangup__2", "hangup": ""}]
START = {"id": "start", "app": "start"}


def drawing(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Start and these blocks in a row."""
    ids = ["start", *(block["id"] for block in blocks)]
    edges = [{"from": one, "port": "out", "to": other} for one, other in pairwise(ids)]
    return {"format": "outdial", "version": 1, "nodes": [START, *blocks], "edges": edges, **more}


LOG = {"id": "1", "app": "log", "args": "a", "x": 300, "y": 40, "description": "says a", "colour": "kept"}
HANGUP = {"id": "2", "app": "hangup", "x": 600, "y": 40}
DRAWING = drawing(LOG, HANGUP)


def test_compile(door: Door) -> None:
    done = door.post(f"{PATH}/compile", {"payload": DRAWING}).ok()
    assert done == {"schema": FLOW, "problems": [], "places": {"1": "[0]", "2": "[1]"}, "jumps": []}


def test_compile_tells_the_problems_of_the_schema_at_their_blocks(door: Door) -> None:
    payload = drawing({"id": "1", "app": "goto", "args": "nowhere"}, HANGUP)
    problems = door.post(f"{PATH}/compile", {"payload": payload, "type": "voice"}).ok()["problems"]
    assert any(problem["node"] == "1" and "nowhere" in problem["message"] for problem in problems), problems


def test_compile_gives_no_schema_when_the_drawing_is_wrong(door: Door) -> None:
    payload = drawing(LOG)
    payload["edges"].append({"from": "1", "port": "then", "to": "1"})
    done = door.post(f"{PATH}/compile", {"payload": payload, "type": "voice"}).ok()
    assert "schema" not in done
    assert [(problem["node"], problem["level"]) for problem in done["problems"]] == [("1", "error")]


@pytest.mark.parametrize("payload", [None, {}, {"nodes": []}, {**DRAWING, "version": 2}, {**DRAWING, "nodes": [5]}])
def test_compile_refuses_what_is_no_drawing(door: Door, payload: Any) -> None:
    assert door.post(f"{PATH}/compile", {"payload": payload}).refused()["detail"].startswith("payload: ")


def test_decompile(door: Door) -> None:
    done = door.post(f"{PATH}/decompile", {"schema": FLOW, "payload": DRAWING}).ok()
    assert done["places"] == {"1": "[0]", "2": "[1]"}
    assert [(node["id"], node["x"]) for node in done["payload"]["nodes"]] == [("start", 0), ("1", 300), ("2", 600)]
    assert door.post(f"{PATH}/compile", {"payload": done["payload"]}).ok()["schema"] == FLOW
    assert door.post(f"{PATH}/decompile", {"schema": [5]}).refused()["detail"].startswith("schema[0]: ")
    assert door.post(f"{PATH}/decompile", {}).refused()["detail"].startswith("schema: ")


def record(**more: Any) -> dict[str, Any]:
    return {"name": "Drawn", "type": "voice", "editor": True, **more}


def test_a_drawing_without_a_schema_is_compiled_and_kept_as_it_came(door: Door) -> None:
    made = door.post(PATH, record(payload=DRAWING)).ok()
    assert made["schema"] == FLOW and made["payload"] == DRAWING
    changed = door.patch(f"{PATH}/{made['id']}", {"payload": drawing(LOG)}).ok()
    assert changed["schema"] == FLOW[:1]
    replaced = door.put(f"{PATH}/{made['id']}", record(payload=DRAWING)).ok()
    assert replaced["schema"] == FLOW


def test_both_in_agreement_are_kept_as_they_came(door: Door) -> None:
    made = door.post(PATH, record(payload=DRAWING, schema=FLOW)).ok()
    assert made["payload"] == DRAWING
    assert door.put(f"{PATH}/{made['id']}", made).ok()["payload"] == DRAWING


def test_a_schema_changed_by_another_client_redraws_the_drawing_around_it(door: Door) -> None:
    id_ = door.id(PATH, record(payload=DRAWING))
    other = [{"tag": "log__1", "log": "b"}]
    for answer in (
        door.patch(f"{PATH}/{id_}", {"schema": other}),
        door.put(f"{PATH}/{id_}", record(payload=DRAWING, schema=other)),
    ):
        saved = answer.ok()
        assert saved["schema"] == other
        kept = saved["payload"]["nodes"][1]
        assert (kept["args"], kept["x"], kept["description"]) == ("b", 300, "says a")
        assert len(saved["payload"]["nodes"]) == 2


def test_a_drawing_that_does_not_compile_is_refused(door: Door) -> None:
    payload = drawing(LOG)
    payload["edges"].append({"from": "1", "port": "then", "to": "1"})
    refused = door.post(PATH, record(payload=payload)).refused()
    assert refused["detail"] == "payload: log (1) has no output 'then'; remove its wire"
    assert door.post(PATH, record(payload=payload, schema=FLOW)).ok()["schema"] == FLOW, "a schema is the truth"


@pytest.mark.parametrize(
    "payload", [{}, {"nodes": {"1": {"id": 1, "data": {}, "position": [0, 0]}}}, {"format": "theirs"}]
)
def test_payloads_of_other_editors_pass_untouched(door: Door, payload: Any) -> None:
    made = door.post(PATH, record(payload=payload, schema=FLOW)).ok()
    assert made.get("payload", {}) == payload and made["schema"] == FLOW
    assert door.post(PATH, {**record(payload=payload), "name": "Bare"}).refused()["detail"].startswith("schema: ")


def test_a_flow_written_as_code_keeps_its_old_drawing(door: Door) -> None:
    id_ = door.id(PATH, record(payload=DRAWING))
    saved = door.patch(f"{PATH}/{id_}", {"editor": False, "schema": []}).ok()
    assert saved["payload"] == DRAWING and saved["schema"] == []
    drawn = door.patch(f"{PATH}/{id_}", {"editor": True}).ok()
    assert [node["id"] for node in drawn["payload"]["nodes"]] == ["start"]
