"""The picture of a drawing, read as the XML it is."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given, settings

from outdial.flow.diagram import decompile
from outdial.flow.diagram.drawing import Note
from outdial.flow.diagram.picture import picture

from ..world import Schema
from .grammar import schemas
from .sketch import sketch

SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> tuple[list[str], list[str]]:
    """Texts, and the kinds of the wires."""
    root = ElementTree.fromstring(svg)
    wires = [path.attrib["class"].strip() for path in root.iter(f"{SVG}path") if "class" in path.attrib]
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")], wires


def test_blocks_ports_and_wires() -> None:
    menu = {"playback": {"files": [{"name": "<a & b>.wav"}]}, "tag": "menu", "limit": 3}
    drawing = sketch({"p": menu, "i": {"if": {"expression": "x"}}}, "start → p → i.then → p \n p.failover → i")
    drawing.edges[2].jump = True
    drawing.notes.append(Note("n", "call the boss", 10, 300))
    texts, wires = drawn(picture(drawing))
    assert texts == [
        "Start",
        "playback",
        "<a & b>.wav",
        "≤ 3 · menu",
        "failover",
        "if",
        "x",
        "then",
        "else",
        "call the boss",
    ]
    assert wires == ["wire", "wire", "wire jump", "wire failover"]


def test_every_page_is_drawn() -> None:
    module = {"name": "u-1", "actions": [{"tag": "log__5", "log": "inside"}]}
    texts, _ = drawn(picture(decompile([{"tag": "customModule__u-1", "function": module}]).drawing))
    assert "u-1" in texts and "inside" in texts


def test_any_text_fits() -> None:
    texts, _ = drawn(picture(sketch({"a": {"log": "\x00\ud800\t]]>" + "long " * 100}}, "start → a")))
    assert texts[-1].startswith("]]>long") and len(texts[-1]) == 30


@settings(max_examples=100, deadline=None)
@given(schemas)
def test_every_schema_has_a_picture(schema: Schema) -> None:
    drawing = decompile(schema).drawing
    texts, _ = drawn(picture(drawing))
    assert texts.count("Start") == 1 and len(texts) >= len(drawing.nodes)
