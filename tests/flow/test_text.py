"""Text expansion and paths (flow-engine §2.2, §2.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.flow.errors import AppFailed
from outdial.flow.paths import read
from outdial.flow.text import MAX_TEXT, Scope

VARIABLES = {
    "a": "1",
    "name": "Ольга & Co!",
    "inner": "${a}",
    "o": '{"a": {"b": 5}, "list": [10, {"x": "y"}], "t": true, "n": null, "f": 1.50, "e": 1e6}',
    "arr": '[{"name": "x", "id": 1, "ok": true}, {"name": "y", "id": 2.5, "ok": false}]',
    "text": "plain",
    "dotted.name": "plain name",
}


def expand(text: str) -> str:
    return Scope(VARIABLES, {"g": "global", "tricky": "${a}"}, lambda: 1_788_264_000_123).expand(text)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("nothing to do", "nothing to do"),
        ("${a}${a}", "11"),
        ("[${missing}]", "[]"),
        ("$${g}", "global"),
        ("$${missing}|", "|"),
        ("$$${g}", "$global"),
        ("${g}", ""),
        ("${inner}", "${a}"),
        ("$${tricky}", "${a}"),
        ("${a${a}}", "}"),
        ("${ a }", ""),
        ("${a", "${a"),
        ("$a {a}", "$a {a}"),
        ("${name.uri()}", "%D0%9E%D0%BB%D1%8C%D0%B3%D0%B0%20%26%20Co!"),
        ("$${g.uri()}", "global"),
        ("${o.list.1.uri()}", "%7B%22x%22%3A%22y%22%7D"),
        ("${strepoch()}", "1788264000"),
        ("${o.a.b}", "5"),
        ("${o.list[1].x}", "y"),
        ("${arr[0].name}", "x"),
        ("${arr.1.name}", "y"),
        ("${dotted.name}", "plain name"),
        ("${text.a}", ""),
        ("${.a}", ""),
        ("${}", ""),
    ],
)
def test_expansion(text: str, expanded: str) -> None:
    assert expand(text) == expanded


def test_ours_uri_encodes_only_its_own_variable() -> None:
    assert expand("${name.uri()} ${name}").endswith("%20Co! Ольга & Co!")


def test_values_never_run_away() -> None:
    scope = Scope({"big": "x" * 1000}, {}, lambda: 0)
    assert len(scope.expand("${big}" * 900)) == 900_000
    with pytest.raises(AppFailed):
        scope.expand("${big}" * (MAX_TEXT // 1000 + 1))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", "5"),
        ("a", '{"b":5}'),
        ("list", '[10,{"x":"y"}]'),
        ("list.0", "10"),
        ("list.#", "2"),
        ("list.9", ""),
        ("list.-1", ""),
        ("t", "true"),
        ("n", ""),
        ("f", "1.5"),
        ("e", "1000000"),
        ("nowhere.at.all", ""),
    ],
)
def test_paths_of_an_object(path: str, value: str) -> None:
    assert read(VARIABLES["o"], path) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("#", "2"),
        ("#.name", '["x","y"]'),
        ('#(name=="y").id', "2.5"),
        ("#(name==y).id", "2.5"),
        ("#(id>1)#.name", '["y"]'),
        ("#(id>=1)#.name", '["x","y"]'),
        ("#(id<=1)#.name", '["x"]'),
        ("#(id!=1).name", "y"),
        ("#(ok==true).name", "x"),
        ("#(ok).name", "x"),
        ('#(name%"x*").id', "1"),
        ('#(name!%"x*").id', "2.5"),
        ('#(name=="z").id', ""),
        ('#(name=="z")#.id', "[]"),
        ("#(id==zero).name", ""),
        ("#(", ""),
    ],
)
def test_queries(path: str, value: str) -> None:
    assert read(VARIABLES["arr"], path) == value


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ('{"a.b": 1}', r"a\.b", "1"),
        ('{"a*": 1, "ab": 2}', r"a\*", "1"),
        ('{"first": 1, "second": 2}', "s*d", "2"),
        ('{"cat": 1, "cut": 2}', "c?t", "1"),
        ('[{"n": [1, 2]}, {"n": [3]}]', "#.n.#", "[2,1]"),
        ('{"a": "quoted \\" text"}', "a", 'quoted " text'),
        ('"just text"', "a", ""),
        ("no json", "a", ""),
        ("", "a", ""),
        ("[" * 100_000, "0", ""),
        ("[1]", ".".join("0" * 100), ""),
    ],
)
def test_odd_documents_and_paths(text: str, path: str, value: str) -> None:
    assert read(text, path) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(JSON, st.text(alphabet='abc01.#()="<>!%*?\\| ', max_size=20) | st.text(max_size=20))
def test_no_path_fails(document: Any, path: str) -> None:
    assert isinstance(read(json.dumps(document), path), str)


@given(st.text(alphabet="$${}.ab()uri[]0", max_size=40) | st.text(max_size=40))
def test_no_text_fails(text: str) -> None:
    assert isinstance(expand(text), str)


@given(st.text(max_size=20).filter(lambda text: "${" not in text))
def test_text_without_names_stays_as_it_is(text: str) -> None:
    assert expand(text) == text


@given(st.text(max_size=30))
def test_a_value_is_never_expanded_again(value: str) -> None:
    assert Scope({"v": value}, {"v": value}, lambda: 0).expand("<${v}|$${v}>") == f"<{value}|{value}>"
