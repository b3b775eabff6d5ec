"""Schema → drawing (flow-engine §6.2): both of Webitel's tag styles, hand-written schemas, what cannot be drawn."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.flow.diagram import compile_drawing, decompile, write
from outdial.flow.diagram.drawing import Drawing, Edge, Meta
from outdial.flow.errors import SchemaError

from ..world import call
from .sketch import sketch, wires


def blocks(drawing: Drawing) -> dict[str, str]:
    return {node.id: node.app for node in drawing.nodes if node.id != "start"}


def jumps(drawing: Drawing) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in drawing.edges if edge.jump}


NEW = [
    {"tag": "function__c3d4", "function": {"name": "bye", "actions": [{"tag": "hangup__e5", "hangup": ""}]}},
    {"tag": "playback__a1b2", "limit": {"max": 3, "failover": "execute__ff"}, "playback": {"files": [{"id": "21"}]}},
    {
        "tag": "switch__0a",
        "switch": {
            "variable": "${d}",
            "case": {"1": [{"tag": "set__0b", "set": {"answer": "yes"}}], "default": [{"goto": "playback__a1b2"}]},
        },
    },
    {"tag": "execute__ff", "execute": {"name": "bye", "async": False}},
]


def test_a_schema_compiled_by_webitels_editor_of_today() -> None:
    drawing = decompile(NEW).drawing
    assert blocks(drawing) == {
        "c3d4": "function",
        "e5": "hangup",
        "a1b2": "playback",
        "0a": "switch",
        "0b": "set",
        "ff": "execute",
    }
    assert wires(drawing) == {
        ("start", "out", "a1b2"),
        ("a1b2", "out", "0a"),
        ("a1b2", "failover", "ff"),
        ("0a", "case.1", "0b"),
        ("0a", "case.default", "a1b2"),
        ("0a", "out", "ff"),
        ("c3d4", "actions", "e5"),
    }
    assert jumps(drawing) == {("0a", "a1b2")}
    assert all(node.meta.tag == "" for node in drawing.nodes)
    assert compile_drawing(drawing).schema == NEW


OLD: list[dict[str, Any]] = [
    {"tag": "5-playback-custom-tag", "break": False, "async": False, "playback": {"files": []}},
    {
        "tag": "7-if-custom-tag",
        "break": False,
        "async": False,
        "limit": {"max": 2, "failover": ""},
        "if": {
            "expression": "${d}",
            "then": [{"tag": "9-hangup-custom-tag", "break": True, "async": False, "hangup": ""}],
            "else": [{"tag": "12-goto-custom-tag", "break": False, "async": False, "goto": "5-playback-custom-tag"}],
        },
    },
]


def test_a_schema_compiled_by_an_older_editor() -> None:
    drawing = decompile(OLD).drawing
    assert blocks(drawing) == {"5": "playback", "7": "if", "9": "hangup", "12": "goto"}
    assert wires(drawing) == {
        ("start", "out", "5"),
        ("5", "out", "7"),
        ("7", "then", "9"),
        ("7", "else", "12"),
        ("12", "goto", "5"),
    }
    quiet = {key: value for key, value in OLD[0].items() if key not in ("break", "async")}
    assert compile_drawing(drawing).schema[0] == quiet, "the tags stay; flags that say nothing go"


def test_a_module_of_webitels_editor_gets_a_page() -> None:
    schema = [
        {"tag": "customModule__u-1", "function": {"name": "u-1", "actions": [{"tag": "log__5", "log": "in"}]}},
        {"tag": "customModule__8", "execute": {"name": "u-1", "async": False}},
    ]
    drawing = decompile(schema).drawing
    assert [(page.id, page.name) for page in drawing.pages] == [("u-1", "u-1")]
    assert {node.id: node.page for node in drawing.nodes} == {"start": "", "u-1": "", "5": "u-1", "8": ""}
    assert compile_drawing(drawing).schema == schema


def test_a_hand_written_schema_gets_ids() -> None:
    schema = [
        {"log": "a", "tag": "menu"},
        {"if": {"expression": "${x}", "then": [{"goto": "menu"}]}},
        {"hangup": "BUSY"},
    ]
    drawing = decompile(schema).drawing
    assert blocks(drawing) == {"1": "log", "2": "if", "3": "hangup"}
    assert drawing.nodes[1].meta == Meta(tag="menu")
    assert Edge("2", "then", "1", jump=True) in drawing.edges
    assert compile_drawing(drawing).schema == [
        {"tag": "menu", "log": "a"},
        {"tag": "if__2", "if": {"expression": "${x}", "then": [{"goto": "menu"}], "else": []}},
        {"tag": "hangup__3", "hangup": "BUSY"},
    ]


def test_a_new_tag_is_never_what_an_old_goto_looked_for() -> None:
    drawing = decompile([{"goto": "log__1"}, {"set": {"where": "log__2"}}, {"log": "a"}, {"goto": "${where}"}]).drawing
    assert {node.id for node in drawing.nodes if node.app == "log"}.isdisjoint({"1", "2"})


@pytest.mark.parametrize(
    "item",
    [
        {"unheardOf": {"x": 1}},
        {"set": {"a": "1"}, "log": "second"},
        {"start": {}},
        {"if": "no object"},
        {"switch": {"variable": 5, "case": {"1": [{"log": "x"}]}}},
        {"function": {"name": "", "actions": []}},
        {"break": ""},
    ],
)
def test_what_has_no_block_is_custom_code(item: dict[str, Any]) -> None:
    drawing = decompile([item]).drawing
    assert blocks(drawing) == {"1": "customCode"}
    kept = {key: value for key, value in item.items() if key != "break"}
    assert compile_drawing(drawing).schema == [{"tag": "customCode__1", **kept}]


def test_a_goto_that_finds_no_block_stays_a_block() -> None:
    drawing = decompile([{"log": "a", "tag": "a"}, {"goto": "${where}"}, {"goto": "far"}]).drawing
    assert [(node.app, node.args) for node in drawing.nodes[2:]] == [("goto", "${where}"), ("goto", "far")]


def test_a_goto_in_the_middle_stays_a_block_with_a_wire() -> None:
    """What stands behind it runs when it fails."""
    drawing = decompile([{"log": "a", "tag": "a"}, {"goto": "a"}, {"log": "b"}]).drawing
    assert wires(drawing) == {("start", "out", "1"), ("1", "out", "2"), ("2", "goto", "1"), ("2", "out", "3")}


def test_nobody_jumps_into_a_function() -> None:
    schema = [{"function": {"name": "f", "actions": [{"tag": "in", "log": "a"}]}}, {"goto": "in"}]
    assert [node.app for node in decompile(schema).drawing.nodes] == ["start", "function", "log", "goto"]


def test_lists_of_other_applications_are_branches() -> None:
    schema: list[Any] = [
        {"list": {"destination": "1", "actions": [{"log": "on it"}]}},
        {"joinQueue": {"waiting": [{"log": "w"}], "timers": [{"interval": 5, "actions": [{"log": "t"}]}]}},
    ]
    drawing = decompile(schema).drawing
    assert {(source, port) for source, port, _ in wires(drawing)} == {
        ("start", "out"),
        ("1", "out"),
        ("1", "actions"),
        ("3", "waiting"),
        ("3", "timers[0].actions"),
    }
    assert decompile(schema).places["5"] == "[1].joinQueue.timers[0].actions[0]"


def test_an_if_that_is_never_true_is_no_closed_door_unless_the_compiler_made_it() -> None:
    door = {"tag": "failover__5", "if": {"expression": "false", "then": [{"tag": "log__5", "log": "a"}], "else": []}}
    drawing = decompile([{"tag": "log__1", "log": "x"}, door]).drawing
    assert "if" in blocks(drawing).values()
    opened = sketch({"1": {"log": "a", "limit": 3}, "5": {"log": "b"}}, "start → 1 → 1 \n 1.failover → 5")
    assert wires(decompile(compile_drawing(opened).schema).drawing) == wires(opened)


def test_the_empty_schema() -> None:
    assert write(decompile([]).drawing) == {
        "nodes": [{"id": "start", "app": "start", "meta": {}, "x": 0.0, "y": 0.0}],
        "edges": [],
        "notes": [],
        "pages": [],
        "format": "outdial",
        "version": 1,
    }


@pytest.mark.parametrize(
    ("schema", "path"), [({}, ""), ([5], "[0]"), ([{"if": {"expression": "1", "then": [7]}}], "[0].if.then[0]")]
)
def test_what_is_no_schema_is_refused_with_the_path(schema: object, path: str) -> None:
    with pytest.raises(SchemaError) as error:
        decompile(schema)
    assert error.value.path == path


def test_a_block_stays_in_the_list_where_the_schema_has_it() -> None:
    """Though a branch that comes before jumps to it."""
    schema = [
        {
            "tag": "if__1",
            "if": {
                "expression": "${x}",
                "then": [{"goto": "log__3"}],
                "else": [{"tag": "log__2", "log": "a"}, {"tag": "log__3", "log": "b"}],
            },
        }
    ]
    drawing = decompile(schema).drawing
    assert jumps(drawing) == {("1", "3")}
    assert compile_drawing(drawing).schema == schema


def test_declarations_hidden_in_custom_code_keep_their_order() -> None:
    """The last function of a name counts."""

    def function(text: str) -> dict[str, Any]:
        return {"function": {"name": "f", "actions": [{"log": text}]}}

    hidden = {"if": {"expression": "1", "then": [function("first")]}, "log": "a second application"}
    schema = [hidden, function("last"), {"execute": {"name": "f"}}]
    assert call(compile_drawing(decompile(schema).drawing).schema).lines == call(schema).lines == ["last"]
