"""What Webitel's clients ask for and this service has none of: agents, teams, skills, licences (webitel-api §16)."""

from __future__ import annotations

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Text
from outdial.api.needs import SELF
from outdial.api.shapes import ID
from outdial.store.listing import Page

OBJECT = SELF
ANY = Shape(id=ID, name=Text())
NONE = wire.filter_shape()
LISTS = {
    "/call_center/teams": "teams",
    "/call_center/agents": "agents",
    "/call_center/skills": "skills",
    "/call_center/pause_causes": "causes of pauses",
    "/regions": "regions",
    "/call_center/queues/{parent:id}/skills": "skills of a queue",
    "/storage/file_policies": "file policies",
    "/license": "licences",
    "/products": "products",
}


def install(doors: Doors) -> None:
    for path, label in LISTS.items():
        doors.add("GET", path, _none, Doc(f"Search {label}: there are none here", Many(ANY), searches=NONE))


async def _none(call: Call) -> Response:
    """An empty list, for dropdowns and tabs of clients that ask; nothing of it is needed to dial."""
    call.query(NONE)
    return await wire.answer_page(ANY, Page([], next=False))
