"""What the dialer would write, for doors that show it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.member import open_numbers
from outdial.store import claims, context, plans
from outdial.store.claims import Reservation
from outdial.store.steps import Bridged, Finish, Offering, RecordingFile
from tests.api.campaign import Queue, a_group, a_queue, a_resource, link
from tests.api.door import Door


class Campaign:
    """A queue with a trunk, whose members are rung by the test itself."""

    def __init__(self, door: Door, **queue: Any) -> None:
        self.door = door
        self.queue: Queue = a_queue(door, **queue)
        self.group, self.resource = a_group(door), a_resource(door)
        door.post(f"/call_center/resource_group/{self.group}/resource", {"resource": link(self.resource)}).ok()

    def member(self, number: str = "380441", **fields: Any) -> str:
        return self.door.id(self.queue.members, self.queue.person(number, **fields))

    def claim(self) -> list[Attempt]:
        return self.door.write(self._claim)

    def _claim(self, conn: Connection) -> list[Attempt]:
        now = self.door.clock.now
        queue = plans.load(conn).queues[int(self.queue.id)]
        return claims.reserve(conn, [self._reservation(m, now) for m in claims.due(conn, queue, now, 100)])

    def _reservation(self, member: Any, now: int) -> Reservation:
        return Reservation(
            domain_id=1,
            queue_id=int(self.queue.id),
            member=member,
            member_timezone="UTC",
            communication=open_numbers(member)[0],
            other_numbers=0,
            resource_id=int(self.resource),
            group_id=int(self.group),
            display="380440000000",
            call_id=f"uuid-{member.id}-{member.attempts}",
            joined_at=now,
        )

    def step(self, step: Any) -> Any:
        return self.door.loop.run_until_complete(self.door.store.step(step))

    def offer(self, attempt: Attempt) -> None:
        now, revision = self.door.clock.now, self.door.write(context.revision)
        number = attempt.communication.destination
        assert self.step(Offering(attempt.id, now, revision, None, number, attempt.display, b"dialog")) == "go"

    def answer(self, attempt: Attempt) -> None:
        assert self.step(Bridged(attempt.id, self.door.clock.now, b"dialog"))

    def finish(self, attempt: Attempt, *, recording: str = "", **facts: Any) -> None:
        """Answered after two seconds and hung up by the callee seven seconds later, unless ``facts`` differ."""
        now = self.door.clock.now
        known: dict[str, Any] = {
            "created_at": now, "answered_at": now + 2000, "hangup_at": now + 9000, "cause": "NORMAL_CLEARING",
            "sip_code": 200, "hangup_by": "A",
        }  # fmt: skip
        size = len(self.door.files.path(recording).read_bytes()) if recording else 0
        file = RecordingFile(recording, "call.wav", "audio/wav", size, now + 2000, now + 9000)
        done = Finish(
            attempt_id=attempt.id,
            at=now + 9000,
            result="abandoned",
            max_attempts=3,
            wait_s=60,
            per_numbers=False,
            disposition="answered",
            member_exports={"status": "Busy"},
            facts=CallFacts(**{**known, **facts}),
            call_variables={"status": "Busy"},
            schema_ids=(int(self.queue.schema),),
            flow_trace=({"flow": "voice", "path": "[0]", "app": "playback", "result": "ok"},),
            recordings=(file,) if recording else (),
        )
        assert self.step(done)

    def ring(self, **facts: Any) -> Attempt:
        """One whole attempt of the member who is due."""
        (attempt,) = self.claim()
        self.offer(attempt)
        self.answer(attempt)
        self.finish(attempt, **facts)
        return attempt
