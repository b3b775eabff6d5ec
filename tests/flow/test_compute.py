"""``math``, ``string`` and ``classifier`` (flow-engine §4.6)."""

from __future__ import annotations

from typing import Any

import pytest

from .world import call


def worked(app: str, **fields: Any) -> str:
    """The variable ``x`` after the application."""
    fields = {"setVar": "x", **fields}
    return call([{app: fields}], {"a": "12", "x": "old"}).variables["x"]


# ── math ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fn", "data", "result"),
    [
        ("max", [1, "${a}", "3"], "12"),
        ("min", ["7"], "7"),
        ("round", ["2.5"], "3"),
        ("floor", [-0.5], "-1"),
        ("pow", [2, 10], "1024"),
        ("PI", [], "3.141592653589793"),
        ("max", [], "-Infinity"),
        ("abs", ["no number"], ""),
        ("sqrt", [-1], ""),
        ("random", ["only"], "only"),
        ("random", [1_000_000], "1000000"),
        ("random", [], ""),
        ("", ["only"], "only"),
        ("max", "[4, 9]", "9"),
    ],
)
def test_math(fn: str, data: Any, result: str) -> None:
    assert worked("math", fn=fn, data=data) == result


def test_math_without_a_function_takes_one_of_the_data() -> None:
    assert {worked("math", data=["a", "b"]) for _ in range(100)} == {"a", "b"}


@pytest.mark.parametrize("fields", [{"fn": "nothing"}, {"fn": "constructor"}, {"fn": "max", "setVar": ""}])
def test_math_that_cannot_be_keeps_the_old_value(fields: dict[str, Any]) -> None:
    assert worked("math", **fields) == "old"


# ── string ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fn", "data", "args", "result"),
    [
        ("reverse", "abcй", [], "йcba"),
        ("charAt", "abc", [1], "b"),
        ("charAt", "abc", ["1"], "b"),
        ("charAt", "abc", [], "a"),
        ("charAt", "abc", [3], ""),
        ("charAt", "й", [0], "Ð"),  # a byte, not a character
        ("length", "й", [], "2"),
        ("length", "", [], "0"),
        ("base64", "hi й", ["encoder"], "aGkg0Lk="),
        ("base64", "aGkg0Lk=", ["decoder"], "hi й"),
        ("base64", "x", [], ""),
        ("MD5", "abc", [], "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA-256", "abc", [], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("SHA-512", "", [], "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
         "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"),
        ("gomatch", "+38 (044) 123", [r"\+(\d+) \((\d+)\)"], "38,044"),
        ("gomatch", "call 15 now", [r"\d+"], "15"),
        ("gomatch", "none", [r"\d+"], ""),
        ("toUpperCase", "abc й", [], "ABC Й"),
        ("substring", "abcdef", [1, "3"], "bc"),
        ("split", "a,b,c", [","], "a,b,c"),
        ("replace", "a-b-c", ["/-/g", ""], "abc"),
        ("replace", "a-b-c", ["-", "/"], "a/b-c"),
        ("replace", "aXbx", ["/x/gi", "."], "a.b."),
        ("match", "tel 0501 x", [r"/\d+/"], "0501"),
        ("match", "none", [r"/\d+/"], "null"),
        ("search", "ab12", [r"/\d/"], "2"),
        ("indexOf", "abc", ["c"], "2"),
        ("slice", "abcdef", [-2], "ef"),
        ("trim", "  a ", [], "a"),
    ],
)  # fmt: skip
def test_string(fn: str, data: str, args: list[Any], result: str) -> None:
    assert worked("string", fn=fn, data=data, args=args) == result


def test_string_works_on_expanded_text() -> None:
    done = call([{"string": {"fn": "concat", "data": "${a}", "args": ["${b}"], "setVar": "x"}}], {"a": "1", "b": '"2'})
    assert done.variables["x"] == '1"2'


@pytest.mark.parametrize(
    "fields",
    [
        {"fn": "nothing", "data": "a"},
        {"fn": "length", "setVar": ""},
        {"fn": "", "data": "a"},
        {"fn": "gomatch", "data": "a", "args": ["("]},
        {"fn": "base64", "data": "%%%", "args": ["decoder"]},
        {"fn": "charAt", "data": "a", "args": ["one"]},
        {"fn": "replace", "data": "a", "args": ["/(/", ""]},
        {"fn": "repeat", "data": "a", "args": [1e12]},
        {"fn": "match", "data": "a" * 40 + "b", "args": ["/^(a+)+$/"]},
    ],
)
def test_string_that_cannot_be_keeps_the_old_value(fields: dict[str, Any]) -> None:
    assert worked("string", **fields) == "old"


# ── classifier ───────────────────────────────────────────────────────────────────────────────────

CLUSTER = {"yes": ["Так", "of course"], "no": ["ні", "not"], "cost": ["how much does it cost"]}


@pytest.mark.parametrize(
    ("text", "fields", "cluster"),
    [
        ("ТАК, звісно", {}, "yes"),
        ("of course", {}, "yes"),
        ("of  course!", {}, "yes"),
        ("yes of course", {}, ""),
        ("nothing", {}, ""),
        ("nothing", {"matchType": "part"}, "no"),
        ("Так! Ні!", {}, "yes"),
        ("", {"matchType": "part"}, ""),
        ("Of Course", {"phraseSearch": True}, "yes"),
        ("course", {"phraseSearch": True}, ""),
        ("much does", {"phraseSearch": True, "matchType": "part"}, "cost"),
        ("", {"phraseSearch": True, "matchType": "part"}, ""),
    ],
)
def test_classifier(text: str, fields: dict[str, Any], cluster: str) -> None:
    done = call([{"classifier": {"cluster": CLUSTER, "input": "${said}", "set": "x", **fields}}], {"said": text})
    assert done.variables["x"] == cluster


def test_ours_classifier_tries_clusters_in_the_order_of_the_document() -> None:
    for names in (["a", "b"], ["b", "a"]):
        cluster = {name: ["same"] for name in names}
        assert call([{"classifier": {"cluster": cluster, "input": "same", "set": "x"}}]).variables["x"] == names[0]
