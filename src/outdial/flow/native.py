"""The common small expressions, evaluated without a JavaScript engine.

Covers ``sys`` calls, plain strings and numbers, ``! + -`` before a value, comparisons, ``&&``, ``||`` and brackets.
``parse`` gives None for everything else, and what it takes means exactly what JavaScript means by it: values are
strings, numbers, booleans and undefined (None), compared by ECMA-262 §7.2.13–15.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from outdial.flow import dates

Value = str | float | bool | None
Lookup = Callable[["Call"], dates.Answer]

FUNCTIONS = ("getVariable", "getGlobalVariable", *dates.HELPERS)
CALL = rf'sys\.({"|".join(FUNCTIONS)})\("((?:[^"\\\n\r]|\\[^\n\r])*)"\)'
_TOKEN = re.compile(
    rf"""[ \t\n\r]*(?:
      (?P<call>{CALL})
    | (?P<text>'[^'\\\n\r]*'|"[^"\\\n\r]*")
    | (?P<number>(?:0|[1-9][0-9]{{0,14}})(?:\.[0-9]{{1,15}})?)(?![\w.$\\])
    | (?P<word>true|false)(?![\w$\\])
    | (?P<sign>===|!==|==|!=|<=|>=|<|>|&&|\|\||!|\+|-|\(|\))
    )""",
    re.VERBOSE,
)
_GAP = re.compile(r"[ \t\n\r]*")
_NEVER = re.compile(r"\+\+|--|<!|<<|>>")
"""One token in JavaScript, or a comment, that would look like two tokens here."""
MAX_LENGTH = 2000
MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Call:
    """``sys.function("argument")``."""

    function: str
    argument: str


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class Prefix:
    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Pair:
    sign: str
    left: Node
    right: Node


Node = Call | Literal | Prefix | Pair

# ── reading ──────────────────────────────────────────────────────────────────────────────────────

_LEVELS = ({"||"}, {"&&"}, {"==", "!=", "===", "!=="}, {"<", "<=", ">", ">="})
"""From the loosest to the tightest; all group from the left."""


class _NotNative(Exception):
    pass


def parse(code: str) -> Node | None:
    """The expression as a tree, or None when it is not of the small kind."""
    if len(code) > MAX_LENGTH or _NEVER.search(code):
        return None
    try:
        reader = _Reader(_tokens(code))
        node = reader.level(0, 0)
    except _NotNative:
        return None
    return node if reader.at == len(reader.tokens) else None


def _tokens(code: str) -> list[str | Call | Literal]:
    found: list[str | Call | Literal] = []
    at = 0
    while _gap_end(code, at) < len(code):
        token = _TOKEN.match(code, at)
        if token is None:
            raise _NotNative
        found.append(_token(token))
        at = token.end()
    return found


def _gap_end(code: str, at: int) -> int:
    gap = _GAP.match(code, at)
    return gap.end() if gap else at


def _token(token: re.Match[str]) -> str | Call | Literal:
    match token.lastgroup:
        case "call":
            return Call(token[2], unescape(token[3]))
        case "text":
            return Literal(token["text"][1:-1])
        case "number":
            return Literal(float(token["number"]))
        case "word":
            return Literal(token["word"] == "true")
        case _:
            return token["sign"]


class _Reader:
    def __init__(self, tokens: list[str | Call | Literal]) -> None:
        self.tokens = tokens
        self.at = 0

    def level(self, level: int, depth: int) -> Node:
        if level == len(_LEVELS):
            return self.prefix(depth)
        node = self.level(level + 1, depth)
        while self.at < len(self.tokens) and self.tokens[self.at] in _LEVELS[level]:
            sign = self.next()
            node = Pair(str(sign), node, self.level(level + 1, depth))
        return node

    def prefix(self, depth: int) -> Node:
        token = self.next()
        if depth > MAX_DEPTH:
            raise _NotNative
        if not isinstance(token, str):
            return token
        if token in ("!", "+", "-"):
            return Prefix(token, self.prefix(depth + 1))
        if token != "(":
            raise _NotNative
        node = self.level(0, depth + 1)
        if self.next() != ")":
            raise _NotNative
        return node

    def next(self) -> str | Call | Literal:
        if self.at >= len(self.tokens):
            raise _NotNative
        self.at += 1
        return self.tokens[self.at - 1]


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def unescape(text: str) -> str:
    """What a JavaScript string literal with this inside holds."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda e: chr(int(e[1] or e[2], 16)) if e[1] or e[2] else _LETTERS.get(e[3], e[3]), text)


# ── evaluating ───────────────────────────────────────────────────────────────────────────────────


def truth(node: Node, lookup: Lookup) -> bool:
    """JavaScript's truthiness of the expression's value."""
    return _truthy(_value(node, lookup))


def _truthy(value: Value) -> bool:
    return not math.isnan(value) and value != 0 if isinstance(value, float) else bool(value)


def _value(node: Node, lookup: Lookup) -> Value:
    if isinstance(node, Call):
        found = lookup(node)
        return float(found) if type(found) is int else found
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Prefix):
        return _prefix(node.sign, _value(node.operand, lookup))
    left = _value(node.left, lookup)
    if node.sign == "&&":
        return _value(node.right, lookup) if _truthy(left) else left
    if node.sign == "||":
        return left if _truthy(left) else _value(node.right, lookup)
    return _compare(node.sign, left, _value(node.right, lookup))


def _prefix(sign: str, value: Value) -> Value:
    if sign == "!":
        return not _truthy(value)
    return to_number(value) if sign == "+" else -to_number(value)


def _compare(sign: str, left: Value, right: Value) -> bool:
    match sign:
        case "==":
            return _equal(left, right)
        case "!=":
            return not _equal(left, right)
        case "===":
            return type(left) is type(right) and left == right
        case "!==":
            return not (type(left) is type(right) and left == right)
        case _:
            return _ordered(sign, left, right)


def _equal(left: Value, right: Value) -> bool:
    if type(left) is type(right):
        return left == right
    if left is None or right is None:
        return False
    return to_number(left) == to_number(right)


def _ordered(sign: str, left: Value, right: Value) -> bool:
    """Two strings are compared by UTF-16 units, anything else as numbers; NaN is never in order."""
    a: bytes | float
    b: bytes | float
    if isinstance(left, str) and isinstance(right, str):
        a, b = left.encode("utf-16-be", "surrogatepass"), right.encode("utf-16-be", "surrogatepass")
    else:
        a, b = to_number(left), to_number(right)
    return _less_or_more(sign, a, b)


def _less_or_more(sign: str, a: bytes | float, b: bytes | float) -> bool:
    match sign:
        case "<":
            return a < b  # type: ignore[operator]  # both bytes or both numbers
        case "<=":
            return a <= b  # type: ignore[operator]
        case ">":
            return a > b  # type: ignore[operator]
        case _:
            return a >= b  # type: ignore[operator]


_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f"
    "\u3000\ufeff"
)
_DECIMAL = re.compile(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_BASED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")


def to_number(value: Value) -> float:
    """ECMA-262 §7.1.4 for the values there are here."""
    if value is None:
        return math.nan
    if not isinstance(value, str):
        return float(value)
    text = value.strip(_SPACE)
    if text == "":
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    return _based(text) if _BASED.fullmatch(text) else math.nan


def _based(text: str) -> float:
    try:
        return float(int(text, 0))
    except OverflowError:
        return math.inf
