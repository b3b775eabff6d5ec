"""``/metrics``: what was counted and what is, in the text that Prometheus reads."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import ip_address
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from outdial.api.doors import guarded, token_of
from outdial.api.metrics.meters import Meters
from outdial.domain.errors import Forbidden, StoreUnavailable
from outdial.store.base import Store
from outdial.store.counters import Depth, depths

MOST_QUEUES = 500
"""Queues and trunks with series of their own; those after them have none."""
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Who sends one of these stands before somebody else."""


class Trunk(NamedTuple):
    name: str
    id: int
    r_state: int
    reachable: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """How things are at a moment."""

    parts: Mapping[str, str | None]
    """Part → what is wrong with it."""
    trunks: Sequence[Trunk] = ()
    legs: int = 0
    ticks_late_ms: Mapping[str, float] | None = None
    """Quantile → ms, of the media wheel's last period."""
    packets: Mapping[str, int] | None = None
    record_bytes: int = 0


class MetricsPage:
    """The endpoint: for this machine, and for who has the token."""

    def __init__(self, meters: Meters, store: Store, look: Callable[[], Glance], token: str = "") -> None:
        self._meters = meters
        self._store = store
        self._look = look
        self._token = token
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await guarded(request, lambda: self._answer(request))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """Raises Forbidden."""
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=405)
        if not self._may(request):
            raise Forbidden("/metrics is read from this machine, or with the token of OUTDIAL_METRICS_TOKEN.")
        shown = _Shown(self._look(), await self._depths())
        text = b"".join(generate_latest(part) for part in (self._meters.registry, shown, self._process))
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _may(self, request: Request) -> bool:
        if self._token and hmac.compare_digest(token_of(request).encode(), self._token.encode()):
            return True
        proxied = any(name in request.headers for name in FORWARDED)
        return not proxied and request.client is not None and _is_here(request.client.host)

    async def _depths(self) -> list[Depth]:
        """None while the store is away: everything else is worth most then."""
        try:
            return await self._store.read(lambda conn: depths(conn, MOST_QUEUES))
        except StoreUnavailable:
            return []


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Shown(CollectorRegistry):
    """A glance as metrics."""

    def __init__(self, glance: Glance, queues: Sequence[Depth]) -> None:
        super().__init__()
        self._glance = glance
        self._queues = queues

    def collect(self) -> Iterator[Metric]:
        yield _gauge("outdial_info", "Always 1", ["version"], [([version("outdial")], 1)])
        up = [([part], float(why is None)) for part, why in self._glance.parts.items()]
        yield _gauge("outdial_part_up", "1 while that part of the service runs", ["part"], up)
        yield from self._of_queues()
        yield from self._of_trunks()
        yield from self._of_media()

    def _of_queues(self) -> Iterator[Metric]:
        rows = [
            ([str(q.domain_id), str(q.queue_id), q.name, state], value)
            for q in self._queues
            for state, value in (("waiting", q.waiting), ("active", q.active), ("done", q.members - q.waiting))
        ]
        labels = ["domain", "queue", "name", "state"]
        yield _gauge("outdial_queue_members", "waiting: to be rung; active: in progress; done", labels, rows)

    def _of_trunks(self) -> Iterator[Metric]:
        trunks = self._glance.trunks[:MOST_QUEUES]
        names = {trunk.id: [str(trunk.id), trunk.name] for trunk in trunks}
        states = [(names[trunk.id], trunk.r_state) for trunk in trunks]
        about = "0 does not register, 1 unregistered, 2 trying, 3 registered, 4-7 failed"
        yield _gauge("outdial_trunk_state", about, ["gateway", "name"], states)
        reachable = [(names[trunk.id], float(trunk.reachable)) for trunk in trunks]
        yield _gauge("outdial_trunk_reachable", "1 when calls can leave by it", ["gateway", "name"], reachable)

    def _of_media(self) -> Iterator[Metric]:
        glance = self._glance
        yield _gauge("outdial_media_legs", "Calls with media", [], [([], glance.legs)])
        late = [([quantile], ms / 1000) for quantile, ms in (glance.ticks_late_ms or {}).items()]
        yield _gauge("outdial_media_tick_late_seconds", "How late packets left, last period", ["quantile"], late)
        packets = CounterMetricFamily("outdial_media_packets", "RTP packets of calls that are over", labels=["kind"])
        for kind, count in (glance.packets or {}).items():
            packets.add_metric([kind], count)
        yield packets
        yield CounterMetricFamily("outdial_recorded_bytes", "Recordings of calls that are over", glance.record_bytes)


def _gauge(name: str, about: str, labels: list[str], rows: Sequence[tuple[list[str], float]]) -> Metric:
    gauge = GaugeMetricFamily(name, about, labels=labels)
    for values, value in rows:
        gauge.add_metric(values, value)
    return gauge
