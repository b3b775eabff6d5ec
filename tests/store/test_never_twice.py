"""Whatever the order of reserving and finishing, nobody has two open attempts, and each attempt ends once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from outdial.domain.attempt import Attempt
from outdial.store import attempts, claims, members, queues
from outdial.store.steps import Bridged, Ended
from tests.store.builders import a_campaign, add_members, facts, finish, offering, reserve
from tests.store.ground import NOON, Ground


class Dialing(RuleBasedStateMachine):
    """Claims, steps, finishes, releases and edits in any order, with several finishers and shared numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.ground = Ground(":memory:", "memory")
        self.open: dict[int, Attempt] = {}
        self.over: Counter[int] = Counter()
        self.seen: list[Attempt] = []

    @initialize(shared=st.booleans())
    def begin(self, shared: bool) -> None:
        self.campaign = a_campaign(self.ground)
        numbers = [["1", "2"], ["+1"], ["3"], ["2", "4"]] if shared else [["1"], ["2"], ["3"], ["4", "5"]]
        self.members = add_members(self.ground, self.campaign, *numbers)

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        for attempt in reserve(self.ground, self.campaign, limit):
            assert attempt.id not in self.open
            self.open[attempt.id] = attempt
            self.seen.append(attempt)

    @rule(which=st.integers(0, 50))
    def offer(self, which: int) -> None:
        attempt = self._one(which)
        if attempt:
            answer = self.ground.step(offering(self.ground, attempt))
            assert (answer == "go") <= (attempt.id in self.open)

    @rule(which=st.integers(0, 50))
    def answer_and_hang_up(self, which: int) -> None:
        attempt = self._one(which)
        if attempt:
            assert self.ground.step(Bridged(attempt.id, NOON, b"")) is (attempt.id in self.open)
            assert self.ground.step(Ended(attempt.id, facts())) is (attempt.id in self.open)

    @rule(
        which=st.integers(0, 50),
        twice=st.booleans(),
        end=st.fixed_dictionaries(
            {
                "result": st.sampled_from(["success", "abandoned", "cancel", "barred", "failed"]),
                "per_numbers": st.booleans(),
                "exclude_current": st.booleans(),
                "counted": st.booleans(),
            }
        ),
    )
    def finish(self, which: int, twice: bool, end: dict[str, Any]) -> None:
        attempt = self._one(which)
        if not attempt:
            return
        step = finish(attempt, **end)
        answers = self.ground.steps(*([step] * (2 if twice else 1)))
        assert sum(answers) == int(attempt.id in self.open)
        if self.open.pop(attempt.id, None):
            self.over[attempt.id] += 1

    @rule(which=st.integers(0, 50))
    def release(self, which: int) -> None:
        attempt = self._one(which)
        if attempt and self.ground.write(attempts.release, [attempt.id]):
            del self.open[attempt.id]

    @rule(which=st.integers(0, 3), cause=st.sampled_from(["", "cancel", "terminate"]))
    def edit(self, which: int, cause: str) -> None:
        self.ground.write(members.patch, self.campaign.domain, self.members[which], {"stop_cause": cause})

    @rule()
    def time_passes(self) -> None:
        self.ground.now += 70_000
        self.ground.write(claims.promote, self.ground.now)

    def _one(self, which: int) -> Attempt | None:
        return self.seen[which % len(self.seen)] if self.seen else None

    @invariant()
    def nobody_twice(self) -> None:
        rows = self.ground.sql("SELECT member_id, number FROM attempt")
        assert len({row[0] for row in rows}) == len({row[1] for row in rows}) == len(rows) == len(self.open)

    @invariant()
    def each_end_is_in_history_once(self) -> None:
        rows = self.ground.sql("SELECT id, count(*) FROM attempt_history GROUP BY id")
        assert dict(rows) == dict(self.over)

    @invariant()
    def the_counters_are_true(self) -> None:
        if not hasattr(self, "campaign"):
            return
        counted = self.ground.read(queues.counters, self.campaign.domain, self.campaign.queue)
        (waiting,) = self.ground.sql("SELECT count(*) FROM member WHERE stop_at IS NULL")
        assert counted == {"count": 4, "waiting": waiting[0], "active": len(self.open)}

    @invariant()
    def states_follow_from_the_rows(self) -> None:
        rows = self.ground.sql("SELECT state, stop_at, id IN (SELECT member_id FROM attempt) FROM member")
        for state, stop_at, reserved in rows:
            assert (state == 2) == bool(reserved)
            assert reserved or (state == 3) == (stop_at is not None)

    def teardown(self) -> None:
        self.ground.close()


TestNeverTwice = Dialing.TestCase
TestNeverTwice.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)

DIALER = """
import asyncio, os, sys
sys.path.insert(0, sys.argv[2])
from tests.store.builders import build, claim, facts, finish, people
from tests.store.ground import NOON
from outdial.store import members, open_store
from outdial.store.steps import Ended

async def main():
    store = await open_store(sys.argv[1], now=lambda: NOON)
    campaign = await store.write(build)
    rows = people(campaign, *(str(n) for n in range(2000)))
    await store.write(lambda conn: members.bulk(conn, campaign.domain, campaign.queue, rows))
    attempts = await store.write(lambda conn: claim(conn, campaign, NOON, 2000))

    async def end(attempt):
        if await store.step(Ended(attempt.id, facts())) and await store.step(finish(attempt)):
            os.write(1, b"%d\\n" % attempt.id)

    await asyncio.gather(*(end(attempt) for attempt in attempts))

asyncio.run(main())
"""


def test_what_was_awaited_survives_a_kill(tmp_path: Path) -> None:
    """The process is killed in the middle of its work; everything it had been told was written is there."""
    url = f"sqlite:///{tmp_path / 'outdial.db'}"
    root = str(Path(__file__).parent.parent.parent)
    dialer = subprocess.Popen([sys.executable, "-c", DIALER, url, root], stdout=subprocess.PIPE)
    assert dialer.stdout is not None
    told = {int(dialer.stdout.readline()) for _ in range(300)}
    os.kill(dialer.pid, signal.SIGKILL)
    told |= {int(line) for line in dialer.stdout.read().split(b"\n")[:-1]}
    dialer.wait()
    dialer.stdout.close()
    ground = Ground(url, "file")
    kept = {row[0] for row in ground.sql("SELECT id FROM attempt_history")}
    still_open = {row[0] for row in ground.sql("SELECT id FROM attempt")}
    assert 300 <= len(told) < 2000
    assert told <= kept
    assert not kept & still_open
    assert len(kept | still_open) == 2000
    ground.close()
