"""What a redrawn diagram keeps of the payload before it: places, descriptions, notes (flow-engine §6.2)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from outdial.domain.errors import BadField
from outdial.flow.diagram import drawing as format
from outdial.flow.diagram.drawing import FAILOVER, GOTO, START, Drawing, Node
from outdial.flow.diagram.layout import GAP_Y, size
from outdial.flow.diagram.tags import tag_of
from outdial.flow.diagram.tree import plant

Spot = tuple[float, float]
MOST = 200_000
"""New blocks times all blocks; beyond, the whole drawing is laid out anew."""


@dataclass(slots=True)
class Known:
    spots: dict[str, Spot] = field(default_factory=dict)
    """Block → its upper left corner."""
    drawing: Drawing | None = None
    """When the payload was ours."""
    by_tag: dict[str, list[str]] = field(default_factory=dict)
    """Tag → the blocks that had it, when the payload was ours."""

    @property
    def ids(self) -> set[str]:
        return {*self.spots, *(node.id for node in self.drawing.nodes)} if self.drawing else set(self.spots)


def known(payload: object) -> Known:
    """Never fails: what cannot be recognized is not known."""
    if format.is_ours(payload):
        try:
            drawing = format.read(payload)
        except BadField:
            return Known()
        found = Known({node.id: (node.x, node.y) for node in drawing.nodes}, drawing)
        for node in drawing.nodes:
            found.by_tag.setdefault(tag_of(node), []).append(node.id)
        return found
    nodes = payload.get("nodes") if isinstance(payload, Mapping) else None
    given = nodes.values() if isinstance(nodes, Mapping) else nodes if isinstance(nodes, list) else ()
    return Known(dict(_spots(given)))


def _spots(nodes: Any) -> Iterator[tuple[str, Spot]]:
    for node in nodes:
        if isinstance(node, Mapping) and isinstance(node.get("id"), str | int):
            spot = _spot(node.get("position")) or _spot(node)
            if spot is not None:
                yield str(node["id"]), spot


def _spot(value: Any) -> Spot | None:
    """``[x, y]`` or ``{"x", "y"}``."""
    if isinstance(value, Mapping):
        x, y = value.get("x"), value.get("y")
    elif isinstance(value, list) and len(value) == 2:
        x, y = value
    else:
        return None
    return (float(x), float(y)) if _is_length(x) and _is_length(y) else None


def _is_length(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 1e7


def restore(drawing: Drawing, known: Known) -> None:
    """Puts blocks back where they were. New ones keep the distance that the layout gave them from the one before."""
    if known.drawing is not None:
        _restore_words(drawing, known.drawing)
        _restore_loose(drawing, known.drawing)
    new = [node for node in drawing.nodes if node.id not in known.spots]
    if not any(node.id in known.spots for node in drawing.nodes if node.id != START):
        return
    if len(new) * len(drawing.nodes) > MOST:
        return
    _restore_spots(drawing, known)
    _make_room(new, [node for node in drawing.nodes if node.id in known.spots])


def _restore_words(drawing: Drawing, old: Drawing) -> None:
    before = {node.id: node for node in old.nodes}
    for node in drawing.nodes:
        was = before.get(node.id)
        if was is not None and was.app == node.app:
            node.description = was.description
    drawing.notes = old.notes
    drawing.pages = [*old.pages, *(page for page in drawing.pages if page.id not in {p.id for p in old.pages})]


def _restore_spots(drawing: Drawing, known: Known) -> None:
    moved: dict[str, Spot] = {}
    pages = {node.id: node.page for node in known.drawing.nodes} if known.drawing else {}
    before = {e.target: e.source for e in drawing.edges if not e.jump and e.port not in (FAILOVER, GOTO)}
    for node in drawing.nodes:
        previous = before.get(node.id, START)
        dx, dy = moved.get(previous, (0.0, 0.0))
        x, y = known.spots.get(node.id) or (node.x + dx, node.y + dy)
        moved[node.id] = (x - node.x, y - node.y)
        node.x, node.y = x, y
        node.page = pages[node.id] = pages.get(node.id, node.page or pages.get(previous, ""))


def _restore_loose(drawing: Drawing, old: Drawing) -> None:
    """What nobody had wired up yet is no part of any schema, and still somebody's work."""
    here = {node.id for node in drawing.nodes}
    reached = plant(old).home
    loose = [node for node in old.nodes if node.id not in reached and node.id not in here and node.app != START]
    drawing.nodes += loose
    names = {node.id for node in loose}
    drawing.edges += [edge for edge in old.edges if edge.source in names and edge.target in here | names]


def _make_room(new: list[Node], settled: list[Node]) -> None:
    """Moves new blocks down until they cover no other."""
    for node in new:
        while (other := next((o for o in settled if _overlap(node, o)), None)) is not None:
            node.y = other.y + size(other)[1] + GAP_Y
        settled.append(node)


def _overlap(one: Node, other: Node) -> bool:
    (w1, h1), (w2, h2) = size(one), size(other)
    apart = one.x + w1 <= other.x or other.x + w2 <= one.x or one.y + h1 <= other.y or other.y + h2 <= one.y
    return one.page == other.page and not apart
