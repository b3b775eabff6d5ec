"""Who shares a commit with whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from outdial.domain.beat import TURNS
from outdial.store.gather import LATE_S, MOST, Gatherer, Job
from outdial.store.steps import Bridged, Offering

STEP = Offering(1, 0, 1, None, "1", "2", b"")
LATER = Bridged(1, 0, b"")


class Paper:
    """Writes down the groups it is given; a test says when each is done."""

    def __init__(self) -> None:
        self.groups: list[list[Job]] = []
        self.gatherer = Gatherer(asyncio.get_running_loop(), self.groups.append)

    def done(self) -> None:
        group = self.groups[-1]
        self.gatherer.done(group, [place for place, _ in enumerate(group)])

    async def turn(self) -> None:
        """The turns of the event loop in which a group gathers."""
        for _ in range(TURNS + 2):
            await asyncio.sleep(0)

    def sizes(self) -> list[int]:
        return [len(group) for group in self.groups]


def on_paper(test: Callable[[Paper], Any]) -> None:
    async def run() -> None:
        await test(Paper())

    asyncio.run(run())


def test_what_comes_in_one_turn_is_one_group() -> None:
    async def test(paper: Paper) -> None:
        waiting = [paper.gatherer.add(STEP) for _ in range(3)]
        await paper.turn()
        assert paper.sizes() == [3]
        paper.done()
        assert await asyncio.gather(*waiting) == [0, 1, 2]

    on_paper(test)


def test_while_one_group_is_written_the_next_gathers() -> None:
    async def test(paper: Paper) -> None:
        paper.gatherer.add(STEP)
        await paper.turn()
        rest = [paper.gatherer.add(STEP) for _ in range(2)]
        await paper.turn()
        assert paper.sizes() == [1]
        paper.done()
        while len(paper.groups) < 2:
            await paper.turn()
        paper.done()
        await asyncio.gather(*rest)
        assert paper.sizes() == [1, 2]
        await paper.gatherer.drained()

    on_paper(test)


def test_a_full_group_waits_for_nothing() -> None:
    async def test(paper: Paper) -> None:
        for _ in range(MOST + 1):
            paper.gatherer.add(LATER)
        await paper.turn()
        assert paper.sizes() == [MOST]

    on_paper(test)


def test_only_an_invite_is_in_a_hurry_the_rest_waits_for_company_but_not_for_ever() -> None:
    async def test(paper: Paper) -> None:
        later = paper.gatherer.add(LATER)
        await paper.turn()
        assert paper.sizes() == []
        urgent = paper.gatherer.add(STEP)
        await paper.turn()
        assert paper.sizes() == [2]
        paper.done()
        await asyncio.gather(later, urgent)
        began = asyncio.get_running_loop().time()
        paper.gatherer.add(LATER)
        while len(paper.groups) < 2:
            await paper.turn()
        assert asyncio.get_running_loop().time() - began >= LATE_S / 2

    on_paper(test)
