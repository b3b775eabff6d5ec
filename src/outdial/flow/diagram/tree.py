"""From the wires of a drawing to lists of steps: which wire carries a block, and which ones jump to it.

A block stands in one list. Of the wires that lead to it one carries it there; every other becomes a ``goto``. Wires
called jumps carry only blocks that nothing else leads to. A list first takes all that its own chain of Out wires
reaches; only then its branches take what is left: so where branches meet again on the main line, the main line has
the block.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from outdial.flow.diagram import ports
from outdial.flow.diagram.drawing import FAILOVER, GOTO, OUT, START, Drawing, Edge, Node, NodeProblem, by_source, shown
from outdial.flow.parse import MAX_DEPTH, MAX_STEPS


@dataclass(slots=True, eq=False)
class Chain:
    """One list of steps."""

    owner: str
    """The block whose port leads to it."""
    port: str
    depth: int
    nodes: list[str] = field(default_factory=list)
    jump: Edge | None = None
    """The wire by which its end goes on to a block that stands elsewhere."""
    detached: list[Chain] = field(default_factory=list)
    """Lists that only limits and ``goto`` blocks of this list lead to; they stand at its end, behind a closed door."""
    host: Chain | None = None
    """Where it is detached from."""


@dataclass(slots=True, eq=False)
class Grove:
    """One program: the flow itself, or the body of a function, a trigger, a list of another application."""

    root: Chain
    chains: dict[tuple[str, str], Chain] = field(default_factory=dict)
    """(block, port) → the list there, of every composite of the program."""


@dataclass(slots=True)
class Tree:
    """All of a drawing that runs."""

    nodes: dict[str, Node]
    wires: dict[tuple[str, str], Edge]
    declarations: list[str]
    """Triggers and functions that stand alone; in this order they come before the first step."""
    groves: dict[tuple[str, str], Grove]
    """(block, port) → the program there; the flow itself is at ("start", "out")."""
    home: dict[str, Grove]
    """Block → the program it stands in."""
    problems: list[NodeProblem]

    @property
    def main(self) -> Grove:
        return self.groves[START, OUT]

    @property
    def chains(self) -> Iterator[Chain]:
        """Every list, in no order to rely on."""
        for grove in self.groves.values():
            for chain in (grove.root, *grove.chains.values()):
                yield chain
                yield from chain.detached


def plant(drawing: Drawing) -> Tree:
    """Never fails; what is wrong with the drawing is in ``problems``."""
    nodes = {node.id: node for node in drawing.nodes}
    tree = Tree(nodes, by_source(drawing.edges), [], {}, {}, [])
    _Planter(tree).everything({edge.target for edge in drawing.edges})
    tree.declarations.sort(key=lambda id: ports.declares(nodes[id].app, nodes[id].args) == "function")
    return tree


class _Planter:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._programs: deque[tuple[str, str, int]] = deque()
        """Programs to be planted: block, port, depth."""
        self._ends: deque[Chain] = deque()
        """Lists that end in a jump: what it leads to may turn out to have no other place."""
        self._references: deque[tuple[Chain, Edge]] = deque()
        """Wires of limits and ``goto`` blocks, for the same reason."""
        self._grove = Grove(Chain(START, OUT, 0))

    def everything(self, targets: set[str]) -> None:
        """``targets``: where wires lead. A declaration to which only loose blocks lead stands alone, too."""
        self._programs.append((START, OUT, 0))
        self._stand_alone(targets)
        self._stand_alone(set())

    def _stand_alone(self, targets: set[str]) -> None:
        for id, node in self._tree.nodes.items():
            if id not in targets and id not in self._tree.home and ports.declares(node.app, node.args):
                self._tree.declarations.append(id)
                self._tree.home[id] = self._grove
                self._later(id, 0)
        while self._programs:
            self._program(*self._programs.popleft())

    def _program(self, owner: str, port: str, depth: int) -> None:
        root = Chain(owner, port, depth)
        self._grove = self._tree.groves[owner, port] = Grove(root)
        self._ends.clear()
        self._references.clear()
        self._extend(root, self._tree.wires.get((owner, port)))
        while self._place_one_more():
            pass

    def _place_one_more(self) -> bool:
        """Finds a place for a block that no plain wire leads to, if there is one."""
        while self._ends:
            chain = self._ends.popleft()
            if chain.jump is not None and self._is_free(chain.jump.target):
                edge, chain.jump = chain.jump, None
                self._extend(chain, edge, carried=True)
                return True
        while self._references:
            chain, edge = self._references.popleft()
            if self._is_free(edge.target) and not self._is_too_deep(edge.source, chain.depth):
                detached = Chain(edge.source, edge.port, chain.depth + 1, host=chain)
                chain.detached.append(detached)
                self._extend(detached, edge, carried=True)
                return True
        return False

    def _extend(self, chain: Chain, edge: Edge | None, *, carried: bool = False) -> None:
        """Takes what the chain of Out wires reaches, then lets the branches of what it took do the same.

        ``carried``: the first wire carries its block although it is a jump.
        """
        first = len(chain.nodes)
        while edge is not None and (carried or not edge.jump) and self._is_free(edge.target):
            self._tree.home[edge.target] = self._grove
            chain.nodes.append(edge.target)
            edge, carried = self._tree.wires.get((edge.target, OUT)), False
        if edge is not None and edge.target in self._tree.nodes:
            chain.jump = edge
            self._ends.append(chain)
        for id in chain.nodes[first:]:
            self._branches(chain, id)

    def _branches(self, chain: Chain, id: str) -> None:
        node, wires = self._tree.nodes[id], self._tree.wires
        for port in (FAILOVER, GOTO):
            if (id, port) in wires:
                self._references.append((chain.host or chain, wires[id, port]))
        if node.app not in ports.COMPOSITES:
            self._later(id, chain.depth)
            return
        for port in ports.places(node.app, node.args):
            if (id, port) not in wires or self._is_too_deep(id, chain.depth):
                continue
            inner = self._grove.chains[id, port] = Chain(id, port, chain.depth + 1)
            self._extend(inner, wires[id, port])

    def _later(self, id: str, depth: int) -> None:
        """The programs that hang on a block come when the one around them is complete."""
        node = self._tree.nodes[id]
        for port in ports.places(node.app, node.args):
            if (id, port) in self._tree.wires and not self._is_too_deep(id, depth):
                self._programs.append((id, port, depth + 1))

    def _is_free(self, id: str) -> bool:
        return id in self._tree.nodes and id != START and id not in self._tree.home

    def _is_too_deep(self, id: str, depth: int) -> bool:
        if depth < MAX_DEPTH:
            return False
        text = f"{shown(self._tree.nodes[id])} stands more than {MAX_DEPTH} levels deep; move its branch to a function"
        self._tree.problems.append(NodeProblem(id, "error", text))
        return True


def check(drawing: Drawing, tree: Tree) -> Iterator[NodeProblem]:
    """What is wrong with a drawing before a schema can be made of it."""
    starts = [node for node in drawing.nodes if node.app == START]
    if len(starts) != 1 or starts[0].id != START:
        text = "there must be one Start, and its id is “start”"
        yield NodeProblem(starts[1].id if len(starts) > 1 else "", "error", text)
    if len(drawing.nodes) > MAX_STEPS:
        yield NodeProblem("", "error", f"more than {MAX_STEPS} blocks")
    seen: set[str] = set()
    for node in drawing.nodes:
        if node.id in seen or not node.id:
            yield NodeProblem(node.id, "error", f"{shown(node)}: the id {node.id!r} is empty or stands there twice")
        seen.add(node.id)
    yield from _check_wires(drawing, tree)
    yield from tree.problems
    for node in drawing.nodes:
        if node.id not in tree.home and node.app != START:
            yield NodeProblem(node.id, "warning", f"nothing leads to {shown(node)}; it is left out of the schema")


def _check_wires(drawing: Drawing, tree: Tree) -> Iterator[NodeProblem]:
    seen: set[tuple[str, str]] = set()
    for edge in drawing.edges:
        source, target = tree.nodes.get(edge.source), tree.nodes.get(edge.target)
        if source is None or target is None:
            missing = edge.source if source is None else edge.target
            known = source or target
            text = f"a wire of {shown(known)} has an end at {missing!r}, which is no block" if known else "a loose wire"
            yield NodeProblem(known.id if known else "", "error", text)
            continue
        if edge.port not in outputs(source, alone=source.id in tree.declarations):
            yield NodeProblem(source.id, "error", f"{shown(source)} has no output {edge.port!r}; remove its wire")
        if (edge.source, edge.port) in seen:
            yield NodeProblem(source.id, "error", f"two wires leave {edge.port!r} of {shown(source)}; keep one")
        seen.add((edge.source, edge.port))
        if target.app == START:
            yield NodeProblem(source.id, "error", f"{shown(source)} leads to Start; lead it to the block behind Start")


def outputs(node: Node, *, alone: bool = False) -> list[str]:
    """The ports wires can leave from. ``alone``: a declaration that no wire leads to."""
    if node.app == START:
        return [OUT]
    found = list(ports.places(node.app, node.args))
    if node.app == GOTO:
        found.append(GOTO)
    if node.meta.limit is not None:
        found.append(FAILOVER)
    return found if alone else [OUT, *found]
