"""What is done to attempts in progress, and what nobody does (webitel-api §11)."""

from __future__ import annotations

from outdial.store import commands
from tests.api.calling import Campaign
from tests.api.door import Door

RESET = "/call_center/queues/attempts/active/reset"


def test_attempts_in_which_nothing_moved_are_hung_up(door: Door) -> None:
    campaign = Campaign(door)
    campaign.member("380441")
    (old,) = campaign.claim()
    campaign.offer(old)
    door.clock.now += 10 * 60_000
    campaign.member("380442")
    (new,) = campaign.claim()
    campaign.offer(new)
    assert door.put(RESET, {"idle_for_minutes": "5", "result": "abandoned"}).ok() == {"count": "1"}
    assert [(c.kind, c.attempt_id) for c in door.write(commands.take)] == [("hangup", old.id)]
    assert door.put(RESET, {"queue_id": ["99"]}).ok() == {}
    assert door.put(RESET, {}).ok() == {"count": "2"}


def test_nobody_reports_and_nobody_makes_attempts(door: Door) -> None:
    campaign = Campaign(door)
    member = campaign.member()
    (attempt,) = campaign.claim()
    path = f"{campaign.queue.members}/{member}/attempts"
    for address in (f"/call_center/attempts/{attempt.id}", f"{path}/{attempt.id}"):
        assert "after-flow" in door.patch(address, {"status": "success"}).refused()["detail"]
    door.patch("/call_center/attempts/999", {"status": "success"}).refused(404)
    assert "stop_cause" in door.post(path).refused()["detail"]


def test_attempts_are_found_by_bucket(door: Door) -> None:
    campaign = Campaign(door)
    bucket = door.id("/call_center/buckets", {"name": "Gold"})
    campaign.member("380441", bucket={"id": bucket})
    attempt = campaign.ring()
    campaign.member("380442")
    campaign.ring()
    asked = {"joined_at.from": 1, "bucket_id": bucket}
    (found,) = door.get("/call_center/queues/attempts/history", **asked).items()
    assert (found["id"], found["bucket"]) == (str(attempt.id), {"id": bucket, "name": "Gold"})
    campaign.member("380443", bucket={"id": bucket})
    campaign.claim()
    (active,) = door.get("/call_center/queues/attempts/active", bucketId=bucket).items()
    assert active["bucket"] == {"id": bucket, "name": "Gold"}
