"""A drawing as an SVG picture, for people without the editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from outdial.flow.diagram.drawing import FAILOVER, GOTO, OUT, Drawing, Edge, Node, Note, by_source
from outdial.flow.diagram.layout import HEAD, LANE, PORT, WIDTH, size
from outdial.flow.diagram.tree import outputs

MARGIN = 40.0
LETTERS = 30
"""Of a line that fits into a block."""

STYLE = """
svg { background: #f8fafc; font: 13px system-ui, "DejaVu Sans", sans-serif; }
.block { fill: #fff; stroke: #94a3b8; }
.start { fill: #dcfce7; stroke: #15803d; }
.end { fill: #fee2e2; stroke: #b91c1c; }
.branching { fill: #fef9c3; stroke: #a16207; }
.declaration { fill: #ede9fe; stroke: #6d28d9; }
.title { font-weight: 600; fill: #0f172a; }
.line, .port { fill: #475569; font-size: 12px; }
.port { text-anchor: end; }
.badge { fill: #6d28d9; font-size: 11px; text-anchor: end; }
.wire { fill: none; stroke: #475569; stroke-width: 1.5; }
.jump { stroke: #2563eb; stroke-dasharray: 6 4; opacity: 0.7; }
.failover { stroke: #b91c1c; stroke-dasharray: 2 3; }
.dot { fill: #475569; }
.note { fill: #fef08a; stroke: #ca8a04; }
.page { font-size: 18px; font-weight: 600; fill: #334155; }
"""
KINDS = {
    "start": "start",
    "if": "branching",
    "switch": "branching",
    "while": "branching",
    "function": "declaration",
    "trigger": "declaration",
    "triggers": "declaration",
    **dict.fromkeys(("hangup", "break", "success", "abandoned", "cancel", "retry", "confirm"), "end"),
}


def picture(drawing: Drawing) -> str:
    """Every page, one below the other."""
    parts: list[str] = []
    y, width = MARGIN, 0.0
    for page in ("", *(page.id for page in drawing.pages)):
        sheet = _Sheet(drawing, page)
        if not sheet.nodes:
            continue
        name = next((p.name or p.id for p in drawing.pages if p.id == page), "")
        heading = f'<text class="page" x="0" y="-16">{escape(name)}</text>' if name else ""
        left, top, right, bottom = sheet.bounds()
        parts.append(f'<g transform="translate({MARGIN - left:g} {y - top:g})">{heading}{"".join(sheet.parts())}</g>')
        y += bottom - top + LANE
        width = max(width, right - left)
    size = f'width="{width + 2 * MARGIN:g}" height="{y + MARGIN:g}"'
    view = f'viewBox="0 0 {width + 2 * MARGIN:g} {y + MARGIN:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}><style>{STYLE}</style>{_ARROW}'
    return head + '<rect width="100%" height="100%" fill="#f8fafc"/>' + "\n".join(parts) + "</svg>\n"


_ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>'
)


class _Sheet:
    """One page."""

    def __init__(self, drawing: Drawing, page: str) -> None:
        self.nodes = {node.id: node for node in drawing.nodes if node.page == page}
        self._notes = [note for note in drawing.notes if note.page == page]
        self._wires = by_source(drawing.edges)
        reached = {edge.target for edge in drawing.edges}
        self._alone = {id for id, node in self.nodes.items() if id not in reached and _kind(node) == "declaration"}

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom; with room for jumps, which run around the blocks."""
        boxes = [(node.x, node.y, *size(node)) for node in self.nodes.values()]
        boxes += [(note.x, note.y, *_extent(note)) for note in self._notes]
        left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
        return left - 40, top - 40, max(x + w for x, _, w, _ in boxes) + 40, max(y + h for _, y, _, h in boxes) + 40

    def parts(self) -> Iterator[str]:
        for edge in self._wires.values():
            if edge.source in self.nodes and edge.target in self.nodes:
                yield self._wire(edge)
        for node in self.nodes.values():
            yield from self._block(node)
        for note in self._notes:
            width, height = _extent(note)
            yield f'<rect class="note" x="{note.x:g}" y="{note.y:g}" width="{width:g}" height="{height:g}" rx="4"/>'
            yield _text("line", note.x + 8, note.y + 20, _cut(note.text, 60))

    def _ports(self, node: Node) -> list[str]:
        return outputs(node, alone=node.id in self._alone)

    def _wire(self, edge: Edge) -> str:
        source, target = self.nodes[edge.source], self.nodes[edge.target]
        x1, y1 = source.x + WIDTH, source.y + _port_y(self._ports(source), edge.port)
        x2, y2 = target.x, target.y + HEAD / 2
        kind = FAILOVER if edge.port == FAILOVER else "jump" if edge.jump or edge.port == GOTO else ""
        curve = _curve(x1, y1, x2, y2, over=bool(kind))
        return f'<path class="wire {kind}" d="{curve}" marker-end="url(#arrow)"/>'

    def _block(self, node: Node) -> Iterator[str]:
        width, height = size(node)
        yield (
            f'<g><title>{escape(_hint(node))}</title><rect class="block {_kind(node)}" '
            f'x="{node.x:g}" y="{node.y:g}" width="{width:g}" height="{height:g}" rx="8"/></g>'
        )
        yield _text("title", node.x + 12, node.y + 24, "Start" if node.app == "start" else node.app)
        yield _text("line", node.x + 12, node.y + 46, _cut(node.description or summary(node.args), LETTERS))
        badges = [f"≤ {node.meta.limit.max}"] if node.meta.limit else []
        badges += ["break"] if node.meta.breaks else []
        badges += [_cut(node.meta.tag, 18)] if node.meta.tag else []
        yield _text("badge", node.x + width - 12, node.y + 22, " · ".join(badges))
        for port in self._ports(node):
            y = node.y + _port_y(self._ports(node), port)
            yield f'<circle class="dot" cx="{node.x + width:g}" cy="{y:g}" r="3"/>'
            if port != OUT:
                yield _text("port", node.x + width - 12, y + 4, _cut(port.removeprefix("case."), LETTERS))


def _kind(node: Node) -> str:
    return KINDS.get(node.app, "")


def _port_y(ports: list[str], port: str) -> float:
    if port == OUT or port not in ports:
        return HEAD / 2
    return HEAD + PORT * [p for p in ports if p != OUT].index(port) + PORT / 2


def _curve(x1: float, y1: float, x2: float, y2: float, *, over: bool) -> str:
    """Forwards an S, or a bow over the blocks between; backwards a bow below them."""
    if x2 > x1 and not over:
        bend = (x2 - x1) / 2
        return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    height = min(y1, y2) - 1.5 * HEAD if x2 > x1 else max(y1, y2) + HEAD
    return f"M{x1:g} {y1:g}C{x1 + 70:g} {height:g} {x2 - 70:g} {height:g} {x2:g} {y2:g}"


def _extent(note: Note) -> tuple[float, float]:
    return note.width or WIDTH, note.height or HEAD / 2


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>' if text else ""


def _hint(node: Node) -> str:
    return _cut(f"{node.app} {node.id}: {node.description or summary(node.args)}", 300)


def summary(args: Any, depth: int = 0) -> str:
    """What matters most in the arguments of a block, in a few words."""
    if depth > 3:
        return "…"
    if isinstance(args, Mapping):
        for key in ("expression", "condition", "variable", "name", "text", "url", "files", "id"):
            if args.get(key):
                return summary(args[key], depth + 1)
        given = [(key, value) for key, value in args.items() if value not in ("", [], {})]
        return ", ".join(f"{key} = {summary(value, depth + 1)}" for key, value in given[:10])
    if isinstance(args, list):
        return ", ".join(filter(None, (summary(item, depth + 1) for item in args[:10])))
    return "" if args is None else str(args)


def _cut(text: str, most: int) -> str:
    """One line of letters that XML can hold."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[:1000]).split())
    return line if len(line) <= most else line[: most - 1] + "…"
