"""Configuration files are read with the place of everything in them, and scalars keep their text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.cli.files.document import ConfigMistake, Node, read


def a_file(folder: Path, text: str) -> Path:
    path = folder / "outdial.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_knows_its_line_and_column(tmp_path: Path) -> None:
    calendar = read(a_file(tmp_path, "queues:\n  Reminder:\n    calendar: Days\n")).mapping()["queues"]
    field = calendar.mapping()["Reminder"].mapping()["calendar"]
    assert (field.place.line, field.place.column) == (3, 5)
    assert field.path == "queues.Reminder.calendar"


@pytest.mark.parametrize("text", ["0380501234567", "+380501234567", "no", "1e3", "0x10", "12:30", "1_000"])
def test_a_text_is_what_was_typed(tmp_path: Path, text: str) -> None:
    assert read(a_file(tmp_path, f"a: {text}\n")).mapping()["a"].text() == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40))
def test_plain_values_are_json(text: str) -> None:
    assert _scalar_of(text, quoted=True) == text


def _scalar_of(text: str, *, quoted: bool) -> object:
    return Node(None, "", text, quoted).plain()  # type: ignore[arg-type]  # its place is not asked for


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), ("1.5", 1.5), ("true", True), ("NORMAL_CLEARING", "NORMAL_CLEARING"), ("07", "07")]
)
def test_free_values_become_what_they_look_like(text: str, value: object) -> None:
    assert _scalar_of(text, quoted=False) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1\n", ":2:1: expected ',' or ']'"),
        ("a: 1\na: 2\n", ":2:1: 'a' stands here twice"),
        ("a:\n\tb: 1\n", "outdial.yaml:2:1: found character"),
        ("[" * 300, "outdial.yaml"),
        ("&a [*a]\n", "outdial.yaml"),
    ],
)
def test_what_is_no_configuration_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigMistake) as refused:
        read(a_file(tmp_path, text))
    assert said in refused.value.detail


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigMistake, match="No such file"):
        read(tmp_path / "none.yaml")
