"""Pages of one file each, whose script and style are allowed by their hashes; at ``/`` the plain live page."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response

_PART = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


@lru_cache(maxsize=4)
def _page(name: str) -> tuple[bytes, str]:
    """The page and the policy that lets exactly its own script and style run."""
    text = resources.files("outdial.api").joinpath(name).read_text(encoding="utf-8")
    allowed: dict[str, list[str]] = {"script": [], "style": []}
    for kind, body in _PART.findall(text):
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        allowed[kind].append(f"'sha256-{digest}'")
    policy = (
        f"default-src 'none'; script-src {' '.join(allowed['script'])}; style-src {' '.join(allowed['style'])};"
        " connect-src 'self'; media-src blob:; img-src data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    return text.encode(), policy


def send(name: str) -> Response:
    """A page of this folder."""
    body, policy = _page(name)
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
    return Response(body, media_type="text/html", headers=headers)


async def page(request: Request) -> Response:
    return send("page.html")
