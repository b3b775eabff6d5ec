"""From a drawing to the schema it means, as Webitel's editor compiles (flow-engine §6.1, docs/diagram.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outdial.flow.diagram import ports
from outdial.flow.diagram.drawing import (
    CUSTOM,
    FAILOVER,
    GOTO,
    START,
    Drawing,
    Edge,
    Meta,
    Node,
    NodeProblem,
    shown,
)
from outdial.flow.diagram.tags import rule, tag_of
from outdial.flow.diagram.tree import Chain, Grove, Tree, check, plant
from outdial.flow.parse import META
from outdial.flow.values import number_text

CLOSED = "false"
"""The expression of the door behind which a detached list stands: only a jump gets in."""


@dataclass(slots=True)
class Compiled:
    schema: list[Any]
    """Of no use when one of the problems is an error."""
    problems: list[NodeProblem]
    places: dict[str, str]
    """Block → path of its step, as problems and traces name it."""
    jumps: list[Edge]
    """The wires that became ``goto``."""

    @property
    def errors(self) -> list[NodeProblem]:
        return [problem for problem in self.problems if problem.level == "error"]


def compile_drawing(drawing: Drawing) -> Compiled:
    """Total: whatever is drawn gives a schema, or errors that name the blocks. Warnings come beside a schema."""
    tree = plant(drawing)
    done = Compiled([], list(check(drawing, tree)), {}, [])
    if not done.errors:
        _Compiler(tree, done).everything()
    return done


@dataclass(slots=True)
class _Tags:
    """What jumps look for in one program, and what they would find there."""

    owners: dict[str, str] = field(default_factory=dict)
    """Tag → block. Of several the last one counts, as in the interpreter."""
    wanted: list[tuple[Edge, str]] = field(default_factory=list)


class _Compiler:
    def __init__(self, tree: Tree, done: Compiled) -> None:
        self._tree = tree
        self._done = done
        self._tags: dict[int, _Tags] = {}
        """By the identity of the program."""

    def everything(self) -> None:
        schema = self._done.schema
        for id in self._tree.declarations:
            schema.append(self._object(id, f"[{len(schema)}]", self._tree.main))
        schema.extend(self._list(self._tree.main.root, "", self._tree.main, len(schema)))
        for tags in self._tags.values():
            for edge, tag in tags.wanted:
                self._check_jump(edge, tag, tags)

    def _list(self, chain: Chain, path: str, grove: Grove, at: int = 0) -> list[Any]:
        """``at``: how many steps stand before it in the same list."""
        out = [self._object(id, f"{path}[{at + place}]", grove) for place, id in enumerate(chain.nodes)]
        if chain.jump is not None:
            self._done.jumps.append(chain.jump)
            out.append({"goto": self._target(chain.jump, grove)})
        for detached in chain.detached:
            inner = self._list(detached, f"{path}[{at + len(out)}].if.then", grove)
            closed = {"expression": CLOSED, "then": inner, "else": []}
            out.append({"tag": rule(FAILOVER, detached.nodes[0]), "if": closed})
        return out

    def _object(self, id: str, path: str, grove: Grove) -> dict[str, Any]:
        node = self._tree.nodes[id]
        self._done.places[id] = path
        if node.app == CUSTOM:
            return self._custom(node, grove)
        args = self._arguments(node, path, grove)
        if node.app in META - {"break"}:
            self._problem(node, "error", f"{shown(node)}: {node.app} is no application; take another block")
        if node.app == "function" and not (isinstance(args, Mapping) and args.get("name")):
            self._problem(node, "error", f"{shown(node)} needs a name, by which `execute` calls it")
        made = self._meta(node, grove, tag_of(node))
        if ports.can_be_jumped_to(node.app, args):
            self._tags_of(grove).owners[tag_of(node)] = id
        made[node.app] = True if node.app == "break" else args
        return made

    def _arguments(self, node: Node, path: str, grove: Grove) -> Any:
        goto = self._tree.wires.get((node.id, GOTO)) if node.app == GOTO else None
        if goto is not None:
            return self._target(goto, grove)
        places = ports.places(node.app, node.args)
        if not places:
            return node.args
        args = ports.opened(node.args, places)
        for port, place in places.items():
            inner = self._inner(node, port, f"{path}.{node.app}.{port}", grove)
            if inner is not None:
                ports.put(args, place, inner)
            elif node.app in (*ports.COMPOSITES, "function") and not ports.held(args, place):
                ports.put(args, place, [])
        return args

    def _inner(self, node: Node, port: str, path: str, grove: Grove) -> list[Any] | None:
        """The list behind a port; None when no wire leaves it."""
        if node.app in ports.COMPOSITES:
            chain = grove.chains.get((node.id, port))
            return self._list(chain, path, grove) if chain is not None else None
        program = self._tree.groves.get((node.id, port))
        return self._list(program.root, path, program) if program is not None else None

    def _custom(self, node: Node, grove: Grove) -> dict[str, Any]:
        """The object as it is; its own meta keys stand before those of the block."""
        if not isinstance(node.args, Mapping):
            self._problem(node, "error", f"{shown(node)} must hold one JSON object, such as {{“log”: “here”}}")
            return {}
        made = self._meta(node, grove, tag_of(node)) | dict(node.args)
        made["tag"] = _own_tag(node) or tag_of(node)
        app, args = ports.inside(made)
        if not app:
            self._problem(node, "warning", f"{shown(node)} holds no application; nothing happens there")
        elif ports.can_be_jumped_to(app, args):
            self._tags_of(grove).owners[made["tag"]] = node.id
        return made

    def _meta(self, node: Node, grove: Grove, tag: str) -> dict[str, Any]:
        meta = node.meta
        made: dict[str, Any] = {"tag": tag}
        if meta.limit is not None:
            edge = self._tree.wires.get((node.id, FAILOVER))
            failover = self._target(edge, grove) if edge is not None else meta.limit.failover
            made["limit"] = {"max": meta.limit.max, "failover": failover}
        if meta.breaks:
            made["break"] = True
        return made | _quiet(meta)

    def _target(self, edge: Edge, grove: Grove) -> str:
        """The tag of the block to which a wire jumps."""
        target, source = self._tree.nodes[edge.target], self._tree.nodes.get(edge.source)
        if self._tree.home.get(target.id) is not grove:
            names = f"{shown(source) if source else START} to {shown(target)}"
            text = f"the wire from {names} leads into another function or list; no jump can cross its edge"
            self._problem(source or target, "error", text)
        tag = _own_tag(target) or tag_of(target)
        self._tags_of(grove).wanted.append((edge, tag))
        return tag

    def _check_jump(self, edge: Edge, tag: str, tags: _Tags) -> None:
        target = self._tree.nodes[edge.target]
        found = tags.owners.get(tag)
        if found == target.id or self._tree.home.get(target.id) is None:
            return
        if found is not None:
            other = shown(self._tree.nodes[found])
            text = f"{shown(target)} and {other} have the same tag {tag!r}, so the wire would lead to {other}"
            self._problem(target, "error", f"{text}; give one of them another tag")
        elif not any(problem.node == edge.source for problem in self._done.errors):
            text = f"no wire can lead back to {shown(target)}: it is a declaration, or holds no application"
            self._problem(target, "error", text)

    def _tags_of(self, grove: Grove) -> _Tags:
        return self._tags.setdefault(id(grove), _Tags())

    def _problem(self, node: Node, level: str, message: str) -> None:
        self._done.problems.append(NodeProblem(node.id, level, message, self._done.places.get(node.id, "")))


def _own_tag(node: Node) -> str:
    """The tag in a piece of custom code; "" when there is none that counts."""
    tag = node.args.get("tag") if node.app == CUSTOM and isinstance(node.args, Mapping) else ""
    if isinstance(tag, int | float) and not isinstance(tag, bool):
        return number_text(tag)
    return tag if isinstance(tag, str) else ""


def _quiet(meta: Meta) -> dict[str, Any]:
    """The meta keys that change nothing in a run."""
    made: dict[str, Any] = {}
    if meta.aside:
        made["async"] = True
    if meta.trace is not None:
        made["trace"] = meta.trace
    if meta.debug_id:
        made["_id"] = meta.debug_id
    return made
