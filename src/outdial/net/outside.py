"""Everything outside, put together once for the service, and as each domain's flows see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from outdial.flow.extract import Extract
from outdial.flow.ports.net import CacheKind, HttpRequest, HttpResponse, Nowhere
from outdial.net.addresses import Networks
from outdial.net.cache import Cache, MemoryCache
from outdial.net.errors import Refused
from outdial.net.guard import Guard
from outdial.net.http import HttpClient

Extractor = Callable[[Extract], Awaitable[dict[str, str]]]


class Outside:
    """The service's ways out."""

    def __init__(self, allowed: Networks, now: Callable[[], int], extracts: Extractor) -> None:
        self.guard = Guard(allowed)
        self.http = HttpClient(self.guard)
        self.extracts = extracts
        self._caches: dict[CacheKind, Cache] = {"memory": MemoryCache(now)}

    def of(self, domain_id: int) -> DomainNet:
        return DomainNet(self, domain_id)

    def cache(self, kind: CacheKind) -> Cache:
        """Raises Refused for one that is not set up."""
        try:
            return self._caches[kind]
        except KeyError:
            raise Refused(f"there is no {kind} cache here; OUTDIAL_REDIS_URL names one") from None

    async def close(self) -> None:
        await self.http.close()


@dataclass(frozen=True, slots=True)
class DomainNet(Nowhere):
    """``flow.ports.net.Net`` of one domain."""

    outside: Outside
    domain_id: int

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        return await self.outside.http.fetch(request)

    async def extract(self, job: Extract) -> dict[str, str]:
        return await self.outside.extracts(job)

    async def cached(self, kind: CacheKind, key: str) -> str | None:
        return await self.outside.cache(kind).get(self.domain_id, key)

    async def cache(self, kind: CacheKind, values: Mapping[str, str], ttl_s: int) -> None:
        await self.outside.cache(kind).set(self.domain_id, values, ttl_s)

    async def uncache(self, kind: CacheKind, keys: Sequence[str]) -> None:
        await self.outside.cache(kind).delete(self.domain_id, keys)
