"""``outdial demo --headless``, the whole of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outdial.carrier.script import TABLE
from tests.e2e.service import free_tcp_port
from tests.trouble.command import outdial

LONGEST_S = 100


@pytest.mark.slow
def test_the_demo_ends_as_its_script_says(tmp_path: Path) -> None:
    words = ("demo", "--headless", "--json", "summary.json")
    said = outdial(*words, folder=tmp_path, port=free_tcp_port(), rtp_first=46000, rtp_last=46999)
    assert said.code == 0, said
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert set(summary) == {
        "members", "attempts", "results", "causes", "statuses", "peak_calls", "first_invite_ms",
        "answer_to_audio_ms", "failed",
    }  # fmt: skip
    assert (summary["members"], summary["failed"]) == (60, [])
    assert sum(summary["results"].values()) == sum(summary["causes"].values()) == summary["attempts"] > 60
    assert {"success", "abandoned"} == set(summary["results"])
    assert {"NORMAL_CLEARING", "USER_BUSY", "CALL_REJECTED", "NO_ANSWER"} <= set(summary["causes"])
    assert {"Busy", "Not listened"} <= set(summary["statuses"])
    assert summary["peak_calls"] > 1
    assert summary["first_invite_ms"] > 0
    assert set(summary["answer_to_audio_ms"]) == {"p50", "p99"}


def test_every_outcome_is_in_it() -> None:
    from outdial.cli.demo.people import people

    rung = {TABLE[int(person.number[-2:])].name for person in people()}
    assert rung == {behaviour.name for behaviour in TABLE}
