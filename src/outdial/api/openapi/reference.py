"""Serves the description of the API: as JSON for programs, as a page for people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from outdial.api import page, wire
from outdial.api.door import Door
from outdial.api.openapi.document import document


class Reference:
    """Made when somebody first asks."""

    def __init__(self, doors: Sequence[Door], version: str) -> None:
        self._doors = doors
        self._version = version

    @cached_property
    def _text(self) -> bytes:
        return msgspec.json.encode(document(self._doors, self._version))

    async def json(self, request: Request) -> Response:
        return Response(self._text, media_type=wire.JSON, headers={"Cache-Control": "no-cache"})

    async def page(self, request: Request) -> Response:
        return page.send("openapi/reference.html")
