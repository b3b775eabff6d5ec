"""What flows are told of an attempt, name by name (flow-engine §5.1, §7.2)."""

from __future__ import annotations

from typing import Any

from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.member import Communication
from outdial.domain.queue import Queue
from outdial.domain.resource import Gateway, Resource
from outdial.flow import known

NOW = 1_700_049_600_000
QUEUE = Queue(3, 9, "Reminder", True, 1, 1, variables={"shop": "Kyiv", "city": "queue's", "empty": ""})
NUMBER = Communication(11, 1, "380441", 7, description="work", attempts=2)
GATEWAY = Gateway(4, "trunk", True, "127.0.0.1:5060", username="me", password="s3cret")
RESOURCE = Resource(
    5, "line", True, GATEWAY, 10, variables={"route": "a"}, cid_type="pid", ignore_early_media="consume"
)


def attempt(**more: Any) -> Attempt:
    values: dict[str, Any] = {
        "id": 21, "domain_id": 9, "queue_id": 3, "member_id": 13, "member_name": "Ann",
        "member_timezone": "Europe/Kyiv", "communication": NUMBER, "other_numbers": 0, "resource_id": 5, "group_id": 6,
        "display": "100", "call_id": "uuid", "seq": 4, "joined_at": NOW - 500,
        "variables": {"city": "Lviv", "": "x", "none": "", "wbt_x": "1", "sip_h_Y": "2"},
    }  # fmt: skip
    return Attempt(**values | more)


OF_ATTEMPT = {
    "shop": "Kyiv", "city": "Lviv", "wbt_x": "1", "sip_h_Y": "2", "member_id": "13", "member_name": "Ann",
    "attempt_id": "21", "queue_id": "3", "destination": "380441", "destination_description": "work",
    "destination_type": "7", "destination_seq": "3", "communication_id": "1", "cc_attempt_seq": "4",
    "cc_resource_id": "5", "member_timezone": "Europe/Kyiv", "timestamp": str(NOW), "joined_at": str(NOW - 500),
}  # fmt: skip


def test_attempt_variables_complete_and_in_their_order() -> None:
    assert known.of_attempt(QUEUE, attempt(), NOW) == OF_ATTEMPT


def test_a_bucket_and_nothing_where_there_is_nothing() -> None:
    given = known.of_attempt(QUEUE, attempt(bucket_id=8, member_name="", member_timezone="", variables={}), NOW)
    assert given["bucket_id"] == "8"
    assert given["city"] == "queue's"
    assert not {"member_name", "member_timezone", "empty"} & given.keys()


def test_the_voice_flow_sees_those_and_the_call() -> None:
    given = known.of_voice(QUEUE, attempt(), RESOURCE, NOW)
    assert OF_ATTEMPT.items() <= given.items()
    assert {name: given[name] for name in given.keys() - OF_ATTEMPT.keys()} == {
        "route": "a", "usr_city": "Lviv", "uuid": "uuid", "member_channel_id": "uuid", "direction": "outbound",
        "cc_queue_id": "3", "cc_queue_name": "Reminder", "cc_queue_type": "ivr", "cc_side": "member",
        "cc_member_id": "13", "cc_attempt_id": "21", "wbt_destination": "380441", "wbt_to_number": "380441",
        "wbt_to_name": "Ann", "wbt_to_id": "13", "wbt_to_type": "member", "wbt_from_number": "100",
        "wbt_from_type": "gateway", "wbt_from_id": "4", "effective_caller_id_number": "100",
        "origination_caller_id_number": "100", "caller_id_number": "100", "caller_id_name": "100", "ani": "100",
        "effective_callee_id_number": "380441", "effective_callee_id_name": "Ann", "destination_number": "380441",
        "hangup_after_bridge": "true", "sip_h_X-Webitel-Domain-Id": "9", "sip_h_X-Webitel-Gateway-Id": "4",
        "sip_h_X-Webitel-Direction": "outbound", "sip_cid_type": "pid", "ignore_early_media": "consume",
        "created_time": f"{NOW}000", "answered_time": "0", "hangup_time": "0", "transfer_time": "0",
    }  # fmt: skip


def test_ours_no_secret_of_the_gateway_is_among_them() -> None:
    given = known.of_voice(QUEUE, attempt(), RESOURCE, NOW)
    assert "s3cret" not in given.values()
    assert "sip_auth_password" not in given


def test_call_times_are_in_microseconds_and_follow_the_call() -> None:
    assert known.at_answer(NOW + 1) == {"answered_time": f"{NOW + 1}000"}
    facts = CallFacts(NOW, NOW + 1, NOW + 2, "USER_BUSY")
    assert known.at_hangup(facts) == {"hangup_time": f"{NOW + 2}000", "hangup_cause": "USER_BUSY"}


def test_call_statistics_of_an_answered_call() -> None:
    facts = CallFacts(NOW, NOW + 2000, NOW + 12_999, "NORMAL_CLEARING", 200)
    assert known.of_end(facts, "success", {"status": "ok", "way": ["a", "b"], "none": ""}) == {
        "cc_result": "success", "call_cause": "NORMAL_CLEARING", "call_sip_code": "200", "call_duration": "12",
        "call_voice_sec": "10", "call_bill_sec": "0", "bridged_at": str(NOW + 2000), "status": "ok", "way": '["a","b"]',
    }  # fmt: skip


def test_call_statistics_of_one_that_was_never_answered_have_no_voice() -> None:
    facts = CallFacts(NOW, 0, NOW + 30_000, "NO_ANSWER", 0)
    assert known.of_end(facts, "abandoned", {}) == {
        "cc_result": "abandoned", "call_cause": "NO_ANSWER", "call_duration": "30", "call_bill_sec": "0",
    }  # fmt: skip
