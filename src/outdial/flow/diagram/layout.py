"""Places for the blocks of a drawing: time runs to the right, branches hang below each other.

The main line of a list is one row. The branches of a block stand between it and the block behind it, one below the
other, each in a rectangle of its own: so nothing overlaps, and everything between two blocks of a row belongs to
the first. Linear in the number of blocks, and the same for the same drawing.
"""

from __future__ import annotations

from outdial.flow.diagram import ports
from outdial.flow.diagram.drawing import OUT, START, Drawing, Node
from outdial.flow.diagram.tree import Chain, Tree, outputs

WIDTH = 240.0
HEAD = 64.0
"""Height of a block's title and first line; Out is there."""
PORT = 24.0
"""Height of each further output."""
GAP_X = 96.0
GAP_Y = 32.0
LANE = 96.0
"""Between the flow and the functions below it."""

Box = tuple[float, float]
"""Width and height of the rectangle that something takes."""


def size(node: Node) -> Box:
    """What is kept free for a block."""
    return WIDTH, HEAD + PORT * sum(port != OUT for port in outputs(node))


def arrange(drawing: Drawing, tree: Tree) -> None:
    """Sets ``x`` and ``y`` of every block. Each page begins at 0, 0."""
    _Layout(drawing, tree).everything()


class _Layout:
    def __init__(self, drawing: Drawing, tree: Tree) -> None:
        self._drawing = drawing
        self._tree = tree
        self._boxes: dict[int, Box] = {}
        """By the identity of the list."""
        self._bottom: dict[str, float] = {}
        """Page → where its next lane begins."""

    def everything(self) -> None:
        start = self._tree.nodes.get(START)
        if start is not None:
            self._lane(start, [self._tree.main.root])
        for id in self._tree.declarations:
            node = self._tree.nodes[id]
            self._lane(node, self._branches(node))
        for (id, _), program in self._tree.groves.items():
            first = self._page_of(program.root)
            if first != self._tree.nodes[id].page:
                self._sheet(program.root, first)
        self._loose()

    def _lane(self, node: Node, behind: list[Chain]) -> None:
        """A block and what hangs on it, below everything before it."""
        node.x, node.y = 0.0, self._bottom.get(node.page, 0.0)
        bottom = self._below_each_other(behind, WIDTH + GAP_X, node.y)
        self._bottom[node.page] = max(bottom, node.y + size(node)[1] + GAP_Y) + LANE

    def _sheet(self, chain: Chain, page: str) -> None:
        """A program on a page of its own."""
        self._bottom[page] = self._below_each_other([chain], 0.0, self._bottom.get(page, 0.0)) + LANE

    def _loose(self) -> None:
        """What nothing leads to, in a row at the bottom."""
        x: dict[str, float] = {}
        for node in self._drawing.nodes:
            if node.id not in self._tree.home and node.id != START:
                node.x, node.y = x.get(node.page, 0.0), self._bottom.get(node.page, 0.0)
                x[node.page] = node.x + WIDTH + GAP_X

    def _below_each_other(self, chains: list[Chain], x: float, y: float) -> float:
        """Returns where the next one would begin."""
        for chain in chains:
            self._place(chain, x, y)
            y += self._box(chain)[1] + GAP_Y
        return y

    def _place(self, chain: Chain, x: float, y: float) -> None:
        left = x
        for id in chain.nodes:
            node = self._tree.nodes[id]
            node.x, node.y = x, y
            self._below_each_other(self._branches(node), x + WIDTH + GAP_X, y + self._indent(chain, id))
            x += self._span(chain, id)[0] + GAP_X
        self._below_each_other(chain.detached, left + WIDTH + GAP_X, y + self._row(chain)[1] + GAP_Y)

    def _box(self, chain: Chain) -> Box:
        known = self._boxes.get(id(chain))
        if known is None:
            width, height = self._row(chain)
            for inner in chain.detached:
                inner_width, inner_height = self._box(inner)
                width, height = max(width, WIDTH + GAP_X + inner_width), height + GAP_Y + inner_height
            known = self._boxes[id(chain)] = width, height
        return known

    def _row(self, chain: Chain) -> Box:
        """The list without what is detached from it."""
        spans = [self._span(chain, id) for id in chain.nodes]
        return sum(width + GAP_X for width, _ in spans) - GAP_X * bool(spans), max((h for _, h in spans), default=0.0)

    def _span(self, chain: Chain, id: str) -> Box:
        """A block with its branches."""
        node = self._tree.nodes[id]
        width, height = size(node)
        inner = [self._box(branch) for branch in self._branches(node)]
        if not inner:
            return width, height
        below = self._indent(chain, id) + sum(h + GAP_Y for _, h in inner) - GAP_Y
        return width + GAP_X + max(w for w, _ in inner), max(height, below)

    def _indent(self, chain: Chain, id: str) -> float:
        """Branches leave the row free when the list goes on in it."""
        return 0.0 if id == chain.nodes[-1] else HEAD + GAP_Y

    def _branches(self, node: Node) -> list[Chain]:
        """The lists behind the ports of a block, in their order, without those on another page."""
        found: list[Chain] = []
        grove = self._tree.home.get(node.id)
        for port in ports.places(node.app, node.args):
            program = self._tree.groves.get((node.id, port))
            chain = grove.chains.get((node.id, port)) if grove is not None else None
            if program is not None and node.app not in ports.COMPOSITES:
                chain = program.root
            if chain is not None and self._page_of(chain) == node.page:
                found.append(chain)
        return found

    def _page_of(self, chain: Chain) -> str:
        return self._tree.nodes[chain.nodes[0]].page if chain.nodes else self._tree.nodes[chain.owner].page
