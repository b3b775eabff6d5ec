"""SSML made safe for a voice on this machine: only what is about speaking is left of it. Pure.

espeak-ng opens files that an ``audio`` element names and takes voices by path; texts come with members' variables in
them. So the markup is read here and written anew from what is known.
"""

from __future__ import annotations

import re
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape, quoteattr

from outdial.flow.errors import SpeechRefused

MOST_DEEP = 10
MOST_BREAK_MS = 10_000

_KEPT: dict[str, tuple[str, ...]] = {
    "speak": ("xml:lang",),
    "p": (),
    "s": (),
    "break": ("time", "strength"),
    "prosody": ("rate", "pitch", "range", "volume"),
    "emphasis": ("level",),
    "say-as": ("interpret-as", "format", "detail"),
    "sub": ("alias",),
    "voice": ("xml:lang", "gender"),
}
_SILENT = frozenset({"metadata", "desc", "lexicon"})
"""Elements whose text is not meant to be said."""
_PLAIN = re.compile(r"[\w%+. -]{1,40}")
_TIME = re.compile(r"(\d{1,6})(?:\.\d+)?(ms|s)")


def safe(ssml: str) -> str:
    """Elements that are not known are dropped, their text stays. Raises SpeechRefused when it is not well formed."""
    text = ssml.strip()
    reader = _Reader()
    try:
        reader.read(text if text.startswith("<speak") else f"<speak>{text}</speak>")
    except ExpatError as error:
        raise SpeechRefused(f"the SSML cannot be read: {error}") from None
    return "".join(reader.out)


class _Reader:
    def __init__(self) -> None:
        self.out: list[str] = []
        self._depth = 0
        self._silent = 0

    def read(self, text: str) -> None:
        parser = ParserCreate()  # without namespaces: prefixes that clouds invent are names like others
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = self._doctype
        parser.Parse(text, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEEP:
            raise SpeechRefused(f"the SSML has more than {MOST_DEEP} elements inside each other")
        self._silent += name in _SILENT
        if name in _KEPT and not self._silent:
            kept = [f" {key}={quoteattr(value)}" for key in _KEPT[name] if (value := _value(key, attributes))]
            self.out.append(f"<{name}{''.join(kept)}>")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name in _KEPT and not self._silent:
            self.out.append(f"</{name}>")
        self._silent -= name in _SILENT

    def _said(self, text: str) -> None:
        if not self._silent:
            self.out.append(escape(text))

    def _doctype(self, *_: object) -> None:
        raise SpeechRefused("the SSML must not have a DOCTYPE")


def _value(key: str, attributes: dict[str, str]) -> str:
    """ "" for what is not there or not of the plain kind that is expected."""
    value = attributes.get(key, "").strip()
    if key == "alias":
        return value
    if key == "time":
        found = _TIME.fullmatch(value)
        return f"{min(int(found[1]) * (1000 if found[2] == 's' else 1), MOST_BREAK_MS)}ms" if found else ""
    return value if _PLAIN.fullmatch(value) else ""
