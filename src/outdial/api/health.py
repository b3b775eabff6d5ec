"""Whether the service runs."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Deps, Doors


def install(doors: Doors) -> None:
    doors.add_open(
        "GET",
        "/health",
        _health,
        Doc("Whether all parts of the service run; 503 names those that do not", {"type": "object"}),
    )


async def _health(request: Request, deps: Deps) -> Response:
    """200 while all parts run, else 503 that names those that do not."""
    ill = {part: why for part, why in deps.health().items() if why}
    if not ill:
        return wire.answer({"status": "ok"})
    body = msgspec.json.encode({"status": "unwell", **ill})
    return Response(body, status_code=503, media_type=wire.JSON)
