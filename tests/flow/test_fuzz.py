"""What fuzzing found, or was seeded with, and could harm nobody any more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .fuzz import CORPUS, TARGETS

KEPT = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_corpus(path: Any) -> None:
    TARGETS[path.parent.name](path.read_bytes())


def test_each_target_has_a_corpus() -> None:
    assert {path.parent.name for path in KEPT} == TARGETS.keys()


PIECES = st.sampled_from([
    "${a}", "${o.a.b.#}", "${o.a.b.#(>1)}", "$${g}", "&hour(", "&wday(2-6)", ")", "(", "'", '"', "\\",
    "==", "===", "&&", "||", "!", "+", "-", "<", ">=", "new", "case", "1", "0x1", "1e999", "\n", " ", "/", "/*", "<!--",
    "`", "\u2028",
    "\0", "é", "constructor", "__proto__", "sys", "while(1)", ",", ";", ".", "[", "]", "{", "}", "=>", "${", "}",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_pieces_of_expressions(text: str) -> None:
    TARGETS["expression"](text.encode("utf-8", "surrogateescape"))


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.sampled_from(["${t}", ".uri()", "${t.uri()}", "${strepoch()}"]), max_size=12).map("".join))
def test_pieces_of_texts(text: str) -> None:
    TARGETS["expansion"](text.encode("utf-8", "surrogateescape"))


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | PIECES | st.sampled_from(["a", "b", "10", ""])
WORDS = st.sampled_from([
    "if", "switch", "while", "goto", "break", "function", "execute", "trigger", "set", "unSet", "export", "log",
    "softSleep", "js", "math", "string", "classifier", "timezone", "success", "abandoned", "tag", "limit", "max",
    "failover", "name", "actions", "expression", "then", "else", "variable", "case", "condition", "do",
    "maxSteps", "list", "data", "fn", "setVar",
])  # fmt: skip
SCHEMAS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=25
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(WORDS, SCHEMAS, max_size=3), max_size=5))
def test_pieces_of_schemas(schema: list[Any]) -> None:
    TARGETS["schema"](json.dumps(schema).encode())


def test_a_million_steps() -> None:
    TARGETS["schema"](json.dumps([{"set": {"a": "${a}${a}"}}] * 20_000).encode())
    TARGETS["schema"](json.dumps([{"log": "x"}] * 1_000_000).encode())
