"""Everything outside, put together once for the service, and as each domain's flows see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from outdial.flow.extract import Extract
from outdial.flow.ports.net import CacheKind, Enclosed, HttpRequest, HttpResponse, Mail, Query
from outdial.net.addresses import read_networks
from outdial.net.cache import Cache, MemoryCache
from outdial.net.errors import Refused
from outdial.net.guard import Guard
from outdial.net.http import HttpClient
from outdial.net.links import SOURCES, Linked, Links
from outdial.net.mail import Attach, Mailer, read_profiles
from outdial.net.queue import open_queue
from outdial.net.redis import RedisCache
from outdial.net.sql import Databases, read_drivers

Extractor = Callable[[Extract], Awaitable[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class OutsideConfig:
    """The settings of those names."""

    allow_networks: str = ""
    mail_profiles: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    mq_url: str = field(default="", repr=False)
    sql_drivers: str = ""
    sql_folder: Path = Path("sql")


class Outside:
    """The service's ways out. Nothing is connected before it is needed."""

    def __init__(
        self, config: OutsideConfig, now: Callable[[], int], extracts: Extractor, attach: Attach, links: Links
    ) -> None:
        """``now`` in epoch ms; ``attach`` finds files. Raises ValueError for a setting that cannot be read."""
        self.now = now
        self.extracts = extracts
        self.attach = attach
        self.links = links
        self.guard = Guard(read_networks(config.allow_networks))
        self.http = HttpClient(self.guard)
        self.mailer = Mailer(self.guard, read_profiles(config.mail_profiles), attach)
        self.databases = Databases(self.guard, read_drivers(config.sql_drivers), config.sql_folder)
        self.queue = open_queue(config.mq_url) if config.mq_url else None
        self._redis = RedisCache(config.redis_url) if config.redis_url else None
        self._memory = MemoryCache(now)

    def of(self, domain_id: int) -> DomainNet:
        return DomainNet(self, domain_id)

    def cache(self, kind: CacheKind) -> Cache:
        """Raises Refused for one that is not set up."""
        if kind == "memory":
            return self._memory
        if self._redis is None:
            raise Refused("there is no Redis here; OUTDIAL_REDIS_URL names one")
        return self._redis

    async def close(self) -> None:
        await self.mailer.close()
        await self.http.close()
        for connected in (self.queue, self._redis):
            if connected is not None:
                await connected.close()


@dataclass(frozen=True, slots=True)
class DomainNet:
    """``flow.ports.net.Net`` of one domain."""

    outside: Outside
    domain_id: int

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        return await self.outside.http.fetch(request)

    async def extract(self, job: Extract) -> dict[str, str]:
        return await self.outside.extracts(job)

    async def send_mail(self, mail: Mail, *, wait: bool) -> str:
        return await self.outside.mailer.send(self.domain_id, mail, wait=wait)

    async def query(self, query: Query) -> dict[str, str]:
        return await self.outside.databases.first_row(query)

    async def cached(self, kind: CacheKind, key: str) -> str | None:
        return await self.outside.cache(kind).get(self.domain_id, key)

    async def cache(self, kind: CacheKind, values: Mapping[str, str], ttl_s: int) -> None:
        await self.outside.cache(kind).set(self.domain_id, values, ttl_s)

    async def uncache(self, kind: CacheKind, keys: Sequence[str]) -> None:
        await self.outside.cache(kind).delete(self.domain_id, keys)

    async def link(self, source: str, id: int, expire_s: int) -> str:
        """Raises Refused, or NotFound for a file that the domain does not have."""
        if source not in SOURCES:
            raise Refused(f"source is media or file, not {source!r}")
        await self.outside.attach(self.domain_id, Enclosed(id, source))
        return self.outside.links.make(Linked(self.domain_id, source, id), self.outside.now() // 1000 + expire_s)

    async def publish(self, exchange: str, topic: str, body: bytes) -> None:
        if self.outside.queue is None:
            raise Refused("there is no message queue here; OUTDIAL_MQ_URL names one")
        await self.outside.queue.publish(exchange, topic, body)
