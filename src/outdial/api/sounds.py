"""Sending sound files, whole or by range."""

from __future__ import annotations

from starlette.responses import FileResponse, Response

from outdial.api.doors import Call


async def send(call: Call, key: str, name: str, mime_type: str, *, attachment: bool) -> Response:
    """One range gives 206, none or several the whole file (webitel-api §3). Raises NotFound."""
    files = call.deps.files
    files.size(key)
    headers = call.request.scope["headers"]
    if any(field == b"range" and b"," in value for field, value in headers):
        call.request.scope["headers"] = [(field, value) for field, value in headers if field != b"range"]
    disposition = "attachment" if attachment else "inline"
    return FileResponse(files.path(key), media_type=mime_type, filename=name, content_disposition_type=disposition)
