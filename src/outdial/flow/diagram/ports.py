"""Which outputs a block has, and where in its arguments the lists lie that they lead to (flow-engine §1.3, §1.7).

A port is named by the path that the application declares for it, with the key of an object or the index of a list
in the place of the star: ``then``, ``case.1``, ``timers[0].actions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from outdial.flow import catalogue
from outdial.flow.declare import REGISTRY
from outdial.flow.diagram.drawing import CUSTOM
from outdial.flow.parse import META

Place = tuple[str | int, ...]
"""Keys and indexes from the arguments down to a list of applications."""

COMPOSITES = frozenset({"if", "switch", "while"})
"""Their lists belong to the program around them; all others are programs of their own, with tags of their own."""

DECLARATIONS = {"function": "function", "trigger": "trigger", "triggers": "trigger"}
"""They count wherever they stand, and nothing can jump to them."""

_MORE = {
    "trigger": ("commands.*",),
    "triggers": ("commands.*",),
    "list": ("actions",),
    "bridge": ("bridged",),
    "joinAgent": ("bridged",),
    "joinQueue": ("waiting", "offering", "bridged", "reporting", "timers[].actions"),
}
"""Lists of applications that Webitel knows where no declaration of ours does."""


def places(app: str, args: object) -> dict[str, Place]:
    """Port → place of its list, for every list that these arguments can have."""
    found: dict[str, Place] = {}
    for path in _paths(app):
        name, _, behind = path.partition(".")
        several = held(args, (name.removesuffix("[]"),))
        if behind == "*":
            found |= {f"{name}.{key}": (name, key) for key in _keys(several)}
        elif name.endswith("[]"):
            name = name.removesuffix("[]")
            found |= {f"{name}[{at}].{behind}": (name, at, behind) for at in _indexes(several)}
        else:
            found[path] = (path,)
    return found


@cache
def _paths(app: str) -> tuple[str, ...]:
    known = catalogue.ports(REGISTRY[app]) if app in REGISTRY else []
    declared = [port.path for port in known if port.path not in (catalogue.OUT.path, catalogue.FAILOVER.path)]
    return tuple(dict.fromkeys((*declared, *_MORE.get(app, ()))))


def held(args: object, place: Place) -> Any:
    """What lies there; None when nothing does."""
    for key in place:
        if isinstance(args, Mapping):
            args = args.get(key)
        elif isinstance(args, list) and isinstance(key, int) and key < len(args):
            args = args[key]
        else:
            return None
    return args


def opened(args: object, found: Mapping[str, Place]) -> dict[str, Any]:
    """A copy of the arguments in which the lists at these places can be put and dropped without touching the given."""
    copy = dict(args) if isinstance(args, Mapping) else {}
    for key in {place[0] for place in found.values() if len(place) > 1}:
        several = copy[str(key)]
        copy[str(key)] = dict(several) if isinstance(several, Mapping) else [_copy(item) for item in several]
    return copy


def put(args: dict[str, Any], place: Place, items: list[Any]) -> None:
    """Into a copy made by ``opened``."""
    inner: Any = args
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = items


def drop(args: dict[str, Any], place: Place) -> None:
    """Out of a copy made by ``opened``; where there can be any number of lists, an empty one stays."""
    if len(place) > 1:
        put(args, place, [])
    else:
        args.pop(str(place[0]), None)


def declares(app: str, args: object) -> str:
    """``function`` or ``trigger`` when the block is such a declaration, also as custom code; else ""."""
    return DECLARATIONS.get(inside(args)[0] if app == CUSTOM else app, "")


def inside(item: object) -> tuple[str, Any]:
    """The application of an object and its arguments; ("", None) when there is none."""
    names = [key for key in item if key not in META] if isinstance(item, Mapping) else []
    if isinstance(item, Mapping) and names:
        return names[0], item[names[0]]
    return ("break", None) if isinstance(item, Mapping) and item.get("break") is True else ("", None)


def can_be_jumped_to(app: str, args: object) -> bool:
    """Whether the interpreter has a step there: it leaves out declarations, and what lacks its parts."""
    if app == "switch":
        return isinstance(args, Mapping) and is_text(args.get("variable")) and isinstance(args.get("case"), Mapping)
    return app != "" and app not in DECLARATIONS


def is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _keys(several: object) -> Iterator[str]:
    """Of an object of lists."""
    yield from several if isinstance(several, Mapping) else ()


def _indexes(several: object) -> Iterator[int]:
    """Of a list of objects that hold a list each."""
    yield from (at for at, item in enumerate(several) if isinstance(item, Mapping)) if isinstance(several, list) else ()


def _copy(item: Any) -> Any:
    return dict(item) if isinstance(item, Mapping) else item
