"""Everything outside, put together once for the service, and as each domain's flows see it."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.flow.ports.net import HttpRequest, HttpResponse
from outdial.net.addresses import Networks
from outdial.net.guard import Guard
from outdial.net.http import HttpClient


class Outside:
    """The service's ways out."""

    def __init__(self, allowed: Networks = ()) -> None:
        self.guard = Guard(allowed)
        self.http = HttpClient(self.guard)

    def of(self, domain_id: int) -> DomainNet:
        return DomainNet(self, domain_id)

    async def close(self) -> None:
        await self.http.close()


@dataclass(frozen=True, slots=True)
class DomainNet:
    """``flow.ports.net.Net`` of one domain."""

    outside: Outside
    domain_id: int

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        return await self.outside.http.fetch(request)
