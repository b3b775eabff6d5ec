"""The composition root: settings → store, switch, dialer, api. The only file that knows all the parts."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from random import Random, SystemRandom
from typing import TypeVar

import structlog
import uvicorn

from outdial.api import session
from outdial.api.app import build
from outdial.api.doors import Deps
from outdial.api.feed import Feed
from outdial.api.figures import Board
from outdial.api.metrics.meters import Meters
from outdial.api.metrics.page import Glance, MetricsPage, Trunk
from outdial.dialer.attachments import Attachments
from outdial.dialer.attempt import Tools
from outdial.dialer.ending import Hurry
from outdial.dialer.engine import Dialer
from outdial.dialer.flows import Flows
from outdial.dialer.prompts import Prompts
from outdial.dialer.recordings import Recordings
from outdial.dialer.remote_audio import RemoteSounds
from outdial.domain.errors import Misconfigured
from outdial.domain.happening import Happening
from outdial.flow.validate import validate
from outdial.net.addresses import EVERYWHERE
from outdial.net.guard import Guard
from outdial.net.http import HttpClient
from outdial.net.links import Links
from outdial.net.outside import Outside, OutsideConfig
from outdial.outbox import Outbox
from outdial.sandbox import Sandbox
from outdial.settings import Settings
from outdial.speech.opening import open_speech
from outdial.speech.speaker import Speaker
from outdial.store.base import Store
from outdial.store.files import Files
from outdial.store.opening import open_store
from outdial.store.secret import Box
from outdial.switch.embedded.config import SwitchConfig
from outdial.switch.embedded.switch import EmbeddedSwitch
from outdial.worker import Worker

T = TypeVar("T")
log = structlog.get_logger(__name__)

COLLECT_AT = 10_000, 10, 100
"""Objects, and younger collections, until garbage is collected again: the usual is 700, 10, 10."""
SOCKET_BYTES = 64 * 1024
"""Of one request over a WebSocket."""
NO_TLS = (
    "Passwords and tokens cross the network readable. Set OUTDIAL_TLS_CERT and OUTDIAL_TLS_KEY, or put a proxy with TLS"
    " before it and set OUTDIAL_HOST=127.0.0.1."
)
HTTP_FAREWELL_S = 3
"""At a stop, requests under way have so long to end."""


def now_ms() -> int:
    """The clock of the running service: epoch milliseconds."""
    return time.time_ns() // 1_000_000


class _Server(uvicorn.Server):
    """uvicorn as one task of ours: signals are the service's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not here: ``Service.run`` hears them, and calls go on while HTTP still answers."""
        yield


class Service:
    """One running Outdial. ``run`` returns after ``stop`` or a signal, when everything is on record."""

    def __init__(self, settings: Settings, *, hurry: int = 1, rng: Random | None = None) -> None:
        self.settings = settings
        self.address = ""
        """http://host:port once it listens."""
        self.ready = asyncio.Event()
        self._hurry = Hurry(hurry)
        self._rng = rng or SystemRandom()
        self._stop = asyncio.Event()
        self._store: Store | None = None

    def stop(self) -> None:
        self._stop.set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    async def run(self) -> None:
        """Raises Misconfigured when a setting does not let it start."""
        settings = self.settings
        configure_logging(settings.log_level)
        _try_certificate(settings)
        _make_folder(settings.data)
        box = Box.from_file(settings.key_path)
        store = await open_store(settings.store_url, now=now_ms, box=box)
        try:
            await self._run(store, box)
        finally:
            await store.close()

    async def one_time_link(self) -> str:
        """The address of the live page with a token that signs in once."""
        assert self._store is not None
        return f"{self.address}/?token={await session.one_time_token(self._store, now_ms())}"

    async def _run(self, store: Store, box: Box) -> None:
        settings = self.settings
        self._store = store
        await self._let_admin_in(store)
        files = Files(settings.data)
        switch = EmbeddedSwitch(_switch_config(settings), now_ms)
        sandbox = Sandbox()
        links = Links(box.key_for("links"))
        outside = Outside(_outside_config(settings), now_ms, sandbox.extract, Attachments(store, files), links)
        speech = _speech(settings)
        worker = Worker()
        remote = RemoteSounds(settings.data / "remote", settings.http_audio_cache_mb << 20, worker.cut, now_ms)
        flows = Flows(
            store,
            Prompts(store, files),
            now_ms,
            net=outside.of,
            scripts=sandbox.script,
            speech=speech,
            remote=remote.of,
        )
        feed, meters = Feed(now_ms), Meters()
        store.committed = meters.committed
        dialer = self._dialer(store, switch, flows, files, feed=feed, meters=meters)
        deps = self._deps(
            store, switch, dialer, files, worker=worker, speech=speech, links=links, sandbox=sandbox, feed=feed
        )
        site = build(deps, MetricsPage(meters, store, _glance(deps, switch, dialer), settings.metrics_token))
        listener = _listen(settings)
        server = _Server(
            uvicorn.Config(
                site,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=HTTP_FAREWELL_S,
                ws="websockets-sansio",
                ws_max_size=SOCKET_BYTES,
                ssl_certfile=settings.tls_cert or None,
                ssl_keyfile=settings.tls_key or None,
            )
        )
        await switch.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(server.serve(sockets=[listener]))
                dialing = tasks.create_task(dialer.run())
                watching = tasks.create_task(meters.watch_loop())
                sending = tasks.create_task(Outbox(store, outside.http, now_ms).run())
                self._announce(listener)
                await self._until_stopped()
                log.info("service.stopping", drain_s=settings.drain_s)
                await dialer.stop(settings.drain_s)
                dialing.cancel()
                watching.cancel()
                sending.cancel()
                feed.close()
                server.should_exit = True
        except BaseExceptionGroup as group:
            raise _plain(group) from None
        finally:
            await switch.close()  # whatever broke, nobody is left on the line
            await speech.close()
            worker.close()
            await outside.close()
            await sandbox.close()

    async def _let_admin_in(self, store: Store) -> None:
        password = await session.ensure_admin(store)
        if password:
            print(f"First start: sign in as admin with the password {password}", flush=True)
        await session.preset_token(store, self.settings.admin_token)

    def _announce(self, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        self.address = f"{'https' if self.settings.tls_cert else 'http'}://{host}:{port}"
        if not self.settings.tls_cert and not ip_address(host).is_loopback:
            log.warning("service.no_tls", address=self.address, detail=NO_TLS)
        log.info("service.ready", address=self.address, data=str(self.settings.data))
        self.ready.set()
        _collect_less()

    async def _until_stopped(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        await self._stop.wait()

    def _dialer(
        self, store: Store, switch: EmbeddedSwitch, flows: Flows, files: Files, *, feed: Feed, meters: Meters
    ) -> Dialer:
        settings = self.settings

        def tell(happening: Happening) -> None:
            feed.tell(happening)
            meters.tell(happening)

        tools = Tools(
            store=store,
            switch=switch,
            flows=flows,
            recordings=Recordings(files),
            now=now_ms,
            hurry=self._hurry,
            media_timeout_s=settings.media_timeout_s,
            idle_after_flow_s=settings.idle_after_flow_s,
            tell=tell,
        )
        return Dialer(tools, self._rng, claimed=meters.claimed)

    def _deps(
        self,
        store: Store,
        switch: EmbeddedSwitch,
        dialer: Dialer,
        files: Files,
        *,
        worker: Worker,
        speech: Speaker,
        links: Links,
        sandbox: Sandbox,
        feed: Feed,
    ) -> Deps:
        return Deps(
            store=store,
            files=files,
            prepare_media=worker.cut,
            validate_schema=validate,
            health=lambda: {"store": store.ill(), "switch": switch.ill(), "dialer": dialer.ill()},
            now=now_ms,
            links=links,
            feed=feed,
            board=Board(store, feed),
            gateway_states=lambda: {state.gateway_id: state.r_state for state in switch.gateway_states()},
            speech=speech,
            run_script=sandbox.script,
        )


def _glance(deps: Deps, switch: EmbeddedSwitch, dialer: Dialer) -> Callable[[], Glance]:
    """What is as it is at the moment of asking."""

    def look() -> Glance:
        states = {state.gateway_id: state.r_state for state in switch.gateway_states()}
        trunks = [
            Trunk(gateway.name, gateway.id, states.get(gateway.id, 0), switch.why_unreachable(gateway) is None)
            for gateway in dialer.plan.gateways.values()
        ]
        media, ticks = switch.media.totals, switch.media.ticks
        late = {"0.5": ticks.p50_ms, "0.99": ticks.p99_ms, "1": ticks.max_ms}
        packets = {"sent": media.sent, "received": media.received, "lost": media.lost}
        return Glance(deps.health(), trunks, ticks.legs, late, packets, media.record_bytes)

    return look


def _plain(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """A wrong setting found while running, such as the wrong key file, by itself; else the group."""
    found = [error for error in group.exceptions if isinstance(error, Misconfigured)]
    return found[0] if found else group


def _collect_less() -> None:
    """What a start made stays, so no collection need look at it; and calls leave next to no cycles behind, while
    going through all of them, when thousands are open, would hold the event loop."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AT)


def configure_logging(level: str) -> None:
    """Events as key=value lines on standard error; nothing below ``level`` costs anything."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _switch_config(settings: Settings) -> SwitchConfig:
    return SwitchConfig(
        sip_host=settings.sip_host,
        sip_port=settings.sip_port,
        public_host=settings.public_host,
        rtp_first=settings.rtp_first,
        rtp_last=settings.rtp_last,
    )


def _outside_config(settings: Settings) -> OutsideConfig:
    return OutsideConfig(
        allow_networks=settings.allow_networks,
        mail_profiles=settings.mail_profiles,
        redis_url=settings.redis_url,
        mq_url=settings.mq_url,
        sql_drivers=settings.sql_drivers,
        sql_folder=settings.data / "sql",
    )


def _speech(settings: Settings) -> Speaker:
    """A speech server may stand anywhere, on this machine too: its address is the operator's."""
    return open_speech(
        settings.data / "speech",
        settings.tts_cache_mb,
        settings.tts_server,
        lambda: HttpClient(Guard(EVERYWHERE)),
        language=settings.tts_language,
        voice=settings.tts_voice,
    )


def _try_certificate(settings: Settings) -> None:
    if settings.tls_key and not settings.tls_cert:
        raise Misconfigured("tls_key: there is a key and no certificate; set OUTDIAL_TLS_CERT too.")
    if not settings.tls_cert:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key or None)
    except OSError as error:  # SSLError is one
        raise Misconfigured(f"tls_cert, tls_key: they cannot be used: {error}.") from None


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"The folder {path} cannot be made: {error.strerror}. Choose OUTDIAL_DATA.") from None


def _listen(settings: Settings) -> socket.socket:
    """Bound before anything is dialed, so that a port in use is one clear sentence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Misconfigured(
            f"Port {settings.port} on {settings.host} cannot be used for HTTP: {error.strerror}. "
            "Choose OUTDIAL_HOST and OUTDIAL_PORT."
        ) from None
    listener.listen(512)
    listener.setblocking(False)
    return listener


async def reset_password(settings: Settings, name: str) -> str:
    """A new password for a user, with the service stopped. Raises NotFound, or Misconfigured while it runs."""
    return await _on_the_store(settings, lambda store: session.reset_password(store, name))


async def second_factor_off(settings: Settings, name: str) -> bool:
    """Whether the user had one; with the service stopped. Raises NotFound, or Misconfigured while it runs."""
    return await _on_the_store(settings, lambda store: session.second_factor_off(store, name))


async def _on_the_store(settings: Settings, do: Callable[[Store], Awaitable[T]]) -> T:
    store = await open_store(settings.store_url, now=now_ms, box=Box.from_file(settings.key_path))
    try:
        return await do(store)
    finally:
        await store.close()
