"""What Webitel's clients ask for and this service has none of: agents, teams, skills, licences (webitel-api §16)."""

from __future__ import annotations

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Text
from outdial.api.shapes import ID
from outdial.store.listing import Page

OBJECT = "dictionaries"
ANY = Shape(id=ID, name=Text())
NONE = wire.filter_shape()
SKILLS = "/call_center/queues/{parent:id}/skills"
LISTS: dict[str, str] = {
    "/call_center/teams": "teams",
    "/call_center/agents": "agents",
    "/call_center/skills": "skills",
    "/call_center/pause_causes": "causes of pauses",
    "/regions": "regions",
    SKILLS: "skills of a queue",
    "/storage/file_policies": "file policies",
    "/license": "licences",
    "/products": "products",
}


OF_QUEUES = ("/call_center/teams", "/call_center/agents", "/call_center/skills", SKILLS)
"""Asked for on the pages of queues, by whoever may read those."""


def install(doors: Doors) -> None:
    for path, label in LISTS.items():
        object = "cc_queue" if path in OF_QUEUES else ""
        doc = Doc(f"Search {label}: there are none here", Many(ANY), searches=NONE, object=object)
        doors.add("GET", path, _none, doc)


async def _none(call: Call) -> Response:
    """An empty list, for dropdowns and tabs of clients that ask; nothing of it is needed to dial."""
    call.query(NONE)
    return await wire.answer_page(ANY, Page([], next=False))
