"""``outdial schema``: what it does with a file, and how it complains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from outdial.flow.diagram import decompile, write
from tests.trouble.command import outdial

FLOW = [{"tag": "log__1", "log": "hello"}, {"hangup": ""}]


@pytest.mark.parametrize(
    "content", [FLOW, {"name": "x", "schema": FLOW, "payload": {}}, write(decompile(FLOW).drawing)]
)
def test_draw_takes_a_schema_a_record_or_a_drawing(tmp_path: Path, content: Any) -> None:
    (tmp_path / "flow.json").write_text(json.dumps(content))
    said = outdial("schema", "draw", "flow.json", folder=tmp_path)
    assert (said.code, said.out) == (0, "Drawn into flow.svg; any browser shows it.\n")
    ElementTree.fromstring((tmp_path / "flow.svg").read_text())
    assert outdial("schema", "draw", "flow.json", "-o", "other.svg", folder=tmp_path).code == 0
    assert (tmp_path / "other.svg").read_text() == (tmp_path / "flow.svg").read_text()


def test_draw_complains_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("[5]")
    (tmp_path / "broken.json").write_text("[")
    (tmp_path / "flow.json").write_text("[]")
    said = [
        outdial("schema", "draw", *words, folder=tmp_path).complaint
        for words in (("none.json",), ("odd.json",), ("broken.json",), ("flow.json", "-o", "no/folder.svg"))
    ]
    assert said[:2] == [
        "none.json cannot be read: No such file or directory.",
        "schema[0]: expected an application object",
    ]
    assert said[2].startswith("broken.json is not JSON: ")
    assert said[3] == "no/folder.svg cannot be written: No such file or directory."
