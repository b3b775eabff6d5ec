"""Tags and the ids in them: one rule on the way out, both of Webitel's styles on the way in (flow-engine §6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from outdial.flow.diagram.drawing import START, Node

_STYLES = (re.compile(r"\w+?__([\w-]{1,64})"), re.compile(r"([\w-]{1,64}?)-\w+-custom-tag"))
"""``playback__5`` of today and ``5-playback-custom-tag`` of older diagrams."""

_ANYWHERE = re.compile(r'__([\w-]+)|"([\w-]{1,64}?)-\w{1,40}-custom-tag"')


def rule(block: str, id: str) -> str:
    """The tag of a block that was given none."""
    return f"{block}__{id}"


def tag_of(node: Node) -> str:
    return node.meta.tag or rule(node.app, node.id)


def id_in(tag: str) -> str:
    """The id of the block that a diagram gave this tag; "" for a tag of another kind."""
    for style in _STYLES:
        found = style.fullmatch(tag)
        if found:
            return found[1]
    return ""


class Ids:
    """Gives ids that nothing in a schema speaks of, so that a new tag is never what an old ``goto`` looked for."""

    def __init__(self, text: str, taken: Iterable[str]) -> None:
        """``text`` is the whole schema as JSON."""
        self._used = {START, *taken, *(a or b for a, b in _ANYWHERE.findall(text))}
        self._given: set[str] = set()
        self._numbers = self._free()

    def take(self, id: str) -> bool:
        """Whether this very id is still to be had."""
        if not id or id == START or id in self._given:
            return False
        self._given.add(id)
        return True

    def fresh(self) -> str:
        id = next(self._numbers)
        self._given.add(id)
        return id

    def _free(self) -> Iterator[str]:
        number = 0
        while True:
            number += 1
            if str(number) not in self._used and str(number) not in self._given:
                yield str(number)
