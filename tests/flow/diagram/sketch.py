"""Drawings written briefly, and random ones."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from outdial.flow.diagram.drawing import START, Drawing, Edge, Limit, Meta, Node
from outdial.flow.diagram.ports import DECLARATIONS
from outdial.flow.diagram.tree import outputs

Wire = tuple[str, str, str]


def sketch(blocks: dict[str, Any], wires: str) -> Drawing:
    """``blocks``: id → one-key object, such as ``{"log": "a"}``, with ``tag`` and ``limit`` beside it if need be.

    ``wires``: ``start → a → if.then → b`` and so on, one chain a line; without a port it leaves Out.
    """
    nodes = [Node(START, START)]
    for id, block in blocks.items():
        limit = Limit(block["limit"]) if "limit" in block else None
        app = next(key for key in block if key not in ("tag", "limit"))
        nodes.append(Node(id, app, block[app], Meta(block.get("tag", ""), limit=limit)))
    edges: list[Edge] = []
    for line in wires.strip().splitlines():
        ends = [end.strip() for end in line.split("→")]
        for left, right in pairwise(ends):
            source, _, port = left.partition(".")
            edges.append(Edge(source, port or "out", right.partition(".")[0]))
    return Drawing(nodes, edges)


def wires(drawing: Drawing) -> set[Wire]:
    return {(edge.source, edge.port, edge.target) for edge in drawing.edges}


_ARGS: list[tuple[str, Any]] = [
    ("log", "x"),
    ("log", "x"),
    ("log", "x"),
    ("hangup", ""),
    ("break", ""),
    ("goto", "nowhere"),
    ("if", {"expression": "${a}"}),
    ("if", {"expression": "${a}"}),
    ("while", {"condition": "${a}", "maxSteps": "3"}),
    ("switch", {"variable": "${a}", "case": {"1": [], "default": []}}),
    ("list", {"destination": "1"}),
    ("trigger", {}),
    ("function", {"name": "f"}),
    ("customCode", {"unheardOf": 1}),
]


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Any wire may lead anywhere, back, across branches and nowhere; but none to a function or trigger."""
    nodes = [Node(START, START)]
    for number in range(draw(st.integers(0, 12))):
        app, args = draw(st.sampled_from(_ARGS))
        limit = draw(st.sampled_from([None, None, Limit(2)]))
        tag = draw(st.sampled_from(["", "", "", f"own{number}", f"{number}-{app}-custom-tag"]))
        nodes.append(Node(str(number), app, args, Meta(tag, limit=limit)))
    edges = []
    targets = [None, *(node for node in nodes[1:] if node.app not in DECLARATIONS)]
    for node in nodes:
        for port in outputs(node, alone=node.app in DECLARATIONS):
            target = draw(st.sampled_from(targets))
            if target is not None:
                edges.append(Edge(node.id, port, target.id))
    return Drawing(nodes, edges)
