"""/metrics: what happened is counted under the labels that the documentation names, and only who may reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.routing import Route, Router

from outdial.api.metrics.meters import Meters
from outdial.api.metrics.page import Glance, MetricsPage, Trunk
from outdial.domain.attempt import Attempt, CallFacts
from outdial.domain.happening import Moved, Stage
from outdial.domain.member import Communication
from tests.api.door import Door

DOCUMENTED = (Path(__file__).parent.parent.parent / "docs" / "operations.md").read_text("utf-8")
NAME = re.compile(r"outdial_\w+")
ATTEMPT = Attempt(
    id=1, domain_id=1, queue_id=1, member_id=1, member_name="", member_timezone="UTC",
    communication=Communication(1, 0, "380441234567", 1), other_numbers=0, resource_id=1, group_id=1, display="",
    call_id="call-1", seq=1, joined_at=0, variables={}, ring_at=1_000,
)  # fmt: skip
FACTS = CallFacts(created_at=1_020, ringing_at=1_500, answered_at=4_020, hangup_at=9_020, cause="NORMAL_CLEARING")
STAGES: tuple[tuple[int, Stage], ...] = (
    (900, "waiting"), (1_020, "offering"), (1_500, "ringing"), (4_020, "bridged"), (9_020, "leaving"),
)  # fmt: skip


class Page:
    def __init__(self, door: Door, meters: Meters, token: str = "") -> None:
        self._door = door
        trunk = Trunk('Trunk "A"\n', 7, 3, True)
        glance = Glance({"store": None, "switch": "SIP is not running"}, [trunk], 2, {"0.5": 1.5}, {"lost": 3}, 90)
        self._page = Router([Route("/metrics", MetricsPage(meters, door.store, lambda: glance, token))])

    def get(self, client: str = "127.0.0.1", **headers: str) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._page, client=(client, 5000))
            async with httpx.AsyncClient(transport=transport, base_url="http://outdial.test") as http:
                return await http.get("/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()})

        return self._door.loop.run_until_complete(send())

    def read(self) -> dict[tuple[str, ...], float]:
        """Sample name and label values → value."""
        return dict(_samples(self.get().text))


def _samples(text: str) -> Iterator[tuple[tuple[str, ...], float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield (sample.name, *sample.labels.values()), sample.value


def a_call(meters: Meters, facts: CallFacts = FACTS, call_id: str = "call-1", result: str = "success") -> None:
    attempt = replace(ATTEMPT, call_id=call_id)
    for at, stage in STAGES:
        meters.tell(Moved(at, stage, attempt, "Queue", facts=facts))
    meters.tell(Moved(9_030, "over", attempt, "Queue", facts=facts, result=result))


def test_a_call_is_counted_by_cause_and_measured(door: Door) -> None:
    meters = Meters()
    a_call(meters)
    found = Page(door, meters).read()
    assert found["outdial_calls_total", "NORMAL_CLEARING"] == 1
    assert found["outdial_attempts_total", "success"] == 1
    assert found["outdial_call_setup_seconds_sum",] == 3.0
    assert found["outdial_call_talk_seconds_sum",] == 5.0
    assert found["outdial_pacing_late_seconds_sum",] == pytest.approx(0.02)
    assert sum(value for key, value in found.items() if key[0] == "outdial_attempts_open") == 0


def test_attempts_in_progress_stand_at_their_stage_alone(door: Door) -> None:
    meters = Meters()
    stages: tuple[Stage, ...] = ("waiting", "offering", "ringing", "ringing")
    for stage in stages:
        meters.tell(Moved(1_020, stage, ATTEMPT, "Queue"))
    found = Page(door, meters).read()
    open_ = {key[1]: value for key, value in found.items() if key[0] == "outdial_attempts_open"}
    assert open_ == {"waiting": 0, "offering": 0, "ringing": 1, "bridged": 0, "leaving": 0}


def test_no_value_from_outside_makes_a_series_of_its_own(door: Door) -> None:
    meters = Meters()
    for number in range(50):
        a_call(meters, replace(FACTS, cause=f"INVENTED_{number}"), f"call-{number}", f"result-{number}")
    found = Page(door, meters).read()
    assert found["outdial_calls_total", "other"] == found["outdial_attempts_total", "other"] == 50
    assert not any("INVENTED" in word or "call-" in word for key in found for word in key)


def test_queues_trunks_parts_and_media_are_shown_as_they_are(door: Door) -> None:
    found = Page(door, Meters()).read()
    assert found["outdial_trunk_state", "7", 'Trunk "A"\n'] == 3
    assert (found["outdial_part_up", "store"], found["outdial_part_up", "switch"]) == (1, 0)
    assert found["outdial_media_packets_total", "lost"] == 3
    assert found["outdial_media_tick_late_seconds", "0.5"] == 0.0015


def test_every_name_is_documented(door: Door) -> None:
    named = set(re.findall(r"outdial_\w+", DOCUMENTED)) | {"outdial_store_commit_jobs"}
    families = list(text_string_to_metric_families(Page(door, Meters()).get().text))
    shown = {f.name + ("_total" if f.type == "counter" else "") for f in families if f.name.startswith("outdial_")}
    assert shown == named


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 403),
        ("127.0.0.1", {"x_forwarded_for": "203.0.113.9"}, 403),
        ("203.0.113.9", {"authorization": "Bearer wrong"}, 403),
        ("203.0.113.9", {"authorization": "Bearer t0ken"}, 200),
    ],
)
def test_this_machine_and_who_has_the_token_may_read_it(
    door: Door, client: str, headers: dict[str, str], status: int
) -> None:
    assert Page(door, Meters(), "t0ken").get(client, **headers).status_code == status


def test_without_a_token_set_none_opens_it(door: Door) -> None:
    assert Page(door, Meters()).get("203.0.113.9", authorization="Bearer ").status_code == 403


def test_the_dashboard_asks_for_nothing_that_is_not_there(door: Door) -> None:
    board = (Path(__file__).parent.parent.parent / "deploy" / "grafana.json").read_text("utf-8")
    families = text_string_to_metric_families(Page(door, Meters()).get().text)
    there = {f.name + {"counter": "_total", "histogram": "_bucket"}.get(f.type, "") for f in families}
    asked = {
        name for panel in json.loads(board)["panels"] for t in panel["targets"] for name in NAME.findall(t["expr"])
    }
    assert asked and asked <= there
