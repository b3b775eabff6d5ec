"""Drawing → schema (flow-engine §6.1): joins and loops as ``goto``, one rule for tags, problems by block."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from outdial.flow.diagram import compile_drawing, decompile, write
from outdial.flow.diagram.drawing import Drawing, Edge, Limit, Meta, Node
from outdial.flow.diagram.tree import plant
from outdial.flow.parse import parse

from .sketch import drawings, sketch, wires

A, B, C, D = ({"log": letter} for letter in "abcd")
IF = {"if": {"expression": "${x}"}}


def schema(drawing: Drawing) -> list[Any]:
    compiled = compile_drawing(drawing)
    assert compiled.problems == []
    return compiled.schema


def blocks(drawing: Drawing) -> dict[str, tuple[str, Any, Meta]]:
    """The tag in the arguments of a ``goto`` does not count beside a wire."""
    return {node.id: (node.app, "" if node.app == "goto" else node.args, node.meta) for node in drawing.nodes}


def step(id: str, block: dict[str, Any]) -> dict[str, Any]:
    app = next(iter(block))
    return {"tag": f"{app}__{id}", **block}


def branches(then: list[Any], otherwise: list[Any]) -> dict[str, Any]:
    return {"tag": "if__i", "if": {"expression": "${x}", "then": then, "else": otherwise}}


def test_a_chain_is_a_list_and_start_is_left_out() -> None:
    assert schema(sketch({"a": A, "b": B}, "start → a → b")) == [step("a", A), step("b", B)]


def test_branches_and_the_way_on() -> None:
    drawing = sketch({"i": IF, "a": A, "b": B, "c": C}, "start → i → c \n i.then → a \n i.else → b")
    assert schema(drawing) == [branches([step("a", A)], [step("b", B)]), step("c", C)]


def test_a_join_of_two_branches_is_a_goto() -> None:
    drawing = sketch({"i": IF, "a": A, "b": B, "c": C}, "start → i.then → a → c \n i.else → b → c")
    assert schema(drawing) == [branches([step("a", A), step("c", C)], [step("b", B), {"goto": "log__c"}])]


def test_what_the_main_line_reaches_stands_there_and_not_in_a_branch() -> None:
    drawing = sketch({"i": IF, "a": A, "c": C}, "start → i → c \n i.then → a → c")
    assert schema(drawing) == [branches([step("a", A), {"goto": "log__c"}], []), step("c", C)]


def test_a_loop_is_a_goto() -> None:
    assert schema(sketch({"a": A, "b": B}, "start → a → b → a")) == [
        step("a", A),
        step("b", B),
        {"goto": "log__a"},
    ]


def test_a_tag_of_ones_own_is_kept_and_jumped_to() -> None:
    drawing = sketch({"a": {"log": "a", "tag": "menu"}, "b": B}, "start → a → b → a")
    assert schema(drawing) == [{"tag": "menu", "log": "a"}, step("b", B), {"goto": "menu"}]


def test_a_limit_names_the_tag_of_the_block_behind_failover() -> None:
    drawing = sketch({"a": {"log": "a", "limit": 3}, "b": B}, "start → a → b → a \n a.failover → b")
    assert schema(drawing)[0] == {"tag": "log__a", "limit": {"max": 3, "failover": "log__b"}, "log": "a"}
    alone = sketch({"a": {"log": "a", "limit": 3}}, "start → a")
    assert schema(alone)[0]["limit"] == {"max": 3, "failover": ""}


def test_what_only_a_limit_leads_to_stands_behind_a_closed_door() -> None:
    drawing = sketch({"a": {"log": "a", "limit": 3}, "b": B, "c": C}, "start → a → a \n a.failover → b → c")
    door = {"expression": "false", "then": [step("b", B), step("c", C)], "else": []}
    assert schema(drawing)[1:] == [{"goto": "log__a"}, {"tag": "failover__b", "if": door}]


def test_triggers_then_functions_come_first_wherever_they_are_drawn() -> None:
    blocks = {"a": A, "f": {"function": {"name": "f"}}, "b": B, "t": {"trigger": {}}, "c": C}
    drawing = sketch(blocks, "start → a \n f.actions → b \n t.disconnected → c")
    assert schema(drawing) == [
        {"tag": "trigger__t", "trigger": {"disconnected": [step("c", C)]}},
        {"tag": "function__f", "function": {"name": "f", "actions": [step("b", B)]}},
        step("a", A),
    ]


def test_cases_keep_their_order_and_stay_when_nothing_hangs_on_them() -> None:
    blocks = {"s": {"switch": {"variable": "${d}", "case": {"1": [], "a.b": [], "default": []}}}, "a": A}
    made = schema(sketch(blocks, "start → s.case.1 → a"))
    assert made[0]["switch"] == {"variable": "${d}", "case": {"1": [step("a", A)], "a.b": [], "default": []}}


def test_custom_code_is_the_object_itself_with_a_tag() -> None:
    assert schema(sketch({"a": {"customCode": {"success": {"export": ["x"]}}}}, "start → a")) == [
        {"tag": "customCode__a", "success": {"export": ["x"]}}
    ]
    own = {"tag": "mine", "limit": {"max": 1, "failover": "x"}, "log": "a"}
    assert schema(sketch({"a": {"customCode": own}, "b": B}, "start → a → b → a")) == [
        own,
        step("b", B),
        {"goto": "mine"},
    ]


def test_meta_keys() -> None:
    meta = Meta("t", True, True, Limit(2, "far"), {"name": "here"}, "7")
    drawing = Drawing([Node("start", "start"), Node("a", "log", "a", meta)], [Edge("start", "out", "a")])
    limit = {"max": 2, "failover": "far"}
    assert schema(drawing) == [
        {"tag": "t", "limit": limit, "break": True, "async": True, "trace": {"name": "here"}, "_id": "7", "log": "a"}
    ]


def test_a_jump_carries_its_block_when_nothing_else_does() -> None:
    """Somebody took the other wire away."""
    drawing = sketch({"a": A, "b": B}, "start → a → b")
    drawing.edges[1].jump = True
    assert schema(drawing) == [step("a", A), step("b", B)]


def test_places_and_jumps_are_told() -> None:
    compiled = compile_drawing(
        sketch({"f": {"function": {"name": "f"}}, "i": IF, "a": A, "b": B}, "start → i.then → a → i \n f.actions → b")
    )
    assert compiled.places == {"f": "[0]", "b": "[0].function.actions[0]", "i": "[1]", "a": "[1].if.then[0]"}
    assert [(edge.source, edge.target) for edge in compiled.jumps] == [("a", "i")]


TWICE = {"log": "x", "tag": "t"}


@pytest.mark.parametrize(
    ("drawing", "node", "sentence"),
    [
        (Drawing([], []), "", "there must be one Start"),
        (Drawing([Node("start", "start"), Node("s", "start")], []), "s", "there must be one Start"),
        (sketch({"a": A}, "start → a → start"), "a", "log (a) leads to Start"),
        (sketch({"a": A}, "start → a.then → a"), "a", "log (a) has no output 'then'"),
        (sketch({"i": IF}, "start → i.case.1 → i"), "i", "if (i) has no output 'case.1'"),
        (sketch({"a": A}, "start → a.failover → a"), "a", "log (a) has no output 'failover'"),
        (sketch({"a": A, "b": B}, "start → a → b \n a → a"), "a", "two wires leave 'out' of log (a)"),
        (sketch({"a": A}, "start → a → z"), "a", "a wire of log (a) has an end at 'z'"),
        (Drawing([Node("start", "start"), Node("a", "log"), Node("a", "log")], []), "a", "stands there twice"),
        (sketch({"a": {"customCode": "log"}}, "start → a"), "a", "must hold one JSON object"),
        (sketch({"a": {"function": {}}}, "start → a"), "a", "needs a name"),
        (sketch({"a": TWICE, "b": TWICE}, "start → a → b → a"), "a", "have the same tag 't'"),
        (sketch({"a": A, "f": {"function": {"name": "f"}}}, "start → f → a → f"), "f", "no wire can lead back to"),
        (
            sketch({"a": A, "f": {"function": {"name": "f"}}, "b": B}, "start → a \n f.actions → b → a"),
            "b",
            "leads into another function",
        ),
    ],
)
def test_problems_name_the_block(drawing: Drawing, node: str, sentence: str) -> None:
    compiled = compile_drawing(drawing)
    assert any(problem.node == node and sentence in problem.message for problem in compiled.errors), compiled.problems


def test_a_drawing_may_be_too_deep() -> None:
    blocks = {str(n): {"if": {"expression": "1"}} for n in range(102)}
    deep = sketch(blocks, "start → 0 \n" + "\n".join(f"{n}.then → {n + 1}" for n in range(101)))
    assert [problem.node for problem in compile_drawing(deep).errors] == ["100"]


def test_loose_blocks_are_left_out_with_a_warning() -> None:
    compiled = compile_drawing(sketch({"a": A, "b": B, "c": C}, "start → a \n b → c → b"))
    assert compiled.schema == [step("a", A)]
    assert [(problem.node, problem.level) for problem in compiled.problems] == [("b", "warning"), ("c", "warning")]


def test_a_function_to_which_only_a_loose_block_leads_still_counts() -> None:
    blocks = {"a": A, "f": {"function": {"name": "f"}}, "b": B, "c": C}
    compiled = compile_drawing(sketch(blocks, "start → a \n c → f.actions → b"))
    assert compiled.schema[0]["tag"] == "function__f"
    assert [problem.node for problem in compiled.problems] == ["c"]


@settings(max_examples=400, deadline=None)
@given(drawings())
def test_every_drawing_compiles_or_says_which_block_is_wrong(drawing: Drawing) -> None:
    compiled = compile_drawing(drawing)
    if compiled.errors:
        assert {problem.node for problem in compiled.errors} <= {node.id for node in drawing.nodes}
        assert all(problem.message for problem in compiled.errors)
    else:
        parse(compiled.schema)
        assert compiled.places.keys() == plant(drawing).home.keys()


@settings(max_examples=400, deadline=None)
@given(drawings())
def test_a_compiled_drawing_is_drawn_again_with_the_same_blocks_and_wires(drawing: Drawing) -> None:
    compiled = compile_drawing(drawing)
    if compiled.errors:
        return
    again = decompile(compiled.schema, write(drawing)).drawing
    assert wires(again) == wires(drawing)
    assert blocks(again) == blocks(drawing)
    assert compile_drawing(again).schema == compiled.schema
