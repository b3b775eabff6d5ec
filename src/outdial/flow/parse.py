"""From the JSON of a schema to a Program (flow-engine §1.2, §1.3).

What the released engine overlooks becomes a warning here; only what is no schema at all is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import outdial.flow.apps  # noqa: F401  # registers the applications
from outdial.flow.declare import REGISTRY
from outdial.flow.errors import SchemaError
from outdial.flow.expression import MAX_SOURCE, Expression, prepare
from outdial.flow.program import Block, Branch, If, Limit, Problem, Program, Step, Switch, While
from outdial.flow.values import number_text

META = frozenset({"_id", "tag", "break", "async", "limit", "trace"})
MAX_STEPS = 20_000
MAX_DEPTH = 100
DEFAULT_MAX_STEPS = 1000
"""Evaluations of one ``while``."""


def parse(schema: object, path: str = "") -> Program:
    """The schema as a program, ready for any number of runs. Raises SchemaError with the path of the step.

    ``path`` is where the schema stands when it is a list inside another one's arguments.
    """
    return _Parser(path, [0]).program(schema, 0)


@dataclass(slots=True)
class _Draft:
    """A block while it is being filled."""

    parent: int
    at: int
    steps: list[Step] = field(default_factory=list)


class _Place(NamedTuple):
    """Where a list of steps hangs."""

    path: str
    block: int
    """Of the composite it belongs to; -1 for the root."""
    at: int
    """Where in that block the composite stands."""
    depth: int

    def below(self, key: str) -> _Place:
        return self._replace(path=f"{self.path}.{key}")


class _Parser:
    """Reads one program; functions and triggers have parsers of their own, for their tags are their own."""

    def __init__(self, path: str, count: list[int]) -> None:
        self._path = path
        self._count = count
        """Steps so far, shared with the inner programs."""
        self._drafts: list[_Draft] = []
        self._tags: dict[str, tuple[int, int]] = {}
        self._functions: dict[str, Program] = {}
        self._triggers: dict[str, Program] = {}
        self._warnings: list[Problem] = []
        self._next = 0

    def program(self, schema: object, depth: int) -> Program:
        self._block(schema, _Place(self._path, -1, 0, depth))
        return Program(
            tuple(Block(draft.parent, draft.at, tuple(draft.steps)) for draft in self._drafts),
            self._tags,
            self._functions,
            self._triggers,
            tuple(self._warnings),
        )

    def _block(self, items: object, place: _Place) -> int:
        """Fills a new block and returns its number. Nothing, "" and {} count as an empty list in a branch."""
        if not isinstance(items, list) and (place.block < 0 or items):
            raise SchemaError(place.path, "expected an array of application objects")
        if place.depth > MAX_DEPTH:
            raise SchemaError(place.path, f"more than {MAX_DEPTH} levels deep")
        number = len(self._drafts)
        self._drafts.append(_Draft(place.block, place.at))
        for index, item in enumerate(items if isinstance(items, list) else ()):
            self._item(item, f"{place.path}[{index}]", number, place.depth)
        return number

    def _item(self, item: object, path: str, block: int, depth: int) -> None:
        if not isinstance(item, Mapping):
            raise SchemaError(path, "expected an application object")
        self._count[0] += 1
        if self._count[0] > MAX_STEPS:
            raise SchemaError(path, f"more than {MAX_STEPS} applications")
        app = self._name(item, path)
        if app == "function":
            self._function(item[app], path, depth)
        elif app in ("trigger", "triggers"):
            self._trigger(item[app], path, app, depth)
        elif app:
            self._step(app, item, path, block, depth)

    def _name(self, item: Mapping[str, Any], path: str) -> str:
        names = [key for key in item if key not in META]
        if len(names) > 1:
            self._warn(path, f"two applications in one object: {names[0]} runs, {', '.join(names[1:])} does not")
        if names:
            return names[0]
        if item.get("break") is True:
            return "break"
        if item.keys() - {"_id", "tag", "break"}:
            self._warn(path, "no application in this object")
        return ""

    def _step(self, app: str, item: Mapping[str, Any], path: str, block: int, depth: int) -> None:
        at = len(self._drafts[block].steps)
        index = self._next
        self._next += 1
        args = item.get(app)
        try:
            branch = self._branch(app, args, _Place(f"{path}.{app}", block, at, depth + 1))
        except _Dropped as dropped:
            self._warn(path, dropped.args[0])
            return
        step = Step(
            index,
            path,
            app,
            REGISTRY.get(app),
            args,
            tag=self._tag(item, path),
            trace_name=_trace_name(item.get("trace")),
            breaks=item.get("break") is True,
            limit=_limit(item.get("limit")),
            branch=branch,
            forks={} if branch is not None else self._forks(app, args, f"{path}.{app}", depth),
        )
        if step.tag:
            self._tags[step.tag] = (block, at)
        self._drafts[block].steps.append(step)
        if isinstance(branch, While):
            self._loop(step, branch)

    def _loop(self, step: Step, branch: While) -> None:
        """Behind the last step of a body stands the ``while`` once more, to decide about a further pass."""
        body = self._drafts[branch.do].steps
        if body:
            again = replace(branch, again=True)
            body.append(replace(step, tag="", branch=again))

    def _branch(self, app: str, args: Any, place: _Place) -> Branch | None:
        given = args if isinstance(args, Mapping) else {}

        def inner(key: str) -> int:
            return self._block(given.get(key), place.below(key))

        match app:
            case "if":
                return If(_expression(given.get("expression")), inner("then"), inner("else"))
            case "while":
                return While(_expression(given.get("condition")), inner("do"), _max_steps(given.get("maxSteps")))
            case "switch":
                return self._switch(given, place)
            case _:
                return None

    def _forks(self, app: str, args: Any, path: str, depth: int) -> dict[str, Program]:
        """What the application may run beside itself, such as ``list.actions``."""
        known = REGISTRY.get(app)
        if known is None or not known.forks or not isinstance(args, Mapping):
            return {}
        given = {key.lower(): (key, value) for key, value in args.items() if isinstance(value, list)}
        found: dict[str, Program] = {}
        for name in known.forks:
            key, actions = given.get(name.lower(), ("", None))
            if actions is not None:
                with suppress(SchemaError):  # validation tells; here the application has nothing to run
                    found[name] = _Parser(f"{path}.{key}", self._count).program(actions, depth + 1)
        return found

    def _switch(self, given: Mapping[str, Any], place: _Place) -> Switch:
        variable, cases = given.get("variable"), given.get("case")
        if not isinstance(variable, str) or not variable or not isinstance(cases, Mapping):
            raise _Dropped("switch needs a text `variable` and an object `case`; it is left out")
        return Switch(variable, {key: self._block(value, place.below(f"case.{key}")) for key, value in cases.items()})

    def _function(self, args: Any, path: str, depth: int) -> None:
        given = args if isinstance(args, Mapping) else {}
        name, actions = given.get("name"), given.get("actions")
        if not isinstance(name, str) or not name or not isinstance(actions, list):
            self._warn(path, "function needs a `name` and a list `actions`; it is left out")
            return
        self._functions[name] = self._inner(actions, f"{path}.function.actions", depth)

    def _trigger(self, args: Any, path: str, app: str, depth: int) -> None:
        given = args if isinstance(args, Mapping) else {}
        if isinstance(given.get("disconnected"), list):
            self._triggers["disconnected"] = self._inner(given["disconnected"], f"{path}.{app}.disconnected", depth)
        if given.get("commands"):
            self._warn(path, "commands belong to chats and do nothing here")

    def _inner(self, actions: list[Any], path: str, depth: int) -> Program:
        program = _Parser(path, self._count).program(actions, depth + 1)
        self._warnings.extend(program.warnings)
        return program

    def _tag(self, item: Mapping[str, Any], path: str) -> str:
        tag = item.get("tag")
        if isinstance(tag, int | float) and not isinstance(tag, bool):
            self._warn(path, "the tag is a number; Webitel ignores such a tag, here it is taken as text")
            return number_text(tag)
        return tag if isinstance(tag, str) else ""

    def _warn(self, path: str, message: str) -> None:
        self._warnings.append(Problem(path, "warning", message))


class _Dropped(Exception):
    """The step is left out of the program."""


def _expression(text: object) -> Expression | None:
    return prepare(text) if isinstance(text, str) and 0 < len(text) <= MAX_SOURCE else None


def _max_steps(value: object) -> int:
    """A number as text, or (ours) a number; anything else is the default."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
        return int(value)
    return DEFAULT_MAX_STEPS


def _trace_name(value: object) -> str:
    name = value.get("name") if isinstance(value, Mapping) else ""
    return name if isinstance(name, str) else ""


def _limit(value: object) -> Limit | None:
    """Counts only with a number above 0 and a failover tag."""
    given = value if isinstance(value, Mapping) else {}
    most, failover = given.get("max"), given.get("failover")
    if isinstance(most, bool) or not isinstance(most, int | float) or not 0 < most < 2**31:
        return None
    return Limit(int(most), failover) if isinstance(failover, str) and failover else None
