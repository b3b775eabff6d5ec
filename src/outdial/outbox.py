"""Sends what stands in the outbox to webhooks, signed, until it is taken or given up.

At least once: a delivery whose answer was not on disk when the service died is sent again, under the same id.
A receiver that is slow or down holds up only its own deliveries.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable

import structlog

from outdial.domain.errors import OutdialError, StoreUnavailable
from outdial.flow.ports.net import HttpRequest
from outdial.net.http import HttpClient
from outdial.store import outbox
from outdial.store.base import Store
from outdial.store.outbox import Due, Sent

log = structlog.get_logger(__name__)

POLL_S = 0.5
AT_ONCE = 8
"""Requests to one webhook."""
BATCH = 64
TIMEOUT_S = 10.0
MAX_ANSWER = 64 * 1024
SICK_S = 2.0


class Outbox:
    """``run`` until cancelled."""

    def __init__(self, store: Store, http: HttpClient, now: Callable[[], int], poll_s: float = POLL_S) -> None:
        self._store = store
        self._http = http
        self._now = now
        self._poll_s = poll_s
        self._busy = Counter[int]()
        """Webhook → requests under way."""
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        try:
            while True:
                try:
                    started = await self.round()
                except StoreUnavailable as error:
                    log.warning("outbox.store_unavailable", detail=error.detail)
                    started = 0
                await asyncio.sleep(0 if started else self._poll_s)
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def settled(self) -> None:
        """Until nothing is under way."""
        while self._under_way:
            await asyncio.wait(list(self._under_way.values()))

    async def round(self) -> int:
        """Starts what is due and may be started; answers how many."""
        full = [webhook for webhook, count in self._busy.items() if count >= AT_ONCE]
        due = await self._store.read(lambda conn: outbox.due(conn, self._now(), full, BATCH))
        started = 0
        for one in due:
            if one.id not in self._under_way and self._busy[one.webhook_id] < AT_ONCE:
                self._busy[one.webhook_id] += 1
                self._under_way[one.id] = asyncio.create_task(self._deliver(one))
                started += 1
        return started

    async def _deliver(self, one: Due) -> None:
        try:
            sent = await self._send(one)
            if sent.problem:
                log.info("webhook.not_taken", webhook=one.webhook_id, delivery=one.id, why=sent.problem)
            await self._store.write(lambda conn: outbox.settle(conn, [sent]))
        except StoreUnavailable as error:  # it is sent again, under the same id
            log.warning("webhook.not_noted", delivery=one.id, detail=error.detail)
            await asyncio.sleep(SICK_S)
        finally:
            del self._under_way[one.id]
            self._busy[one.webhook_id] -= 1
            if not self._busy[one.webhook_id]:
                del self._busy[one.webhook_id]

    async def _send(self, one: Due) -> Sent:
        began = self._now()
        status, problem = 0, ""
        try:
            answer = await self._http.fetch(request_of(one, began))
            status = answer.status
            problem = "" if 200 <= status < 300 else f"It answered {status}."
        except OutdialError as error:
            problem = error.detail
        ended = self._now()
        return Sent(one.id, one.tries + 1, ended, ended - began, status, problem)


def request_of(one: Due, now: int) -> HttpRequest:
    """The signed request. A redirect is not followed: the webhook's address is to be changed then."""
    body = f'{{"id":"{one.id}","event":"{one.event}","at":"{one.created_at}","data":{one.body}}}'.encode()
    headers = {
        "Content-Type": "application/json",
        "X-Outdial-Event": one.event,
        "X-Outdial-Delivery": str(one.id),
        "X-Outdial-Try": str(one.tries + 1),
        "X-Outdial-Timestamp": str(now),
        "X-Outdial-Signature": signature(one.secret, now, body),
    }
    return HttpRequest(one.url, "POST", headers, body, timeout_s=TIMEOUT_S, max_bytes=MAX_ANSWER, max_redirects=0)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """``sha256=`` and the HMAC of the timestamp, a dot and the body."""
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
