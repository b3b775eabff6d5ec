"""Numbers and texts worked on (flow-engine §4.6): ``math``, ``string``, ``classifier``."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import re2

from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.script import Script
from outdial.flow.values import as_text

_GIVEN = 'const { fn, data, args } = JSON.parse(_getChannelVar("given"));'
_MATH = (
    _GIVEN
    + """
if (!Object.hasOwn(Math, fn)) throw new TypeError("Math has no " + fn);
const value = typeof Math[fn] === "function" ? Math[fn](...args) : Math[fn];
return Number.isNaN(value) ? "" : value;
"""
)
_STRING = (
    _GIVEN
    + """
const real = args.map((one) => {
  const parts = typeof one === "string" ? one.match(/^\\/(.*)\\/([gimy]*)$/) : null;
  return parts ? new RegExp(parts[1], parts[2]) : one;
});
if (typeof data[fn] !== "function") throw new TypeError("a text has no " + fn);
return data[fn](...real);
"""
)


@dataclass(frozen=True, slots=True)
class Math:
    fn: str = arg("random", help="`random`: one of the data; else a function or constant of JavaScript's Math.")
    data: list[Any] = arg(list, help="What it works on.")
    set_var: str = arg("", wire="setVar", required=True, sets=True, help="Variable for the result.")


@application("math", args=Math, group="script", help="Computes; what is no number becomes an empty text.")
async def math(run: Run, args: Math) -> str:
    _needed(args.set_var, "setVar")
    if args.fn in ("", "random"):
        result = as_text(run.env.chance.choice(args.data)) if args.data else ""
    else:
        result = await _javascript(run, _MATH, fn=args.fn, args=args.data)
    run.connection.set(args.set_var, result)
    return result


@dataclass(frozen=True, slots=True)
class String:
    fn: str = arg(
        "",
        required=True,
        help="`reverse`, `charAt`, `length` (bytes), `base64` (`encoder` or `decoder`), `MD5`, `SHA-256`, `SHA-512`, "
        "`gomatch`; else a method of JavaScript's String.",
    )
    data: str = arg("", help="The text to work on.")
    args: list[Any] = arg(list, help="Arguments; `/…/gimy` becomes a regular expression for JavaScript.")
    set_var: str = arg("", wire="setVar", required=True, sets=True, help="Variable for the result.")


@application("string", args=String, group="script", help="Works on a text.")
async def string(run: Run, args: String) -> None:
    _needed(args.set_var, "setVar")
    _needed(args.fn, "fn")
    own = _OWN.get(args.fn)
    if own is not None:
        result = own(args.data, args.args[0] if args.args else "")
    else:
        result = await _javascript(run, _STRING, fn=args.fn, data=args.data, args=args.args)
    run.connection.set(args.set_var, result)


def _needed(value: str, name: str) -> None:
    if not value:
        raise AppFailed(f"{name} is needed")


async def _javascript(run: Run, code: str, **given: Any) -> str:
    """A fixed script; what it works on is handed over as data."""
    return await run.env.scripts(Script(code, {"getVariable": {"given": json.dumps(given)}}, {}, (1970, 0, 1)))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _char_at(data: str, at: Any) -> str:
    """The byte at that place, as the character of that number: released schemas count bytes."""
    try:
        place = int(as_text(at) or 0)
    except ValueError:
        raise AppFailed("charAt needs a place, a number from 0") from None
    found = _bytes(data)
    return chr(found[place]) if 0 <= place < len(found) else ""


def _base64(data: str, way: Any) -> str:
    if way == "encoder":
        return base64.b64encode(_bytes(data)).decode()
    if way != "decoder":
        return ""
    try:
        return base64.b64decode(data, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise AppFailed("this is no base64") from None


def _match(data: str, pattern: Any) -> str:
    """The groups of the first match, joined by commas; the whole match when the pattern has none."""
    options = re2.Options()
    options.log_errors = False
    try:
        found = re2.compile(as_text(pattern), options).search(data)
    except re2.error as error:
        raise AppFailed(f"gomatch: {error}") from None
    return "" if found is None else ",".join(group or "" for group in found.groups() or (found[0],))


_OWN: dict[str, Callable[[str, Any], str]] = {
    "reverse": lambda data, _: data[::-1],
    "charAt": _char_at,
    "length": lambda data, _: str(len(_bytes(data))),
    "base64": _base64,
    "MD5": lambda data, _: hashlib.md5(_bytes(data), usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data, _: hashlib.sha256(_bytes(data)).hexdigest(),
    "SHA-512": lambda data, _: hashlib.sha512(_bytes(data)).hexdigest(),
    "gomatch": _match,
}


@dataclass(frozen=True, slots=True)
class Classifier:
    cluster: dict[str, list[str]] = arg(dict, required=True, help="Names, each with the phrases that stand for it.")
    input: str = arg("", help="What was said or written.")
    set: str = arg("", required=True, sets=True, help="Variable for the name of the first cluster that matches.")
    phrase_search: bool = arg(False, wire="phraseSearch", help="Compare the whole input, not its words.")
    match_type: str = arg(
        "full",
        wire="matchType",
        choices=("full", "part"),
        help="`full`: equal; `part`: the word contains the phrase, with phraseSearch the phrase contains the input.",
    )


_WORD = re.compile(r"\w+(?:['’\-]\w+)*")


@application("classifier", args=Classifier, group="script", help="Finds which group of phrases a text belongs to.")
async def classifier(run: Run, args: Classifier) -> str:
    """Clusters are tried in the order of the document (ours: the released engine's order is random)."""
    _needed(args.set, "set")
    part = args.match_type in ("part", "1")
    matches = _whole_matches(args.input, part) if args.phrase_search else _word_matches(args.input, part)
    found = next((name for name, phrases in args.cluster.items() if _any(matches, phrases)), "")
    run.connection.set(args.set, found)
    return found


def _any(matches: Callable[[str], bool], phrases: Iterable[str]) -> bool:
    return any(matches(phrase.lower()) for phrase in phrases if phrase)


def _whole_matches(text: str, part: bool) -> Callable[[str], bool]:
    """Nothing said matches nothing (ours)."""
    whole = text.strip().lower()
    return lambda phrase: bool(whole) and (whole in phrase if part else whole == phrase)


def _word_matches(text: str, part: bool) -> Callable[[str], bool]:
    words = _WORD.findall(text.lower())
    wanted = {*words, " ".join(words)}
    return lambda phrase: any(phrase in word for word in words) if part else phrase in wanted
