"""Buckets, hooks and the older variables, over the wire (webitel-api §4, §9.1)."""

from __future__ import annotations

from outdial.store import commands
from tests.api.campaign import a_queue, a_schema, link
from tests.api.door import Door

BUCKETS = "/call_center/buckets"


def test_a_bucket_has_the_usual_verbs(door: Door) -> None:
    bucket = door.id(BUCKETS, {"name": "Gold", "description": "first"})
    assert door.put(f"{BUCKETS}/{bucket}", {"name": "Golden"}).ok()["name"] == "Golden"
    assert "description" not in door.get(f"{BUCKETS}/{bucket}").ok()
    assert [b["name"] for b in door.get(BUCKETS, q="gol*", sort="-name").items()] == ["Golden"]
    door.post(BUCKETS, {"name": "Golden"}).refused()
    door.delete(f"{BUCKETS}/{bucket}").ok()
    assert door.get(f"{BUCKETS}/{bucket}").refused(404)["id"] == "store.sql_bucket.get.app_error"


def test_what_a_queue_says_of_a_bucket(door: Door) -> None:
    queue, bucket = a_queue(door), door.id(BUCKETS, {"name": "Gold"})
    path = f"{queue.path}/buckets"
    linked = door.id(path, {"bucket": link(bucket), "ratio": 3, "priority": "2"})
    assert door.get(path).items() == [
        {"id": linked, "bucket": {"id": bucket, "name": "Gold"}, "ratio": 3, "priority": 2}
    ]
    assert door.patch(f"{path}/{linked}", {"disabled": True}).ok()["disabled"] is True
    assert door.patch(f"{path}/{linked}", {"bucket": {"id": "999"}}).refused()["field"] == "bucket"
    assert door.post(path, {"bucket": link(bucket)}).refused()["id"] == "store.sql_queue_bucket.save.app_error"
    assert "queue bucket" in door.delete(f"{BUCKETS}/{bucket}").refused()["detail"]
    assert door.get("/call_center/queues/999/buckets").refused(404)


def test_a_member_in_a_bucket(door: Door) -> None:
    queue, bucket = a_queue(door), door.id(BUCKETS, {"name": "Gold"})
    inside = door.id(queue.members, queue.person("380441", bucket=link(bucket)))
    outside = door.id(queue.members, queue.person("380442", bucket={}))
    assert door.get(f"{queue.members}/{inside}").ok()["bucket"] == {"id": bucket, "name": "Gold"}
    assert "bucket" not in door.get(f"{queue.members}/{outside}").ok()
    assert [m["id"] for m in door.get(queue.members, bucket_id=bucket).items()] == [inside]
    assert [m["id"] for m in door.get(queue.members, bucketId=bucket).items()] == [inside]
    assert "has members" in door.delete(f"{BUCKETS}/{bucket}").refused()["detail"]
    assert "bucket" not in door.patch(f"{queue.members}/{inside}", {"bucket": {"id": 0}}).ok()
    batch = [queue.person("380443", bucket={"id": "999"})]
    refused = door.post(f"{queue.members}/bulk", {"items": batch}).refused()
    assert refused["field"] == "items[0].bucket"


def test_a_hook_has_a_number_for_an_id(door: Door) -> None:
    queue, schema = a_queue(door), a_schema(door, "Aside")
    path = f"{queue.path}/hooks"
    made = door.post(path, {"event": "leaving", "schema": link(schema), "enabled": True}).ok()
    assert made == {"id": 1, "event": "leaving", "schema": {"id": schema, "name": "Aside"}, "enabled": True}
    assert "enabled" not in door.patch(f"{path}/1", {"enabled": False}).ok()
    assert door.get(path, event="joined").items() == []
    assert "expected one of" in door.post(path, {"event": "sneezed", "schema": link(schema)}).refused()["detail"]
    assert "queue hook" in door.delete(f"/routing/schema/{schema}").refused()["detail"]
    door.delete(f"{path}/1").ok()


def test_one_new_member_starts_hooks_and_a_batch_does_not(door: Door) -> None:
    queue, schema = a_queue(door), a_schema(door, "Aside")
    door.post(f"{queue.path}/hooks", {"event": "add_member", "schema": link(schema), "enabled": True}).ok()
    door.post(f"{queue.members}/bulk", {"items": [queue.person("380441")]}).ok()
    member = door.id(queue.members, queue.person("380442"))
    (command,) = door.write(commands.take)
    assert (command.kind, command.payload["member_id"]) == ("hook", int(member))


def test_older_variables(door: Door) -> None:
    variable = door.id("/routing/variables", {"key": "city", "value": "Kyiv"})
    assert door.get("/routing/variables").items() == [{"id": variable, "key": "city", "value": "Kyiv"}]
    assert door.put(f"/routing/variables/{variable}", {"key": "city", "value": "Lviv"}).ok()["value"] == "Lviv"
    door.post("/routing/variables", {"key": "city"}).refused()
    door.delete(f"/routing/variables/{variable}").ok()


def test_lists_of_what_there_is_none_of(door: Door) -> None:
    """Webitel's client asks for them on the way to its pages."""
    queue = a_queue(door)
    none = "/call_center/teams", "/call_center/agents", "/call_center/skills", f"{queue.path}/skills", "/license"
    for path in none:
        assert door.get(path, page=1, size=10, q="", sort="").ok() == {"items": [], "next": False}
