"""Reading schemas (flow-engine §1.1–§1.3)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.flow.declare import REGISTRY
from outdial.flow.errors import SchemaError
from outdial.flow.names import LANGUAGE
from outdial.flow.parse import MAX_DEPTH, MAX_STEPS, parse
from outdial.flow.program import Program

from .world import call


def warnings(schema: list[Any]) -> list[tuple[str, str]]:
    return [(problem.path, problem.message.split(":")[0].split(";")[0]) for problem in parse(schema).warnings]


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({}, ""),
        (None, ""),
        ("[]", ""),
        ([{"log": "a"}, 5], "[1]"),
        ([None], "[0]"),
        ([{"if": {"expression": "1", "then": [{"log": "a"}, "b"]}}], "[0].if.then[1]"),
        ([{"if": {"expression": "1", "else": {"log": "a"}}}], "[0].if.else"),
        ([{"switch": {"variable": "x", "case": {"1": "no"}}}], "[0].switch.case.1"),
        ([{"while": {"condition": "x", "do": [[]]}}], "[0].while.do[0]"),
        ([{"function": {"name": "f", "actions": [5]}}], "[0].function.actions[0]"),
        ([{"trigger": {"disconnected": [{"if": {"then": [1]}}]}}], "[0].trigger.disconnected[0].if.then[0]"),
    ],
)
def test_what_is_no_schema_is_refused_with_the_path_of_the_step(schema: object, path: str) -> None:
    with pytest.raises(SchemaError) as error:
        parse(schema)
    assert error.value.path == path


@pytest.mark.parametrize("empty", [None, "", {}, [], False])
def test_an_empty_branch_may_be_written_in_many_ways(empty: object) -> None:
    schema = [{"if": {"expression": "1", "then": empty, "else": empty}}, {"log": "x"}]
    assert call(schema).lines == ["x"]


@pytest.mark.parametrize(
    ("step", "warning"),
    [
        ({"log": "a", "set": {}}, "two applications in one object"),
        ({"tag": 5, "log": "a"}, "the tag is a number"),
        ({"switch": {"variable": 5, "case": {}}}, "switch needs a text `variable` and an object `case`"),
        ({"switch": {"variable": "x"}}, "switch needs a text `variable` and an object `case`"),
        ({"function": "f"}, "function needs a `name` and a list `actions`"),
        ({"trigger": {"commands": {"/x": []}}}, "commands belong to chats and do nothing here"),
        ({"limit": {"max": 1}}, "no application in this object"),
    ],
)
def test_what_the_released_engine_overlooks_is_a_warning(step: dict[str, Any], warning: str) -> None:
    assert warnings([step]) == [("[0]", warning)]
    assert call([step, {"log": "goes on"}]).lines[-1:] == ["goes on"]


@pytest.mark.parametrize("step", [{}, {"_id": "1"}, {"break": ""}, {"break": {}}, {"tag": "t"}])
def test_objects_without_an_application_are_skipped(step: dict[str, Any]) -> None:
    assert parse([step]).blocks[0].steps == ()


def test_meta_keys_are_no_applications() -> None:
    step = {
        "_id": "1",
        "tag": "t",
        "async": True,
        "trace": {"name": "n"},
        "limit": {"max": 2, "failover": "t"},
        "log": "a",
    }
    (parsed,) = parse([step]).blocks[0].steps
    assert (parsed.app, parsed.tag, parsed.limit and parsed.limit.max) == ("log", "t", 2)


def test_functions_and_triggers_are_no_steps() -> None:
    program = parse([{"tag": "f", "function": {"name": "f", "actions": []}}, {"trigger": {"disconnected": []}}])
    assert (program.blocks[0].steps, dict(program.tags)) == ((), {})
    assert (list(program.functions), list(program.triggers)) == (["f"], ["disconnected"])


def test_size_and_depth_are_limited() -> None:
    deep: list[Any] = []
    for _ in range(MAX_DEPTH + 1):
        deep = [{"if": {"expression": "1", "then": deep}}]
    with pytest.raises(SchemaError, match="levels deep"):
        parse(deep)
    with pytest.raises(SchemaError, match="more than"):
        parse([{"log": "a"}] * (MAX_STEPS + 1))
    functions: list[Any] = []
    for _ in range(MAX_DEPTH + 1):
        functions = [{"function": {"name": "f", "actions": functions}}]
    with pytest.raises(SchemaError, match="levels deep"):
        parse(functions)


def test_a_program_can_be_run_many_times() -> None:
    schema = [{"limit": {"max": 1, "failover": "x"}, "log": "a"}, {"while": {"condition": "0", "do": [{"log": "b"}]}}]
    assert call(schema).lines == call(schema).lines == ["a", "b"]


def test_all_that_is_built_belongs_to_the_language() -> None:
    assert REGISTRY.keys() <= LANGUAGE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)
STEPS = st.deferred(lambda: st.lists(STEP | JSON, max_size=4))
CASES = st.dictionaries(st.text(max_size=3), STEPS, max_size=2)
SHORT = st.text(max_size=5) | JSON
some = st.fixed_dictionaries
STEP: st.SearchStrategy[Any] = some(
    {},
    optional={
        "if": some({"expression": SHORT}, optional={"then": STEPS, "else": STEPS}),
        "switch": some({"variable": SHORT}, optional={"case": CASES}),
        "while": some({"condition": SHORT}, optional={"do": STEPS, "maxSteps": JSON}),
        "function": some({"name": JSON}, optional={"actions": STEPS}),
        "goto": st.sampled_from("abc"),
        "set": JSON,
        "tag": st.sampled_from(["a", "b", "c", 1, None]),
        "limit": some({"max": JSON, "failover": JSON}) | JSON,
        "break": JSON,
    },
)


@given(STEPS)
def test_any_json_is_a_program_or_an_error_with_a_path(schema: list[Any]) -> None:
    try:
        program = parse(schema)
    except SchemaError as error:
        assert error.path.startswith("[")
    else:
        assert isinstance(program, Program)
        for block, at in program.tags.values():
            assert program.blocks[block].steps[at].tag


SANE = st.deferred(lambda: st.lists(SANE_STEP, max_size=4))
TAG = st.sampled_from("abc")
TRUTH = st.sampled_from(["1", "0", "!${v}"])
SANE_STEP: st.SearchStrategy[Any] = st.one_of(
    some({"log": st.just("x")}, optional={"tag": TAG}),
    some({"goto": st.sampled_from("abcd")}),
    some({"set": st.dictionaries(st.sampled_from("vw"), JSON, max_size=2)}),
    some(
        {"if": some({"expression": TRUTH, "then": SANE, "else": SANE})},
        optional={"tag": TAG, "limit": st.just({"max": 2, "failover": "a"})},
    ),
    some({"while": some({"condition": st.just("1"), "do": SANE, "maxSteps": st.just("3")})}, optional={"tag": TAG}),
    some({"break": st.just(True)}),
)


@given(SANE)
def test_every_program_ends(schema: list[Any]) -> None:
    assert call(schema).ended.how == "finished"
