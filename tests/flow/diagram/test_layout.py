"""Where the blocks of a drawing stand."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from outdial.flow.diagram import compile_drawing, decompile, write
from outdial.flow.diagram.drawing import Drawing, Edge, Node, Note, Page
from outdial.flow.diagram.layout import size

from ..world import Schema
from .grammar import schemas


def overlapping(drawing: Drawing) -> list[tuple[str, str]]:
    nodes = sorted(drawing.nodes, key=lambda node: node.x)
    return [
        (one.id, other.id) for place, one in enumerate(nodes) for other in nodes[place + 1 :] if _overlap(one, other)
    ]


def _overlap(one: Node, other: Node) -> bool:
    (w1, h1), (w2, h2) = size(one), size(other)
    across = one.x < other.x + w2 and other.x < one.x + w1
    return one.page == other.page and across and one.y < other.y + h2 and other.y < one.y + h1


def spots(drawing: Drawing) -> dict[str, tuple[float, float]]:
    return {node.id: (node.x, node.y) for node in drawing.nodes}


@settings(max_examples=200, deadline=None)
@given(schemas)
def test_no_two_blocks_overlap_and_the_same_schema_looks_the_same(schema: Schema) -> None:
    drawing = decompile(schema).drawing
    assert overlapping(drawing) == []
    assert decompile(schema).drawing == drawing


def test_time_runs_to_the_right_and_branches_hang_below_each_other() -> None:
    branches = {"then": [{"tag": "log__2", "log": "a"}], "else": [{"tag": "log__3", "log": "b"}]}
    schema = [{"tag": "if__1", "if": {"expression": "1", **branches}}, {"tag": "log__4", "log": "c"}]
    at = spots(decompile(schema).drawing)
    assert at["start"][1] == at["1"][1] == at["4"][1]
    assert at["start"][0] < at["1"][0] < at["2"][0] == at["3"][0] < at["4"][0]
    assert at["1"][1] < at["2"][1] < at["3"][1]


def three_hundred() -> Schema:
    """Menus inside menus, joins and loops."""

    def menu(depth: int, name: str) -> list[dict[str, Any]]:
        if depth == 0:
            return [{"log": name}, {"goto": "top"}]
        cases = {key: menu(depth - 1, name + key) for key in ("1", "2", "default")}
        return [{"playback": {"files": []}}, {"switch": {"variable": "${d}", "case": cases}}, {"hangup": ""}]

    return [{"tag": "top", "log": "x"}, *menu(4, "m")]


def test_three_hundred_blocks() -> None:
    drawing = decompile(three_hundred()).drawing
    assert len(drawing.nodes) > 200
    assert overlapping(drawing) == []


def test_places_are_kept_by_id_and_new_blocks_stand_beside_the_one_before() -> None:
    drawing = decompile([{"tag": "log__1", "log": "a"}, {"tag": "log__2", "log": "b"}]).drawing
    for node in drawing.nodes:
        node.x, node.y = node.x + 1000, node.y + 500
    drawing.nodes[1].description = "says hello"
    drawing.notes = [Note("n", "look here")]
    schema = [{"tag": "log__1", "log": "a"}, {"log": "new"}, {"tag": "log__2", "log": "b"}]
    again = decompile(schema, write(drawing)).drawing
    assert again.nodes[1].description == "says hello" and again.notes == drawing.notes
    at, was = spots(again), spots(drawing)
    assert (at["1"], at["2"]) == (was["1"], was["2"])
    assert at["3"][0] == was["2"][0] and at["3"][1] > was["2"][1], "below the block that stands in its place"
    assert overlapping(again) == []


def test_pages_and_blocks_that_nobody_wired_up_yet_are_kept() -> None:
    drawing = decompile([{"tag": "log__1", "log": "a"}]).drawing
    drawing.pages.append(Page("p", "Second"))
    drawing.nodes[1].page = "p"
    drawing.nodes += [Node("8", "log", "loose"), Node("9", "log", "looser", x=400)]
    drawing.edges += [Edge("8", "out", "9"), Edge("9", "out", "1")]
    again = decompile([{"tag": "log__1", "log": "a"}, {"log": "new"}], write(drawing)).drawing
    assert {node.id: node.page for node in again.nodes} == {"start": "", "1": "p", "2": "p", "8": "", "9": ""}
    assert again.pages == drawing.pages and again.edges[-2:] == drawing.edges[-2:]
    assert compile_drawing(again).schema == [{"tag": "log__1", "log": "a"}, {"tag": "log__2", "log": "new"}]


def test_places_are_read_from_rete_1_and_from_any_list_of_nodes() -> None:
    schema = [{"tag": "5-log-custom-tag", "log": "a"}, {"tag": "log__0f", "log": "b"}]
    rete = {"id": "demo@0.1.0", "nodes": {"5": {"id": 5, "position": [80, 200], "outputs": {}}, "x": {"id": "0f"}}}
    assert spots(decompile(schema, rete).drawing)["5"] == (80, 200)
    generic = {"nodes": [{"id": "5", "x": 7, "y": 8}, {"id": "0f", "position": {"x": 1.5, "y": 2}}, "odd"]}
    at = spots(decompile(schema, generic).drawing)
    assert (at["5"], at["0f"]) == ((7, 8), (1.5, 2))


def test_a_payload_that_says_nothing_is_ignored() -> None:
    schema = [{"tag": "log__1", "log": "a"}]
    plain = decompile(schema).drawing
    far = {"nodes": [{"id": "1", "x": "far"}]}
    payloads: list[Any] = [None, {}, [], "x", {"nodes": 5}, far, {"format": "outdial", "nodes": 1}]
    for odd in payloads:
        assert decompile(schema, odd).drawing == plain
