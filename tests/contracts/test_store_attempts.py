"""The life of an attempt on disk: reserved once, finished once (DESIGN, attempt table)."""

from __future__ import annotations

from typing import Any

from outdial.store import attempts, calls, claims, history, lists, members, plans, queues, recovery
from outdial.store.steps import Bridged, Ended, RecordingFile, Redialog
from tests.store.builders import a_campaign, add_members, facts, finish, offering, queue_of, reservation, reserve
from tests.store.ground import NOON, Ground


def counters(ground: Ground, campaign: Any) -> tuple[int, int, int]:
    row = ground.read(queues.counters, campaign.domain, campaign.queue)
    return row["count"], row["waiting"], row["active"]


def test_an_attempt_lives_from_claim_to_both_histories(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "+380 44 111", variables={"city": "Kyiv"})
    (attempt,) = reserve(ground, campaign)
    assert (attempt.member_id, attempt.seq, attempt.variables) == (member, 1, {"city": "Kyiv"})
    assert counters(ground, campaign) == (1, 1, 1)
    assert ground.step(offering(ground, attempt)) == "go"
    assert ground.step(Redialog(attempt.id, b"with credentials")) is True
    assert ground.step(Bridged(attempt.id, NOON + 2000, b"confirmed")) is True
    assert ground.step(Ended(attempt.id, facts(), {"status": "Busy"})) is True
    recording = RecordingFile("recordings/a.wav", "a.wav", "audio/wav", 160, NOON, NOON + 7000)
    step = finish(
        attempt, disposition="answered_short", member_exports={"status": "Busy"}, call_variables={"status": "Busy"},
        schema_ids=(campaign.schema,), recordings=(recording,), sip_trace="INVITE", description="short",
    )  # fmt: skip
    assert ground.step(step) is True
    assert counters(ground, campaign) == (1, 1, 0)

    row = ground.read(members.get, campaign.domain, member)
    assert (row["attempts"], row["reserved"], row["stop_cause"]) == (1, False, "")
    assert row["min_offering_at"] == NOON + 9000 + 60_000
    assert row["variables"] == {"city": "Kyiv", "status": "Busy"}
    assert row["communications"][0]["attempts"] == 1
    assert row["communications"][0]["last_activity_at"] == NOON + 9000

    (kept,) = ground.read(history.search, campaign.domain).items
    assert kept["id"] == attempt.id
    assert kept["queue"] == {"id": campaign.queue, "name": "Reminder"}
    assert kept["member"] == {"id": member, "name": "M0"}
    assert kept["resource"] == {"id": campaign.resource, "name": "Line"}
    assert (kept["destination"], kept["type_name"], kept["display"]) == ("+380 44 111", "Mobile", "380441234567")
    assert (kept["offering_at"], kept["bridged_at"], kept["leaving_at"]) == (NOON, NOON + 2000, NOON + 9000)
    assert (kept["result"], kept["disposition"], kept["cause"]) == ("abandoned", "answered_short", "NORMAL_CLEARING")
    assert kept["variables"] == {"city": "Kyiv", "status": "Busy"}

    (call,) = ground.read(calls.search, campaign.domain).items
    assert call["id"] == attempt.call_id
    assert call["gateway"] == {"id": campaign.gateway, "name": "Trunk"}
    assert (call["duration"], call["talk_sec"], call["sip_code"]) == (9, 7, 200)
    assert call["variables"] == {"status": "Busy"}
    assert call["schemas"] == [{"id": campaign.schema, "name": "Greeting"}]
    assert [file["key"] for file in call["files"]] == ["recordings/a.wav"]
    assert ground.read(calls.get, campaign.domain, attempt.call_id)["sip_trace"] == "INVITE"


def test_the_second_finisher_changes_nothing(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    assert ground.steps(finish(attempt), finish(attempt, result="success")) == [True, False]
    assert ground.step(finish(attempt)) is False
    (row,) = ground.read(members.search, campaign.domain).items
    assert row["attempts"] == 1
    assert len(ground.read(history.search, campaign.domain).items) == 1


def test_success_stops_the_member(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    ground.step(finish(attempt, result="success"))
    row = ground.read(members.get, campaign.domain, member)
    assert (row["stop_cause"], row["stop_at"]) == ("success", NOON + 9000)
    assert counters(ground, campaign) == (1, 0, 0)
    ground.now += 3_600_000
    assert reserve(ground, campaign) == []


def test_a_retry_waits_from_the_end_of_the_call(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    ground.step(finish(attempt))
    assert reserve(ground, campaign) == []
    assert ground.read(claims.next_due, campaign.queue) == NOON + 69_000
    assert ground.write(claims.promote, NOON + 68_999) == 0
    ground.now = NOON + 69_000
    assert ground.write(claims.promote, ground.now) == 1
    (again,) = reserve(ground, campaign)
    assert again.seq == 2


def test_steps_of_an_attempt_that_is_gone_say_so(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    ground.step(finish(attempt))
    assert ground.step(offering(ground, attempt)) == "gone"
    assert ground.step(Redialog(attempt.id, b"")) is False
    assert ground.step(Bridged(attempt.id, NOON, b"")) is False
    assert ground.step(Ended(attempt.id, facts())) is False


def test_an_offer_under_an_old_configuration_is_stale(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    step = offering(ground, attempt)
    ground.write(queues.patch, campaign.domain, campaign.queue, {"enabled": False})
    assert ground.step(step) == "stale"
    (left,) = ground.read(recovery.open_attempts)
    assert (left.state, left.dialog) == ("idle", None)


def test_a_number_on_the_stop_list_is_not_offered(ground: Ground) -> None:
    campaign = a_campaign(ground)
    stop = ground.write(lists.create, campaign.domain, {"name": "Stop"})["id"]
    add_members(ground, campaign, "+380 44 111", "38044112")
    first, second = reserve(ground, campaign)
    ground.write(lists.add_number, campaign.domain, stop, "0038044111")
    ground.write(lists.add_number, campaign.domain, stop, "38044112", expire_at=NOON)
    assert ground.step(offering(ground, first, dnc_list_id=stop)) == "barred"
    assert ground.step(offering(ground, second, dnc_list_id=stop)) == "go"
    ground.step(finish(first, result="barred", facts=None))
    kept = ground.read(history.search, campaign.domain).items[0]
    assert (kept["result"], kept["list_id"]) == ("barred", stop)
    assert ground.read(calls.search, campaign.domain).items == []


def test_an_offer_repeated_after_lost_connection_goes_but_another_does_not(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    step = offering(ground, attempt)
    assert ground.step(step) == "go"
    assert ground.step(step) == "go"
    assert ground.step(offering(ground, attempt, dialog=b"of another node")) == "gone"


def test_barred_at_the_claim_takes_no_slot(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, ["1", "2"])

    def bar(conn: Any) -> None:
        queue = queue_of(conn, campaign)
        (due,) = claims.due(conn, queue, NOON, 10)
        claims.bar(conn, queue, due, due.communications[0], NOON)

    ground.write(bar)
    assert counters(ground, campaign) == (1, 1, 0)
    row = ground.read(members.get, campaign.domain, member)
    assert (row["attempts"], row["stop_cause"]) == (0, "")
    assert [c["stop_at"] for c in row["communications"]] == [NOON, None]
    (attempt,) = reserve(ground, campaign)
    assert attempt.communication.destination == "2"
    assert ground.read(history.search, campaign.domain).items[0]["result"] == "barred"


def test_one_number_has_one_open_attempt(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "+1 555", "001555", "777")
    first, third = reserve(ground, campaign)
    assert {first.communication.destination, third.communication.destination} == {"+1 555", "777"}
    assert reserve(ground, campaign) == []
    ground.step(finish(first, result="success"))
    (second,) = reserve(ground, campaign)
    assert second.communication.destination == "001555"


def test_a_reservation_of_a_member_that_is_not_ready_is_left_out(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1")

    def twice(conn: Any) -> list[int]:
        due = claims.due(conn, queue_of(conn, campaign), NOON, 10)
        members.patch(conn, campaign.domain, member, {"stop_cause": "cancel"})
        return [a.id for a in claims.reserve(conn, [reservation(campaign, m) for m in due])]

    assert ground.write(twice) == []


def test_release_gives_idle_attempts_back_uncounted(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2")
    idle, rung = reserve(ground, campaign)
    ground.step(offering(ground, rung))
    assert ground.write(attempts.release, [idle.id, rung.id]) == 1
    assert counters(ground, campaign) == (2, 2, 1)
    (again,) = reserve(ground, campaign)
    assert (again.member_id, again.seq) == (idle.member_id, 1)
    assert ground.read(history.search, campaign.domain).items == []


def test_recovery_sees_each_attempt_as_it_stood(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2", "3", "4")
    idle, offered, bridged, ended = reserve(ground, campaign)
    ground.steps(*(offering(ground, a, destination="9") for a in (offered, bridged, ended)))
    ground.steps(*(Bridged(a.id, NOON + 1, b"answered") for a in (bridged, ended)))
    ground.step(Ended(ended.id, facts(), {"a": "b"}))
    found = {o.attempt.id: o for o in ground.read(recovery.open_attempts)}
    assert found[idle.id].attempt == idle
    assert [found[a.id].state for a in (idle, offered, bridged, ended)] == ["idle", "offering", "bridged", "hangup"]
    assert (found[offered.id].destination, found[offered.id].dialog) == ("9", b"dialog")
    assert (found[bridged.id].dialog, found[bridged.id].bridged_at) == (b"answered", NOON + 1)
    assert (found[ended.id].facts, found[ended.id].variables) == (facts(), {"a": "b"})


def test_busy_counts_what_holds_a_line(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2")
    first, _ = reserve(ground, campaign)
    assert ground.read(claims.busy) == claims.Busy({campaign.queue: 2}, {campaign.resource: 2})
    ground.step(offering(ground, first))
    ground.step(Ended(first.id, facts()))
    assert ground.read(claims.busy).per_queue == {campaign.queue: 1}


def test_expired_members_stop(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1", expire_at=NOON + 10)
    assert ground.write(claims.expire, NOON + 9) == 0
    assert ground.read(claims.due, ground.read(plans.load).queues[campaign.queue], NOON + 10, 5) == []
    assert ground.write(claims.expire, NOON + 10) == 1
    row = ground.read(members.get, campaign.domain, member)
    assert (row["stop_cause"], row["stop_at"]) == ("expired", NOON + 10)
    assert counters(ground, campaign) == (1, 0, 0)


def test_deferred_members_come_back_when_due(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1")
    ground.write(claims.defer, [member], NOON + 500, "no pattern matches")
    assert reserve(ground, campaign) == []
    assert ground.read(members.get, campaign.domain, member)["deferred"] == "no pattern matches"
    ground.write(claims.promote, NOON + 500)
    assert len(reserve(ground, campaign)) == 1


def test_barred_numbers_are_found_however_written(ground: Ground) -> None:
    campaign = a_campaign(ground)
    stop = ground.write(lists.create, campaign.domain, {"name": "Stop"})["id"]
    ground.write(lists.add_number, campaign.domain, stop, "+380 (44) 111")
    assert ground.read(claims.barred, stop, ["38044111", "0038044111", "5"]) == {"38044111", "0038044111"}
    assert ground.read(claims.barred, stop, []) == set()
