"""The admin site: files that the front end's build left in ``built/``, served with an address for every page.

Where it was not built the plain live page stands in its place.
"""

from __future__ import annotations

import mimetypes
from importlib import resources
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from outdial.api.page import page
from outdial.domain.errors import NotFound

BUILT = Path(str(resources.files("outdial.api.site"))) / "built"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " media-src 'self' blob:; connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""The component library writes style elements; scripts come from files only."""
FOR_EVER = "public, max-age=31536000, immutable"
"""Names below ``assets`` carry a hash of their content."""

mimetypes.add_type("text/javascript", ".js")  # some systems say otherwise, and browsers then refuse


async def site(request: Request) -> Response:
    """A file of the site, or its one page for every other address. Raises NotFound for a file that is not there."""
    name = str(request.path_params.get("path", ""))
    index = BUILT / "index.html"
    if not index.is_file():
        return await page(request) if not name else _nothing(request)
    wanted = (BUILT / name).resolve()
    if name and wanted.is_relative_to(BUILT.resolve()) and wanted.is_file():
        kept = FOR_EVER if name.startswith("assets/") else "no-cache"
        return FileResponse(wanted, headers={"Cache-Control": kept, "Content-Security-Policy": POLICY})
    if Path(name).suffix in (".js", ".css", ".map", ".svg", ".json"):
        return _nothing(request)
    return FileResponse(index, headers={"Cache-Control": "no-cache", "Content-Security-Policy": POLICY})


def _nothing(request: Request) -> Response:
    raise NotFound(f"There is nothing at {request.url.path}.")
