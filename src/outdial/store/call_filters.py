"""What calls that are over can be searched by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from outdial.domain.errors import BadField
from outdial.domain.number import normalise
from outdial.store.dialect import json_has, json_holds
from outdial.store.listing import like, matches
from outdial.store.shape import Filter, by
from outdial.store.tables import attempt_history, call_history, file

Conditions = list[ColumnElement[bool]]
_c = call_history.c
_PIECES = re.compile(r"(?P<any>\.\*)|(?P<one>\\d|\.)|\\?(?P<itself>[+\d*#])")
"""Of a pattern of numbers: any text, any character, or one that stands for itself."""


def _q(_: Connection, text: str) -> Conditions:
    """A pattern over both numbers, or an exact id."""
    return [or_(like(_c.destination, text), like(_c.from_number, text), _c.id == text)]


def _number(_: Connection, text: str) -> Conditions:
    """A number however it is written, or a regular expression of digits, ``.``, ``.*``, ``^`` and ``$``."""
    if re.fullmatch(r"[\d\s+()#-]*", text):
        return matches(_c.number, normalise(text))
    pattern = _like_of(text)
    return [or_(_c.destination.like(pattern), _c.from_number.like(pattern))]


def _like_of(text: str) -> str:
    """The pattern as LIKE has it. Raises BadField for what it cannot say."""
    body = text.removeprefix("^").removesuffix("$")
    pieces = list(_PIECES.finditer(body))
    if "".join(piece[0] for piece in pieces) != body:
        raise BadField("number", "expected a number, or a pattern of digits, . .* ^ and $")
    middle = "".join("%" if piece["any"] else "_" if piece["one"] else piece["itself"] for piece in pieces)
    return f"{'' if text.startswith('^') else '%'}{middle}{'' if text.endswith('$') else '%'}"


def _variables(conn: Connection, wanted: Mapping[str, str]) -> Conditions:
    return [json_has(conn, _c.variables, key, value) for key, value in wanted.items()]


def _has_file(_: Connection, wanted: bool) -> Conditions:
    found = exists().where(file.c.call_id == _c.id)
    return [found if wanted else ~found]


def _schemas(conn: Connection, ids: Any) -> Conditions:
    return [json_holds(conn, _c.schema_ids, [str(id_) for id_ in ids])] if ids else []


def _tags(conn: Connection, tags: Any) -> Conditions:
    return [json_holds(conn, _c.variables, list(tags), "wbt_tags")] if tags else []


def _agent(_: Connection, ids: Any) -> Conditions:
    chosen = select(attempt_history.c.id).where(*matches(attempt_history.c.agent_id, ids))
    return [_c.attempt_id.in_(chosen)] if ids else []


def _happened(column: ColumnElement[Any], *, wanted: bool = True) -> Callable[[Connection, bool], Conditions]:
    """Whether the instant is there; ``wanted`` False turns it round."""
    return lambda _, given: [column.is_not(None) if given is wanted else column.is_(None)]


CALL_FILTERS: dict[str, Filter] = {
    "q": _q,
    "queue_id": by(_c.queue_id),
    "member_id": by(_c.member_id),
    "gateway_id": by(_c.gateway_id),
    "number": _number,
    "talk": by(_c.talk_sec),
    "variables": _variables,
    "has_file": _has_file,
    "schema_id": _schemas,
    "tags": _tags,
    "agent_id": _agent,
    "missed": _happened(_c.answered_at, wanted=False),
    "has_transfer": _happened(_c.bridge_at),
}
"""Beside those that are named like a field."""
