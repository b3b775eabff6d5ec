"""Counters and histograms of what happens. Labels come from fixed sets only, so the number of series is bounded."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from outdial.domain.causes import CAUSES
from outdial.domain.happening import Happening, Moved, Stage

disable_created_metrics()  # type: ignore[no-untyped-call]

RESULTS = frozenset(("success", "abandoned", "failed", "cancel", "barred", "expired"))
STAGES: tuple[Stage, ...] = ("waiting", "offering", "ringing", "bridged", "leaving")
OTHER = "other"
LAG_S = 0.25
"""How often the loop is looked at: often enough for a minute's percentile, four wake-ups a second."""
SETUP_S = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60)
TALK_S = (1, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
LATE_S = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 5)
WORK_S = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5)
GROUP = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Meters:
    """``tell``, ``claimed`` and ``committed`` take what happened; a few microseconds each."""

    def __init__(self) -> None:
        self.registry = made = CollectorRegistry()
        self._calls = Counter("outdial_calls", "Calls that are over, by hang-up cause", ["cause"], registry=made)
        self._attempts = Counter("outdial_attempts", "Attempts that are over, by result", ["result"], registry=made)
        self._open = Gauge("outdial_attempts_open", "Attempts in progress, by stage", ["stage"], registry=made)
        self._ring = Histogram(
            "outdial_call_ringing_seconds", "From INVITE to the first 18x", buckets=SETUP_S, registry=made
        )
        self._setup = Histogram("outdial_call_setup_seconds", "From INVITE to answer", buckets=SETUP_S, registry=made)
        self._talk = Histogram("outdial_call_talk_seconds", "From answer to hang-up", buckets=TALK_S, registry=made)
        self._late = Histogram(
            "outdial_pacing_late_seconds",
            "How long after its moment an INVITE left: the jitter of the pace",
            buckets=LATE_S,
            registry=made,
        )
        self._claim = Histogram(
            "outdial_claim_seconds", "One round of claiming, its commit included", buckets=WORK_S, registry=made
        )
        self._commit = Histogram("outdial_store_commit_seconds", "One commit", buckets=WORK_S, registry=made)
        self._group = Histogram("outdial_store_commit_jobs", "Jobs of one commit", buckets=GROUP, registry=made)
        self._lag = Histogram(
            "outdial_loop_lag_seconds", "How late the event loop came to a timer", buckets=LATE_S, registry=made
        )
        self._stages: dict[str, Stage] = {}
        """Call id → stage of attempts in progress."""
        for stage in STAGES:
            self._open.labels(stage)

    def tell(self, happening: Happening) -> None:
        """Takes what the dialer tells."""
        if not isinstance(happening, Moved):
            return
        self._move(happening.attempt.call_id, happening.stage)
        if happening.stage == "offering" and happening.attempt.ring_at:
            self._late.observe(max(0, happening.at - happening.attempt.ring_at) / 1000)
        elif happening.stage == "over":
            self._over(happening)

    def _move(self, call_id: str, stage: Stage) -> None:
        before = self._stages.pop(call_id, None)
        if before == stage:
            self._stages[call_id] = stage
            return
        if before:
            self._open.labels(before).dec()
        if stage != "over":
            self._stages[call_id] = stage
            self._open.labels(stage).inc()

    def _over(self, moved: Moved) -> None:
        self._attempts.labels(moved.result if moved.result in RESULTS else OTHER).inc()
        facts = moved.facts
        if facts is None:
            return
        self._calls.labels(facts.cause if facts.cause in CAUSES else OTHER).inc()
        if facts.ringing_at:
            self._ring.observe(max(0, facts.ringing_at - facts.created_at) / 1000)
        if facts.answered_at:
            self._setup.observe(max(0, facts.answered_at - facts.created_at) / 1000)
            self._talk.observe(max(0, facts.hangup_at - facts.answered_at) / 1000)

    def claimed(self, seconds: float) -> None:
        self._claim.observe(seconds)

    def committed(self, seconds: float, jobs: int) -> None:
        self._commit.observe(seconds)
        self._group.observe(jobs)

    async def watch_loop(self) -> None:
        """Measures how late the event loop is, until cancelled."""
        loop = asyncio.get_running_loop()
        with suppress(asyncio.CancelledError):
            while True:
                due = loop.time() + LAG_S
                await asyncio.sleep(LAG_S)
                self._lag.observe(max(0.0, loop.time() - due))
