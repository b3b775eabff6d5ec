"""Why a queue does not dial: each fault has its own sentence."""

import pytest

from outdial.dialer.explain import why_broken, why_closed_now, why_waiting
from outdial.domain.calendar import Calendar, Window
from outdial.domain.plan import Plan
from outdial.domain.queue import Rules
from outdial.domain.resource import Placed, ResourceGroup
from tests.dialer.builders import NOON, a_gateway, a_group, a_plan, a_queue, a_resource


def why(plan: Plan, unreachable: dict[int, str] | None = None, flows: dict[int, str] | None = None) -> str:
    return why_broken(plan, plan.queues[1], unreachable or {}, flows or {}) or ""


def test_a_whole_queue_has_no_fault() -> None:
    assert why(a_plan()) == ""


@pytest.mark.parametrize(
    ("queue", "says"),
    [
        ({"enabled": False}, "switched off"),
        ({"unbuilt": ("payload.amd.enabled",)}, "payload.amd.enabled is not honoured"),
        ({"rules": Rules(max_calls=0)}, "Max tasks is 0"),
        ({"calendar_id": None}, "no calendar"),
        ({"schema_id": None}, "no flow schema"),
        ({"schema_id": 99}, "no flow schema"),
    ],
)
def test_faults_of_the_queue(queue: dict[str, object], says: str) -> None:
    assert says in why(a_plan(a_queue(**queue)))


def test_a_broken_flow_is_named() -> None:
    assert "After-executive schema 5 does not work: oh" in why(a_plan(a_queue(after_schema_id=5)), flows={5: "oh"})


def test_a_calendar_without_hours_is_never_open() -> None:
    assert "never open" in why(a_plan(calendar=Calendar(1, "empty", "UTC")))


@pytest.mark.parametrize(
    ("group", "says"),
    [
        (ResourceGroup(1, "g", 7), "has no resource"),
        (a_group(times=()), "no time range"),
        (a_group(Placed(a_resource(enabled=False))), "Resource resource 1 is switched off"),
        (a_group(Placed(a_resource(gateway=None))), "has no gateway"),
        (a_group(Placed(a_resource(gateway=a_gateway(enabled=False)))), "Gateway gateway 1 is switched off"),
        (a_group(Placed(a_resource(limit=0))), "limit of 0"),
        (a_group(Placed(a_resource(displays=()))), "no caller number"),
    ],
)
def test_faults_of_the_resources(group: ResourceGroup, says: str) -> None:
    assert says in why(a_plan(None, group))


def test_one_good_group_is_enough() -> None:
    assert why(a_plan(None, a_group(times=()), a_group(id=2))) == ""


def test_an_unreachable_gateway_is_named() -> None:
    assert why(a_plan(), unreachable={1: "bound to loopback"}) == "bound to loopback"


def test_a_closed_calendar_says_until_when() -> None:
    plan = a_plan(calendar=Calendar(1, "mornings", "UTC", (Window(2, 540, 720), Window(3, 540, 720))))
    text, closed, change = why_closed_now(plan, plan.queues[1], [], NOON)
    assert text == "Calendar mornings is closed now in UTC; the next change is 2023-11-16 09:00:00 UTC."
    assert (closed, change) == (frozenset({""}), NOON + 21 * 3_600_000)


def test_a_queue_with_one_open_zone_dials_only_there() -> None:
    plan = a_plan(calendar=Calendar(1, "afternoons", "UTC", (Window(2, 800, 900),)))
    text, closed, _ = why_closed_now(plan, plan.queues[1], ["", "Europe/Kyiv"], NOON)
    assert (text, closed) == (None, frozenset({""}))


def test_waiting_says_when_the_next_member_is_due() -> None:
    assert why_waiting(None, "UTC") == "No member is waiting to be called."
    assert "2023-11-15 12:00:00 UTC" in why_waiting(NOON, "UTC")
