"""The outbox: written in the transaction of the fact, read when due, settled once."""

from __future__ import annotations

import json

from outdial.store import outbox, trash, webhooks
from outdial.store.outbox import Sent
from tests.store.builders import a_campaign, add_members, finish, reserve
from tests.store.ground import NOON, Ground


def test_a_delivery_lives_from_the_end_of_an_attempt_to_the_log(ground: Ground) -> None:
    campaign = a_campaign(ground)
    values = {"name": "hook", "url": "http://x.example/", "events": ["attempt.over"], "enabled": True, "secret": "s3"}
    ground.write(webhooks.create, campaign.domain, values)
    add_members(ground, campaign, "111", "222")
    for attempt in reserve(ground, campaign):
        ground.step(finish(attempt))
        assert ground.step(finish(attempt)) is False, "the second finisher tells nobody"
    first, second = ground.read(outbox.due, NOON + 1, [], 10)
    assert (first.url, first.secret, first.event, first.tries) == ("http://x.example/", "s3", "attempt.over", 0)
    assert json.loads(first.body)["member"]["name"] == "M0"
    assert ground.read(outbox.due, NOON - 1, [], 10) == []
    assert ground.read(outbox.due, NOON + 1, [first.webhook_id], 10) == []
    sent = [Sent(first.id, 1, NOON, 5, 200, ""), Sent(second.id, 1, NOON, 5, 500, "It answered 500.")]
    ground.write(outbox.settle, sent)
    assert ground.read(outbox.due, NOON + 9_999, [], 10) == []
    (again,) = ground.read(outbox.due, NOON + 10_000, [], 10)
    assert (again.id, again.tries) == (second.id, 1)
    assert ground.write(outbox.purge, NOON + outbox.KEPT_MS + 1, 10) == 1, "what waits is not forgotten"
    assert ground.write(trash.purge, NOON, 10) == 0
