"""Mistakes that show only when the ways through a schema are followed.

Every step is a node; an edge leads to each step that may run next, or to one of three ends: OUT (nothing more to
run), CANCELLED (``break``) and GONE (the call is hung up, or the answer is given).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from outdial.flow.checks.variables import sets
from outdial.flow.checks.walk import Part, branches, reads, texts_of
from outdial.flow.program import If, Problem, Step, Switch, While


class Node(NamedTuple):
    block: int
    at: int


OUT, CANCELLED, GONE = Node(-1, 0), Node(-2, 0), Node(-3, 0)
ENDS = frozenset({OUT, CANCELLED, GONE})
Edges = dict[Node, tuple[Node, ...]]


class PathChecks:
    def __init__(self, kind: str, found: list[Part]) -> None:
        self._kind = kind
        self._parts = found
        self._exits: dict[str, frozenset[Node]] = {}
        """Function → how it may end."""

    def problems(self) -> Iterator[Problem]:
        for part in self._parts:
            edges = self._edges(part)
            reached = _reached(edges, _into(part, 0, OUT))
            yield from _unreachable(part, reached)
            yield from _spinning(part, edges, reached)
            if part.role == "root":
                yield from self._silence(part, edges, reached)

    def _silence(self, part: Part, edges: Edges, reached: set[Node]) -> Iterator[Problem]:
        """A voice flow that ends without hangup leaves the person in silence (flow-engine §7.3)."""
        if self._kind == "service" or (self._kind != "voice" and not _speaks(part)):
            return
        open_ends = [node for node in reached - ENDS if {OUT, CANCELLED} & set(edges[node])]
        last = max((_step(part, node) for node in open_ends), key=lambda step: step.index, default=None)
        if last is not None and last.app != "schema":
            text = "the flow can end after this step without hangup: the call would stay up in silence; add hangup"
            yield Problem(last.path, "warning", text)

    def _edges(self, part: Part) -> Edges:
        return {
            Node(number, at): tuple(dict.fromkeys(self._next(part, Node(number, at), step)))
            for number, block in enumerate(part.program.blocks)
            for at, step in enumerate(block.steps)
        }

    def _next(self, part: Part, node: Node, step: Step) -> Iterator[Node]:
        if step.limit is not None:
            block, at = part.program.tags.get(step.limit.failover, (-2, 0))
            yield Node(block, at)
        on = _after(part, node)
        if step.breaks:
            yield CANCELLED
        elif step.branch is not None:
            yield from _branch(part, step, node, on)
        elif step.app == "goto":
            yield from _jump(part, step, on)
        elif step.app == "break":
            yield CANCELLED
        elif step.app == "execute":
            yield from (on if end == OUT else end for end in self._after_function(step))
        elif step.application is not None and step.application.ends and step.application.shown_to(self._kind):
            yield GONE
        else:
            yield on

    def _after_function(self, step: Step) -> frozenset[Node]:
        given = step.args if isinstance(step.args, dict) else {}
        aside = given.get("async") not in (None, "", False, "false", "0")
        return frozenset({OUT}) if aside else self._exits_of(str(given.get("name") or given.get("fn")))

    def _exits_of(self, function: str) -> frozenset[Node]:
        """How a function may end; of one that calls itself, what is known so far."""
        if function not in self._exits:
            self._exits[function] = frozenset({OUT})
            part = next((p for p in self._parts if p.role == "function" and p.name == function), None)
            if part is not None:
                self._exits[function] = frozenset(_reached(self._edges(part), _into(part, 0, OUT)) & ENDS)
        return self._exits[function]


def _step(part: Part, node: Node) -> Step:
    return part.program.blocks[node.block].steps[node.at]


def _after(part: Part, node: Node) -> Node:
    """What runs after a step that leads nowhere itself."""
    blocks = part.program.blocks
    block, at = node.block, node.at + 1
    while at >= len(blocks[block].steps):
        if blocks[block].parent < 0:
            return OUT
        block, at = blocks[block].parent, blocks[block].at + 1
    return Node(block, at)


def _into(part: Part, block: int, otherwise: Node) -> Node:
    return Node(block, 0) if part.program.blocks[block].steps else otherwise


def _branch(part: Part, step: Step, node: Node, on: Node) -> Iterator[Node]:
    match step.branch:
        case If(then=then, otherwise=otherwise):
            yield _into(part, then, on)
            yield _into(part, otherwise, on)
        case Switch(cases=cases):
            shadowed = "default" in cases
            yield from (_into(part, block, on) for key, block in cases.items() if not (key == "_" and shadowed))
            if not {"default", "_"} & cases.keys():
                yield on
        case While(do=do):
            yield _into(part, do, on)
            yield on


def _jump(part: Part, step: Step, on: Node) -> Iterator[Node]:
    tags = part.program.tags
    if isinstance(step.args, str) and "${" in step.args:
        yield from (Node(*place) for place in tags.values())
        yield on
    elif isinstance(step.args, str) and step.args in tags:
        yield Node(*tags[step.args])
    else:
        yield on


def _reached(edges: Edges, start: Node) -> set[Node]:
    seen: set[Node] = set()
    ahead = [start]
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead += edges.get(node, ())
    return seen


def _unreachable(part: Part, reached: set[Node]) -> Iterator[Problem]:
    """The first of each run of steps that nothing leads to, but not what lies inside them."""
    for number, block in enumerate(part.program.blocks):
        owner = Node(block.parent, block.at)
        for at, step in enumerate(block.steps):
            again = isinstance(step.branch, While) and step.branch.again
            if Node(number, at) in reached or again:
                continue
            before = Node(number, at - 1) if at else owner
            if before in reached:
                yield Problem(step.path, "warning", _never(block.steps[at - 1].app if at else ""))


def _never(before: str) -> str:
    if not before:
        return "this branch is never taken"
    return f"this step is never reached: `{before}` before it never goes on; give it a tag to jump to, or remove it"


# ── loops without a pause ────────────────────────────────────────────────────────────────────────


def _spinning(part: Part, edges: Edges, reached: set[Node]) -> Iterator[Problem]:
    """Loops in which nothing waits, no limit counts, and nothing changes what they decide by."""
    restless = {node for node in reached - ENDS if not _rests(_step(part, node))}
    for loop in _loops({node: tuple(n for n in edges[node] if n in restless) for node in restless}):
        steps = [_step(part, node) for node in loop]
        ways_out = [_step(part, node) for node in loop if set(edges[node]) - loop]
        decided_by = {name for step in ways_out for name in reads(texts_of(step))}
        changed = {name for step in steps for name in sets(step)}
        if not decided_by & changed and not any("${" in name for name in changed):
            first = min(steps, key=lambda step: step.index)
            text = (
                "a loop without a pause, and nothing in it changes what it decides by: it spins until its jumps or"
                " steps are used up; add softSleep, a limit, or set what its condition reads"
            )
            yield Problem(first.path, "warning", text)


def _rests(step: Step) -> bool:
    """Whether a loop with this step does not spin: it waits, is counted, or runs what may do either."""
    application = step.application
    waits = application is not None and application.waits
    return waits or step.limit is not None or step.app in ("execute", "schema") or any(True for _ in branches(step))


def _loops(edges: Edges) -> Iterator[set[Node]]:
    """The strongly connected parts that hold a cycle (Kosaraju's way: finish order, then backwards)."""
    backwards: dict[Node, list[Node]] = {node: [] for node in edges}
    for node, ahead in edges.items():
        for target in ahead:
            backwards[target].append(node)
    seen: set[Node] = set()
    for node in reversed(_finish_order(edges)):
        if node not in seen:
            found = _gather(backwards, node, seen)
            if len(found) > 1 or node in edges[node]:
                yield found


def _finish_order(edges: Edges) -> list[Node]:
    order: list[Node] = []
    seen: set[Node] = set()
    for start in edges:
        stack: list[tuple[Node, Iterator[Node]]] = [] if start in seen else [(start, iter(edges[start]))]
        seen.add(start)
        while stack:
            node, ahead = stack[-1]
            target = next((n for n in ahead if n not in seen), None)
            if target is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(edges[target])))
    return order


def _gather(backwards: dict[Node, list[Node]], start: Node, seen: set[Node]) -> set[Node]:
    found: set[Node] = set()
    ahead: list[Node] = [start]
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            found.add(node)
            ahead += _unseen(backwards[node], seen)
    return found


def _unseen(nodes: Iterable[Node], seen: set[Node]) -> list[Node]:
    return [node for node in nodes if node not in seen]


def _speaks(part: Part) -> bool:
    return any(step.application is not None and step.application.kinds == {"voice"} for step in part.steps())
