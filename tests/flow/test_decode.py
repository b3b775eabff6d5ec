"""Loose decoding of arguments (flow-engine §2.4)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import outdial.flow.apps  # noqa: F401  # registers the applications
from outdial.flow.declare import REGISTRY, arg
from outdial.flow.decode import decode
from outdial.flow.errors import ArgumentError

VARIABLES = {"n": "7", "empty": "", "list": '["a", "${n}"]', "k": "key"}


def expand(text: str) -> str:
    for name, value in VARIABLES.items():
        text = text.replace(f"${{{name}}}", value)
    return text


@dataclass(frozen=True, slots=True)
class Lookup:
    id: int = arg(0, help="")
    name: str = arg("", help="")


@dataclass(frozen=True, slots=True)
class Args:
    text: str = arg("default", help="")
    number: int = arg(5, help="")
    flag: bool = arg(False, help="")
    names: list[str] = arg(list, help="")
    numbers: list[int] = arg(list, help="")
    map: dict[str, Any] = arg(dict, help="")
    free: Any = arg(None, help="")
    queue: Lookup | None = arg(None, help="")
    lookups: list[Lookup] = arg(list, help="")
    wire_name: int = arg(0, wire="wireName", help="")
    source: str = arg("", raw=True, help="")


def one(**raw: Any) -> Any:
    """The decoded value of the one field given."""
    (name,) = raw
    return getattr(decode(Args, raw, expand), name)


@pytest.mark.parametrize(
    ("raw", "value"), [("${n}!", "7!"), (12, "12"), (1.5, "1.5"), (True, "1"), (False, "0"), (None, "default")]
)
def test_text(raw: Any, value: str) -> None:
    assert one(text=raw) == value  # quirk: booleans become 1 and 0


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("3600", 3600),
        ("", 0),
        ("3.7", 3),
        ("-3.7", -3),
        ("${n}", 7),
        ("${empty}", 0),
        (3.7, 3),
        (True, 1),
        (None, 5),
        ("010", 10),  # ours: decimal, where the released engine reads octal
        ("08", 8),
    ],
)
def test_number(raw: Any, value: int) -> None:
    assert one(number=raw) == value


@pytest.mark.parametrize(
    "raw", ["abc", "1e3", "0x10", "1 2", [], {}, float("nan"), float("inf"), "9" * 30, 10**30, "9" * 19, -1e30]
)
def test_no_number(raw: Any) -> None:
    with pytest.raises(ArgumentError) as error:
        one(number=raw)
    assert error.value.field == "number"


@pytest.mark.parametrize("raw", ["1", "t", "T", "TRUE", "true", "True", 1, 0.5, True])
def test_true(raw: Any) -> None:
    assert one(flag=raw) is True


@pytest.mark.parametrize("raw", ["0", "f", "F", "FALSE", "false", "False", "", "${empty}", 0, False, None])
def test_false(raw: Any) -> None:
    assert one(flag=raw) is False


@pytest.mark.parametrize("raw", ["yes", "no", "2", [], {}])
def test_neither_true_nor_false(raw: Any) -> None:
    with pytest.raises(ArgumentError):
        one(flag=raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (["a", "${n}", 3], ["a", "7", "3"]),
        ("${list}", ["a", "${n}"]),  # what came out of a variable is not expanded again
        ("single", []),
        ("12", []),
        ('{"a": 1}', []),
        (12, ["12"]),
        (None, []),
        ([], []),
    ],
)
def test_list(raw: Any, value: list[str]) -> None:
    assert one(names=raw) == value


def test_an_item_that_does_not_fit_is_named() -> None:
    with pytest.raises(ArgumentError) as error:
        one(numbers=[1, "x"])
    assert error.value.field == "numbers[1]"


def test_map_expands_keys_and_texts_but_nothing_inside() -> None:
    raw = {"q${n}": "${n}", "deep": {"${n}": "${n}"}, "list": ["${n}"], "number": 1}
    assert one(map=raw) == {"q7": "7", "deep": {"${n}": "${n}"}, "list": ["${n}"], "number": 1}


def test_a_list_of_maps_is_one_map() -> None:
    assert one(map=[{"a": 1}, {"b": 2}, {"a": 3}]) == {"a": 3, "b": 2}


@pytest.mark.parametrize("raw", ["text", 5, [1], [{}, 2]])
def test_no_map(raw: Any) -> None:
    with pytest.raises(ArgumentError):
        one(map=raw)


@pytest.mark.parametrize("raw", [1, True, {"a": "${n}"}, ["${n}"]])
def test_any_keeps_all_but_text(raw: Any) -> None:
    assert one(free=raw) == raw
    assert one(free="${n}") == "7"


def test_objects_inside() -> None:
    assert one(queue={"id": "21", "name": "${n}", "team": {"id": 1}}) == Lookup(21, "7")
    assert one(queue=None) is None
    assert one(lookups=[{"id": 1}, {"ID": "2"}]) == [Lookup(1), Lookup(2)]
    assert one(lookups={"id": 1}) == [Lookup(1)]
    with pytest.raises(ArgumentError, match=r"queue\.id"):
        one(queue={"id": "x"})


def test_keys_in_any_case_and_unknown_keys() -> None:
    made = decode(Args, {"TEXT": "a", "wirename": "3", "unknown": 1}, expand)
    assert (made.text, made.wire_name) == ("a", 3)


def test_raw_text_is_not_expanded() -> None:
    assert one(source="${n}") == "${n}"


def test_nothing_at_all() -> None:
    assert decode(Args, None, expand) == decode(Args, "", expand) == decode(Args, {}, expand) == Args()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(st.sampled_from(sorted(REGISTRY)), JSON)
def test_every_declaration_decodes_anything_or_says_what_it_expected(name: str, raw: Any) -> None:
    cls = REGISTRY[name].args
    with suppress(ArgumentError):
        assert isinstance(decode(cls, raw, expand), cls)


@given(st.sampled_from(sorted(REGISTRY)), st.data())
def test_fields_decode_anything_or_say_what_they_expected(name: str, data: st.DataObject) -> None:
    cls: Any = REGISTRY[name].args
    raw = {field.metadata["wire"] or field.name: data.draw(JSON) for field in fields(cls)}
    try:
        decode(cls, raw, expand)
    except ArgumentError as error:
        assert error.expected


def test_every_field_has_a_help_text() -> None:
    for application in REGISTRY.values():
        cls: Any = application.args
        assert application.help
        assert all(field.metadata["help"] for field in fields(cls)), application.name
