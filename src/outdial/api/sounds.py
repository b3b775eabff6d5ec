"""Sending sound files, whole or by range."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from outdial.api.doors import Call
from outdial.store.files import Files


async def send(call: Call, key: str, name: str, mime_type: str, *, attachment: bool) -> Response:
    """See ``send_file``."""
    return await send_file(call.request, call.deps.files, key, name, mime_type, attachment=attachment)


async def send_file(
    request: Request, files: Files, key: str, name: str, mime_type: str, *, attachment: bool
) -> Response:
    """One range gives 206, none or several the whole file (webitel-api §3). Raises NotFound."""
    files.size(key)
    headers = request.scope["headers"]
    if any(field == b"range" and b"," in value for field, value in headers):
        request.scope["headers"] = [(field, value) for field, value in headers if field != b"range"]
    disposition = "attachment" if attachment else "inline"
    return FileResponse(files.path(key), media_type=mime_type, filename=name, content_disposition_type=disposition)
