"""The feed's log: one encoding for all, no queue for anybody, and the slow are told what they missed."""

from __future__ import annotations

import asyncio
from typing import Any

from outdial.api.feed import Feed, Wish
from outdial.api.rates import Rates
from tests.api.stream import moved

ALL = Wish(1)


def feed(**more: Any) -> Feed:
    return Feed(lambda: 1_764_000_000_000, **more)


def test_those_at_the_same_place_with_the_same_wishes_get_the_very_same_bytes() -> None:
    told = feed()
    with told.watched():
        place = told.last
        asyncio.run(_tell(told, 3))
        assert told.news(place, ALL).frames[0] is told.news(place, Wish(1)).frames[0]


async def _tell(told: Feed, count: int) -> None:
    for n in range(count):
        told.tell(moved(id=n + 1))


def test_who_is_slower_than_the_log_is_long_is_told_so_and_goes_on_from_now() -> None:
    told = feed(kept=3)
    place = told.last
    asyncio.run(_tell(told, 5))
    news = told.news(place, ALL)
    assert news.lost and news.place == told.last and not news.frames
    asyncio.run(_tell(told, 1))
    assert not told.news(news.place, ALL).lost


def test_who_missed_no_more_than_the_log_keeps_misses_nothing() -> None:
    told = feed(kept=3)
    asyncio.run(_tell(told, 1))
    place = told.last
    asyncio.run(_tell(told, 3))
    news = told.news(place, ALL)
    assert not news.lost and news.frames[0].count(b"data: ") == 3


def test_much_news_comes_in_parts() -> None:
    told = feed()
    place = told.last
    asyncio.run(_tell(told, 1200))
    parts = []
    while (news := told.news(place, ALL)).frames:
        parts.append(news.frames[0].count(b"data: "))
        place = news.place
    assert parts == [500, 500, 200]


def test_ids_of_a_later_run_are_greater() -> None:
    earlier = feed()
    asyncio.run(_tell(earlier, 1000))
    later = Feed(lambda: 1_764_000_000_002)
    assert later.last > earlier.last


def test_a_rate_is_the_mean_of_the_last_whole_seconds() -> None:
    rates = Rates()
    for second in range(10):
        for _ in range(second):
            rates.count(1, 7, second * 1000 + 500)
    assert rates.of(10_000) == {(1, 7): (5 + 6 + 7 + 8 + 9) / 5}
    assert rates.of(9_999) == {(1, 7): (4 + 5 + 6 + 7 + 8) / 5}, "the second that runs is not over"
    assert rates.of(20_000) == {}
