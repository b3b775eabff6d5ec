"""The wire's conventions, once (webitel-api §1): queries, bodies, patches, envelopes, errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from outdial.api.fields import Shape
from outdial.api.kinds import Ids, Kind, Span, Text, TextMap, Texts, Whole
from outdial.domain.errors import BadField, Conflict, OutdialError, TooManyTries, UserMistake
from outdial.store.listing import DEFAULT_SIZE, ListQuery, Page

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a JSON body."""
THREAD_BYTES = 256 * 1024
"""JSON larger than this is decoded away from the event loop."""
THREAD_ROWS = 500
"""Longer answers are encoded away from the event loop."""
JSON = "application/json"


class TooLarge(UserMistake):
    """The body is too large."""

    status = 413
    id = "app.request.too_large"


class Changed(Conflict):
    """Somebody changed this record meanwhile: compare both versions, then send yours with the ETag of the other."""

    id = "app.request.changed"

    def __init__(self, current: Any, yours: Any) -> None:
        super().__init__()
        self.versions = {"current": current, "yours": yours}


async def read_bytes(request: Request, most: int) -> bytes:
    """The body, refused as soon as it grows over ``most`` bytes."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise TooLarge(f"The body has {announced} bytes; at most {most} are taken.")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise TooLarge(f"The body is larger than the {most} bytes that are taken.")
        parts.append(part)
    return b"".join(parts)


async def read_json(request: Request) -> Any:
    """The parsed body; an empty one is an empty object, also on DELETE."""
    data = await read_bytes(request, MAX_BODY)
    if not data.strip():
        return {}
    if len(data) > THREAD_BYTES:
        return await asyncio.to_thread(parse_json, data)
    return parse_json(data)


def parse_json(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserMistake(f"The body is not JSON: {error}.", id="app.request.json") from None


def filter_shape(**kinds: Kind) -> Shape:
    """The filters of a list beside ``id``, by name."""
    return Shape(**{"id": Ids(), **kinds})


def search_shape(filters: Shape) -> Shape:
    """A search in a body: the filters, and what a query says of the page."""
    return Shape(page=Whole(0), size=Whole(0), q=Text(), sort=Text(), fields=Texts(), **filters.fields)


def with_filters(query: ListQuery, *without: str, **filters: Any) -> ListQuery:
    """The query with other filters: some taken away, some set."""
    kept = {name: value for name, value in query.filters.items() if name not in without}
    return replace(query, filters={**kept, **filters})


def query_of(request: Request, filters: Shape) -> ListQuery:
    return read_query(nested(request.url.query), filters)


def read_query(given: Any, filters: Shape) -> ListQuery:
    """From a query string or a search body. Empty texts are as good as absent."""
    if not isinstance(given, Mapping):
        raise BadField("body", "expected an object")
    known = {key: value for key, value in given.items() if value not in ("", None, [], {})}
    q = str(_last(known.get("q", "")))
    if "\0" in q:
        raise BadField("q", "expected text without NUL")
    found = filters.read(_single(known, filters), partial=True)
    return ListQuery(
        page=max(1, _number(known, "page")),
        size=_number(known, "size") or DEFAULT_SIZE,
        q=q,
        sort=snake(str(_last(known.get("sort", "")))),
        fields=tuple(snake(name) for name in _texts(known.get("fields"))),
        ids=tuple(found.pop("id", ())) if isinstance(filters.fields["id"].kind, Ids) else (),
        filters=found,
    )


def nested(query: str) -> dict[str, Any]:
    """``a=1&a=2&b.from=3&v[k]=4`` as ``{"a": ["1", "2"], "b": {"from": "3"}, "v": {"k": "4"}}``."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        place = re.fullmatch(r"(\w+)(?:\.(\w+)|\[(.*)\])", key)
        if place is None:
            found[key] = [*found[key], value] if isinstance(found.get(key), list) else _beside(found, key, value)
        else:
            name, dotted, bracketed = place.groups()
            inner = found.setdefault(name, {})
            if isinstance(inner, dict):
                inner[dotted if dotted is not None else bracketed] = value
    return found


def _beside(found: Mapping[str, Any], key: str, value: str) -> Any:
    return [found[key], value] if key in found else value


def _single(known: Mapping[str, Any], filters: Shape) -> dict[str, Any]:
    """For filters that take one value the last one counts."""
    out: dict[str, Any] = {}
    for key, value in known.items():
        name = filters.name_of(key)
        many = name is not None and isinstance(filters.fields[name].kind, Ids | Texts | Span | TextMap)
        out[key] = value if many else _last(value)
    return out


def _last(value: Any) -> Any:
    return value[-1] if isinstance(value, list) and value else value


def _texts(value: Any) -> Iterable[str]:
    given = value if isinstance(value, list) else [value] if value else []
    return (part.strip() for item in given for part in str(item).split(",") if part.strip())


def _number(known: Mapping[str, Any], key: str) -> int:
    text = str(_last(known.get(key, "")))
    if text and not re.fullmatch(r"-?\d{1,9}", text):
        raise BadField(key, "expected a whole number")
    return int(text or 0)


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m[1].lower(), name)


def read_patch(shape: Shape, body: Any) -> dict[str, Any]:
    """The fields to change; which of them may be changed is the store's rule.

    Without ``fields`` in the body the paths come from the body itself. With it, only the listed paths count, and one
    that the body lacks becomes zero. Of maps and free objects (``variables``, ``payload``) only the given keys come
    out, so that they can be merged; a listed key that is absent comes out as "".
    """
    if not isinstance(body, dict):
        raise BadField("body", "expected an object")
    masks = body.get("fields")
    own = isinstance(masks, list) and all(isinstance(mask, str) for mask in masks) and "fields" not in shape.fields
    given = shape.read({k: v for k, v in body.items() if k != "fields"} if own else body, partial=True)
    return _masked(shape, given, masks) if own and masks else given


def _masked(shape: Shape, given: Mapping[str, Any], masks: Iterable[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for mask in masks:
        head, _, key = mask.partition(".")
        name = shape.name_of(head)
        if name is None or shape.fields[name].read_only:
            continue
        value = given.get(name, shape.fields[name].kind.zero())
        if key and isinstance(value, dict):
            value = {**out.get(name, {}), key: value.get(key, value.get(snake(key), ""))}
        out[name] = value
    return out


def answer(value: Any) -> Response:
    """Every success is 200 (§1.1)."""
    return Response(msgspec.json.encode(value), media_type=JSON)


async def answer_page(shape: Shape, page: Page, **also: Any) -> Response:
    """The envelope; ``next`` says whether another page exists."""
    if len(page.items) > THREAD_ROWS:
        return await asyncio.to_thread(_page, shape, page, also)
    return _page(shape, page, also)


def _page(shape: Shape, page: Page, also: Mapping[str, Any]) -> Response:
    return answer({"items": [shape.write(row) for row in page.items], "next": page.next, **also})


def answer_error(error: OutdialError, request_id: str) -> Response:
    body = {
        "id": error.id,
        "code": error.status,
        "status": HTTPStatus(error.status).phrase,
        "detail": error.detail,
        "request_id": request_id,
    }
    if isinstance(error, BadField):
        body["field"] = error.field
    if isinstance(error, Changed):
        body |= error.versions
    headers = {"X-Request-ID": request_id}
    if isinstance(error, TooManyTries):
        headers["Retry-After"] = str(error.wait_s)
    return Response(msgspec.json.encode(body), error.status, headers, media_type=JSON)
