"""The door of signed links: a file for whoever has the link, until it expires (flow-engine §4.6, generateLink)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from outdial.api import sounds
from outdial.api.doc import Doc, Raw
from outdial.api.doors import Deps, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Text
from outdial.domain.errors import Forbidden
from outdial.net.links import PATH
from outdial.store import calls, media

SIGNED = Shape(domain_id=Text(), source=Text(), expires=Text(), signature=Text())


class BadLink(Forbidden):
    """This link is not good, or not any more; ask for a new one."""

    id = "app.link.invalid"


def install(doors: Doors) -> None:
    doc = Doc("Download a file by a signed link; no token is needed", Raw("audio/wav"), asks=SIGNED)
    doors.add_open("GET", PATH.replace("{id}", "{id:id}"), _download, doc)


async def _download(request: Request, deps: Deps) -> Response:
    """One byte range is served. Any change to the link makes it void."""
    linked = deps.links.read(int(request.path_params["id"]), request.query_params, deps.now() // 1000)
    if linked is None:
        raise BadLink
    noun = media if linked.source == "media" else calls.FILES
    row = await deps.store.read(lambda conn: noun.get(conn, linked.domain_id, linked.id))
    return await sounds.send_file(request, deps.files, row["key"], row["name"], row["mime_type"], attachment=True)
