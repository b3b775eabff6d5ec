"""What a phone can do with a call and a leg of an outbound IVR cannot, said clearly (webitel-api §13)."""

from __future__ import annotations

from starlette.responses import Response

from outdial.api.calls import find
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors, Handler
from outdial.api.fields import Shape
from outdial.api.kinds import Free, Text, TextMap
from outdial.domain.errors import UserMistake

OBJECT = "calls"
ONE = "/calls/active/{id}"
CONTROLS: dict[tuple[str, str], tuple[str, Shape, str]] = {
    ("PATCH", "hold"): ("Hold a call", Shape(), "nobody could take it back from hold"),
    ("PATCH", "unhold"): ("Take a call back from hold", Shape(), "no call is ever on hold"),
    ("PATCH", "transfer"): (
        "Hand a call on",
        Shape(destination=Text()),
        "its flow hands it on: use bridge, deflect or sipRedirect in the schema",
    ),
    ("PATCH", "dtmf"): ("Press a key", Shape(digit=Text()), "its flow presses keys: use sendDtmf in the schema"),
    ("PATCH", "variables"): (
        "Set variables of a call",
        Shape(variables=TextMap()),
        "they belong to its flow while it runs; PATCH /calls/history/{id} adds some when it is over",
    ),
    ("PATCH", "confirm_push"): ("Confirm a push to a phone", Shape(), "there are no phones of users here"),
    ("POST", "eavesdrop"): ("Listen to a call", Shape(), "hear its recording when it is over"),
}
START = Shape(from_=Free(dict), to=Free(dict), destination=Text(), params=Free(dict))


class NotPossible(UserMistake):
    """A call of an outbound IVR is led by its flow, and nobody at a phone takes part."""

    id = "app.call.not_possible"


def install(doors: Doors) -> None:
    for (method, verb), (summary, takes, why) in CONTROLS.items():
        doc = Doc(f"{summary}: refused, {why}", takes=takes, partial=True, letter="w")
        doors.add(method, f"{ONE}/{verb}", _refusing(summary, why), doc)
    doors.add("POST", "/calls", _start, Doc("Ring a user's phone: refused, users have none here", takes=START))


def _refusing(summary: str, why: str) -> Handler:
    async def refuse(call: Call) -> Response:
        call_id = call.request.path_params["id"]
        await call.read(lambda conn: find(conn, call.domain_id, call_id))
        raise NotPossible(f"{summary}: that cannot be done with a call of an outbound IVR; {why}.")

    return refuse


async def _start(call: Call) -> Response:
    raise NotPossible(
        "Users have no phones here to connect with a number. Put the number in a queue, or ring it with a flow: "
        "POST /routing/schema/{id}/call."
    )
