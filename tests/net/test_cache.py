"""``cache``: memory and a real Redis under one contract."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest

from outdial.flow.errors import AppFailed
from outdial.net.cache import MemoryCache
from outdial.net.errors import Unreachable
from outdial.net.redis import RedisCache

from .brokers import free_port, redis
from .flows import DOMAIN, flow, outside


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis() as url:
        yield url


@asynccontextmanager
async def kept_in(kind: str, request: pytest.FixtureRequest) -> AsyncGenerator[MemoryCache | RedisCache, None]:
    if kind == "memory":
        yield MemoryCache(lambda: 0)
        return
    cache = RedisCache(request.getfixturevalue("redis_url"))
    try:
        yield cache
    finally:
        await cache.close()


@pytest.mark.parametrize("kind", ["memory", "redis"])
async def test_what_is_set_is_there_until_it_is_deleted(kind: str, request: pytest.FixtureRequest) -> None:
    async with kept_in(kind, request) as cache:
        await cache.set(1, {"a": "1", "b": "Ж"}, 0)
        await cache.set(1, {"a": "2"}, 100)
        assert [await cache.get(1, key) for key in ("a", "b", "c")] == ["2", "Ж", None]
        await cache.delete(1, ["a", "c"])
        await cache.delete(1, [])
        assert [await cache.get(1, key) for key in ("a", "b")] == [None, "Ж"]


@pytest.mark.parametrize("kind", ["memory", "redis"])
async def test_domains_do_not_see_each_other(kind: str, request: pytest.FixtureRequest) -> None:
    async with kept_in(kind, request) as cache:
        await cache.set(2, {"a": "mine"}, 0)
        assert await cache.get(3, "a") is None
        await cache.delete(3, ["a"])
        assert await cache.get(2, "a") == "mine"


async def test_memory_forgets_in_time() -> None:
    now = [0]
    cache = MemoryCache(lambda: now[0])
    await cache.set(1, {"a": "1"}, 5)
    now[0] = 4999
    assert await cache.get(1, "a") == "1"
    now[0] = 5000
    assert await cache.get(1, "a") is None


async def test_redis_is_told_when_to_forget(redis_url: str) -> None:
    cache = RedisCache(redis_url)
    await cache.set(1, {"short": "1"}, 50)
    assert 0 < await cache._client.ttl("outdial:1:short") <= 50
    await cache.close()


async def test_memory_drops_the_oldest_when_a_domain_is_full_and_others_keep_theirs() -> None:
    cache = MemoryCache(lambda: 0, max_size=10)
    await cache.set(2, {"x": "y"}, 0)
    for key in "abcdef":
        await cache.set(1, {key: "1"}, 0)
    assert [await cache.get(1, key) for key in "abcdef"] == [None, "1", "1", "1", "1", "1"]
    assert await cache.get(2, "x") == "y"
    with pytest.raises(AppFailed):
        await cache.set(1, {"big": "x" * 10}, 0)


async def test_a_redis_that_is_away_is_said() -> None:
    cache = RedisCache(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(Unreachable, match="Redis"):
        await cache.get(1, "a")
    await cache.close()


async def test_in_a_flow(redis_url: str) -> None:
    async with outside(redis_url=redis_url) as world:
        for kind in ("memory", "redis"):
            done = await flow(
                world.of(DOMAIN),
                {"cache": {"type": kind, "action": "set", "set": {"data": {"k${n}": "v"}, "ttl": "60"}}},
                {"cache": {"type": kind, "action": "get", "get": {"a": "k1"}}},
                {"cache": {"type": kind, "action": "get", "get": {"key": "k1", "variable": "b"}}},
                {"cache": {"type": kind, "action": "delete", "delete": {"keys": ["k1"]}}},
                {"cache": {"type": kind, "action": "get", "get": {"a": "k1"}}},
                variables={"n": "1"},
            )
            assert done.variables == {"n": "1", "a": "v", "b": "v"}, "a missing key sets nothing"
            assert done.results[-1] == "failed: there is no 'k1' in the cache"


async def test_what_is_not_set_up_or_not_said_is_explained() -> None:
    async with outside() as world:
        done = await flow(
            world.of(DOMAIN),
            {"cache": {"type": "redis", "action": "get", "get": {"a": "k"}}},
            {"cache": {"action": "set"}},
            {"cache": {"action": "burn"}},
            {"cache": {"type": "disk", "action": "get"}},
        )
    assert "OUTDIAL_REDIS_URL" in done.results[0]
    assert "needs an object `set`" in done.results[1]
    assert "not 'burn'" in done.results[2]
    assert "not 'disk'" in done.results[3]
