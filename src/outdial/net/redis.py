"""The cache in Redis: it outlives the service, and nodes share it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

import redis.asyncio
from redis.exceptions import RedisError

from outdial.net.errors import Unreachable

WAIT_S = 2.0


class RedisCache:
    """Keys are ``outdial:<domain>:<key>``. The URL is the operator's, so it goes by no guard."""

    def __init__(self, url: str) -> None:
        """Raises ValueError for what is no redis:// or rediss:// URL."""
        self._client = redis.asyncio.Redis.from_url(
            url,
            decode_responses=True,
            encoding_errors="replace",
            socket_timeout=WAIT_S,
            socket_connect_timeout=WAIT_S,
        )

    async def get(self, domain_id: int, key: str) -> str | None:
        async with _spoken():
            value = await self._client.get(_key(domain_id, key))
        return None if value is None else str(value)

    async def set(self, domain_id: int, values: Mapping[str, str], ttl_s: int) -> None:
        async with _spoken(), self._client.pipeline(transaction=True) as all_or_none:
            for key, value in values.items():
                all_or_none.set(_key(domain_id, key), value, ex=ttl_s or None)
            await all_or_none.execute()

    async def delete(self, domain_id: int, keys: Sequence[str]) -> None:
        if keys:
            async with _spoken():
                await self._client.delete(*(_key(domain_id, key) for key in keys))

    async def close(self) -> None:
        await self._client.aclose()


def _key(domain_id: int, key: str) -> str:
    return f"outdial:{domain_id}:{key}"


@asynccontextmanager
async def _spoken() -> AsyncGenerator[None, None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unreachable(f"Redis: {error or 'no connection'}") from None
