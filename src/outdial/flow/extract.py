"""Values out of an answer: JSON by gjson paths, XML by XPath 1.0 (flow-engine §4.6, ``exportVariables``).

Both may be slow on hostile input, so they are plain values that a process can be handed, as scripts are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from outdial.flow import paths
from outdial.flow.errors import AppFailed
from outdial.flow.values import as_text

SMALL = 8192
"""Bytes of JSON that may be read on the event loop."""
_SLOW = re.compile(r"[*?%]")
_RELATIVE = re.compile(r"[\w*.][^(]*")


@dataclass(frozen=True, slots=True)
class Extract:
    body: bytes = field(repr=False)
    syntax: Literal["json", "xml"]
    paths: Mapping[str, str]
    """Variable → path."""

    @property
    def quick(self) -> bool:
        """Whether it takes next to no time."""
        return self.syntax == "json" and len(self.body) <= SMALL and not any(map(_SLOW.search, self.paths.values()))


def extract(job: Extract) -> dict[str, str]:
    """Each variable's value as text; "" for a path that leads nowhere. Raises AppFailed."""
    if job.syntax == "xml":
        return _from_xml(job.body, job.paths)
    text = job.body.decode("utf-8-sig", "replace")
    return {name: paths.read(text, path) for name, path in job.paths.items()}


def _from_xml(body: bytes, wanted: Mapping[str, str]) -> dict[str, str]:
    """Prefixes mean what the document says they mean; names without one are found in any default namespace."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AppFailed(f"the answer is not XML: {error}") from None
    prefixes: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for prefix, space in element.nsmap.items():
            if prefix:
                prefixes.setdefault(prefix, space)
        if element.prefix is None:
            element.tag = etree.QName(element).localname
    tree = root.getroottree()
    found: dict[str, str] = {}
    for name, path in wanted.items():
        absolute = f"/{path}" if _RELATIVE.fullmatch(path) else path
        try:
            found[name] = _text_of(tree.xpath(absolute, namespaces=prefixes))
        except (etree.XPathError, ValueError) as error:
            raise AppFailed(f"{path[:100]}: {error}") from None
    return found


def _text_of(result: Any) -> str:
    """Of several nodes the first; of an element all its text."""
    if isinstance(result, list):
        if not result:
            return ""
        result = result[0]
    if hasattr(result, "itertext"):
        return "".join(result.itertext())
    return as_text(result if isinstance(result, bool | int | float) else str(result))
