"""From any schema to a drawing of it (flow-engine §6.2, docs/diagram.md).

Every list is kept as it is: a chain of Out wires. Only a ``goto`` at the end of a list, to a block that is drawn,
becomes a wire; so the drawing compiles to lists of the same steps, and runs the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from outdial.flow.declare import REGISTRY
from outdial.flow.diagram import keep, ports
from outdial.flow.diagram.compile import CLOSED
from outdial.flow.diagram.drawing import CUSTOM, FAILOVER, GOTO, OUT, START, Drawing, Edge, Limit, Meta, Node, Page
from outdial.flow.diagram.layout import arrange
from outdial.flow.diagram.tags import Ids, id_in, rule
from outdial.flow.diagram.tree import Tree, plant
from outdial.flow.errors import SchemaError
from outdial.flow.names import LANGUAGE
from outdial.flow.parse import MAX_DEPTH, META, parse
from outdial.flow.program import Program
from outdial.flow.values import number_text


@dataclass(slots=True)
class Decompiled:
    drawing: Drawing
    places: dict[str, str]
    """Block → path of its step in the schema."""


def decompile(schema: object, payload: object = None) -> Decompiled:
    """Raises SchemaError when it is no schema.

    Positions, descriptions and notes are taken from ``payload`` where it knows the blocks by their ids: a drawing of
    ours, of Rete 1, or any list of nodes with ``id`` and a position. Everything else is laid out.
    """
    program = parse(schema)
    assert isinstance(schema, list)
    known = keep.known(payload)
    text = msgspec.json.encode(schema).decode("utf-8", "replace")
    reader = _Reader(Ids(text, known.ids), known)
    reader.everything(schema, program)
    tree = plant(reader.drawing)
    if reader.hides_lists or not reader.as_compiled(tree):
        reader = _Reader(Ids(text, known.ids), known, to_the_letter=True)
        reader.everything(schema, program)
        tree = plant(reader.drawing)
    arrange(reader.drawing, tree)
    keep.restore(reader.drawing, known)
    return Decompiled(reader.drawing, reader.places)


class _Port(NamedTuple):
    """Where the next block hangs."""

    node: str
    port: str


@dataclass(slots=True)
class _Pending:
    """A jump of a program that is not read to its end yet."""

    at: _Port
    tag: str
    node: Node | None = None
    """The block whose ``goto`` or limit it is; None for a ``goto`` that would be a mere wire."""
    path: str = ""


@dataclass(slots=True)
class _Scope:
    """One program."""

    program: Program
    path: str
    """Of its list in the whole schema."""
    page: str
    drawn: dict[str, str] = field(default_factory=dict)
    """Path → block."""
    pending: list[_Pending] = field(default_factory=list)


class _Reader:
    def __init__(self, ids: Ids, known: keep.Known, *, to_the_letter: bool = False) -> None:
        """``to_the_letter``: declarations stay where they are, and a closed door is an ``if`` like any other."""
        self.drawing = Drawing([Node(START, START)], [], [], [])
        self.places: dict[str, str] = {}
        self._ids = ids
        self._known = known
        self._to_the_letter = to_the_letter
        self.hides_lists = False
        """Some custom code may hold declarations, whose order among the others counts."""
        self._wanted = ""
        """The id that the next block has by the door before it."""
        self._detached: list[tuple[_Port, str]] = []
        """The lists behind closed doors: where the list begins at whose end they stand, and their first block."""

    def everything(self, schema: list[Any], program: Program) -> None:
        self._program(schema, _Port(START, OUT), _Scope(program, "", ""), 0)

    def as_compiled(self, tree: Tree) -> bool:
        """Whether the compiler would put every detached list where it was found."""
        placed = [
            (_Port(chain.owner, chain.port), detached.nodes[0])
            for grove in tree.groves.values()
            for chain in (grove.root, *grove.chains.values())
            for detached in chain.detached
        ]
        return _order(placed) == _order(self._detached)

    def _program(self, items: list[Any], at: _Port, scope: _Scope, depth: int) -> None:
        """``depth`` is that of the list within the whole schema."""
        self._list(items, at, scope.path, scope, depth)
        for pending in scope.pending:
            self._resolve(pending, scope)

    def _list(self, items: list[Any], at: _Port | None, path: str, scope: _Scope, depth: int) -> None:
        """``at`` None: no wire leads to the first block."""
        first, end = at, len(items)
        while not self._to_the_letter and first is not None and end > 0 and _is_closed(items[end - 1]):
            end -= 1
        for place, item in enumerate(items[:end]):
            here = f"{path}[{place}]"
            if at is not None and place == end - 1 and _is_mere_goto(item):
                scope.pending.append(_Pending(at, item["goto"], path=here))
                continue
            node = self._node(item, here, scope)
            if ports.declares(node.app, node.args) and not scope.path and not self._to_the_letter:
                self._inside(node, here, scope, depth)
                continue
            if at is not None:
                self.drawing.edges.append(Edge(at.node, at.port, node.id))
            at = _Port(node.id, OUT)
            self._inside(node, here, scope, depth)
        for place in range(end, len(items)):
            assert first is not None
            self._behind_closed(items[place], first, f"{path}[{place}]", scope, depth)

    def _behind_closed(self, item: Mapping[str, Any], first: _Port, path: str, scope: _Scope, depth: int) -> None:
        head = str(item["tag"]).removeprefix(rule(FAILOVER, ""))
        self._wanted = head
        self._list(item["if"]["then"], None, f"{path}.if.then", scope, depth + 1)
        self._detached.append((first, head))

    def _node(self, item: Mapping[str, Any], path: str, scope: _Scope) -> Node:
        app = _app(item)
        if app == CUSTOM:
            self.hides_lists = self.hides_lists or ports.inside(item)[0] in ports.COMPOSITES
            node = Node("", CUSTOM, {key: item[key] for key in item if key not in META}, _meta(item))
        else:
            node = Node("", app, "" if app == "break" else item[app], _meta(item))
            node.meta.breaks = node.meta.breaks and app != "break"
        node.page = scope.page
        self._name(node)
        if node.meta.limit is not None and node.meta.limit.failover:
            scope.pending.append(_Pending(_Port(node.id, FAILOVER), node.meta.limit.failover, node))
        if app == GOTO and isinstance(node.args, str):
            scope.pending.append(_Pending(_Port(node.id, GOTO), node.args, node))
        scope.drawn[path] = node.id
        self.places[node.id] = path
        self.drawing.nodes.append(node)
        return node

    def _name(self, node: Node) -> None:
        """Its id is the one it had before, the one in its tag, or a new one; a tag by the rule is left out."""
        tag = node.meta.tag
        wanted = [self._wanted, *self._known.by_tag.get(tag, ()), id_in(tag)] if tag else []
        self._wanted = ""
        node.id = next((id for id in wanted if self._ids.take(id)), "") or self._ids.fresh()
        if node.meta.tag == rule(node.app, node.id):
            node.meta.tag = ""

    def _inside(self, node: Node, path: str, scope: _Scope, depth: int) -> None:
        """The lists in the arguments become branches."""
        if node.app == CUSTOM:
            return
        page = self._page_of(node, scope)
        places = ports.places(node.app, node.args)
        args = ports.opened(node.args, places)
        for port, place in places.items():
            inner, at = ports.held(node.args, place), _Port(node.id, port)
            below = f"{path}.{node.app}.{port}"
            if node.app in ports.COMPOSITES:
                ports.drop(args, place)
                self._list(inner or [], at, below, scope, depth + 1)
            elif inner and depth < MAX_DEPTH and (program := _program(inner, below)) is not None:
                ports.drop(args, place)
                self._program(inner, at, _Scope(program, below, page), depth + 1)
            elif node.app == "function" and not inner:
                ports.drop(args, place)
        if places and isinstance(node.args, Mapping):
            node.args = args

    def _page_of(self, node: Node, scope: _Scope) -> str:
        """A module of Webitel's editor is drawn on a page of its own."""
        name = node.args.get("name") if node.app == "function" else None
        if not name or node.meta.tag != rule("customModule", str(name)):
            return scope.page
        self.drawing.pages.append(Page(str(name), str(name)))
        return str(name)

    def _resolve(self, pending: _Pending, scope: _Scope) -> None:
        target = _target(pending.tag, scope)
        node = pending.node
        if target:
            self.drawing.edges.append(Edge(*pending.at, target, jump=node is None))
            if node is not None and node.app == GOTO and pending.at.port == GOTO:
                node.args = ""
            elif node is not None and node.meta.limit is not None:
                node.meta.limit.failover = ""
        elif node is None:
            made = self._node({"goto": pending.tag}, pending.path, scope)
            scope.pending.pop()
            self.drawing.edges.append(Edge(*pending.at, made.id))


def _target(tag: str, scope: _Scope) -> str:
    """The block that a jump to this tag finds; "" when none of those drawn."""
    found = scope.program.tags.get(tag) if "${" not in tag else None
    if found is None:
        return ""
    block, at = found
    return scope.drawn.get(scope.program.blocks[block].steps[at].path, "")


def _meta(item: Mapping[str, Any]) -> Meta:
    """The meta keys, without what is of a type that the engine ignores."""
    tag, trace, debug_id = item.get("tag"), item.get("trace"), item.get("_id")
    if isinstance(tag, int | float) and not isinstance(tag, bool):
        tag = number_text(tag)
    return Meta(
        tag if isinstance(tag, str) else "",
        item.get("break") is True,
        item.get("async") is True,
        _limit(item.get("limit")),
        dict(trace) if isinstance(trace, Mapping) else None,
        debug_id if isinstance(debug_id, str) else "",
    )


def _limit(given: object) -> Limit | None:
    most = given.get("max") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(most, int | float | str) or isinstance(most, bool):
        return None
    failover = given.get("failover")
    return Limit(most, failover if isinstance(failover, str) else "")


def _app(item: Mapping[str, Any]) -> str:
    """The application that a block of its own can show; customCode for everything else."""
    app, args = ports.inside(item)
    several = sum(key not in META for key in item) > 1
    if several or app in (START, CUSTOM) or app not in LANGUAGE | REGISTRY.keys():
        return CUSTOM
    return app if _has_fit_arguments(app, args) else CUSTOM


def _has_fit_arguments(app: str, args: Any) -> bool:
    match app:
        case "if" | "while" | "trigger" | "triggers":
            return isinstance(args, Mapping)
        case "switch":
            return ports.can_be_jumped_to(app, args)
        case "function":
            return (
                isinstance(args, Mapping) and ports.is_text(args.get("name")) and isinstance(args.get("actions"), list)
            )
        case _:
            return True


def _is_mere_goto(item: Mapping[str, Any]) -> bool:
    """Whether nothing would be lost if it were a wire."""
    return (
        isinstance(item.get("goto"), str)
        and item.keys() <= {"goto", "break", "async"}
        and not item.get("break")
        and not item.get("async")
    )


def _is_closed(item: object) -> bool:
    """Whether it is the door that the compiler puts before a detached list."""
    if not isinstance(item, Mapping) or item.keys() != {"tag", "if"} or not isinstance(item["if"], Mapping):
        return False
    door = item["if"]
    then = door.get("then")
    if door.keys() != {"expression", "then", "else"} or door["expression"] != CLOSED or door["else"] != []:
        return False
    return isinstance(then, list) and bool(then) and str(item["tag"]).startswith(rule(FAILOVER, ""))


def _program(items: object, path: str) -> Program | None:
    """A list in the arguments of an application as a program; None when it is none and has to stay as it is."""
    try:
        return parse(items, path)
    except SchemaError:
        return None


def _order(lists: list[tuple[_Port, str]]) -> dict[_Port, list[str]]:
    found: dict[_Port, list[str]] = {}
    for at, head in lists:
        found.setdefault(at, []).append(head)
    return found
