"""Every setting, typed, with the place its value came from. Environment beats ``outdial.toml`` beats the default."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outdial.domain.errors import Misconfigured
from outdial.net.addresses import read_networks

if TYPE_CHECKING:
    from outdial.speech.remote import Server

PREFIX = "OUTDIAL_"
FILE = "outdial.toml"
SECRET = ("admin_token", "database_url", "tts_headers", "mail_profiles", "redis_url", "mq_url", "metrics_token")


def _setting(default: Any, help: str) -> Any:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings; frozen, so that nothing changes under a running service."""

    data: Path = _setting(Path("data"), "Folder of the database, media, recordings and the key file")
    database_url: str = _setting("", "postgresql://user:password@host/name; empty = SQLite in the data folder")
    host: str = _setting("127.0.0.1", "Address of the REST API and the site")
    port: int = _setting(8080, "Port of the REST API and the site; 0 = any free one")
    tls_cert: str = _setting("", "PEM file with the certificate and its chain: HTTPS instead of HTTP; empty = HTTP")
    tls_key: str = _setting("", "PEM file with its key; empty = the key is in the certificate's file")
    sip_host: str = _setting("127.0.0.1", "Address to bind SIP and RTP to; 0.0.0.0 to reach trunks elsewhere")
    sip_port: int = _setting(5060, "UDP port of SIP; 0 = any free one")
    rtp_first: int = _setting(20000, "First UDP port for media")
    rtp_last: int = _setting(29999, "Last UDP port for media")
    public_host: str = _setting("", "Address put into Contact and SDP; empty = the route's local address")
    admin_token: str = _setting("", "A token of the admin user for automation; empty = none")
    key_file: str = _setting("", "Key that seals stored secrets; empty = secret.key in the data folder")
    drain_s: int = _setting(30, "On SIGTERM, seconds that calls in progress may go on")
    media_timeout_s: int = _setting(30, "Hang up an answered call after so many seconds without RTP; 0 = never")
    idle_after_flow_s: int = _setting(60, "Hang up so many seconds after a flow ran out without hangup; 0 = never")
    allow_networks: str = _setting(
        "", "Networks such as 10.0.0.0/8 that flows and webhooks may reach though not public"
    )
    tts_language: str = _setting("en-US", "Language of spoken texts that name none and whose letters do not tell")
    tts_voice: str = _setting("", "Voice of spoken texts that name none; empty = the language's usual one")
    tts_url: str = _setting("", "http(s) address of a text to speech server; empty = the voices that come along")
    tts_headers: str = _setting("", 'Headers for it, as a JSON object such as {"Authorization": "Bearer ..."}')
    tts_body: str = _setting("", "Body for it, with ${text}, ${voice} ...; empty = all fields as a JSON object")
    tts_cache_mb: int = _setting(200, "Spoken texts kept in the data folder; a minute of speech is 1 MB")
    http_audio_cache_mb: int = _setting(100, "Sounds fetched by http_audio and kept; a minute of sound is 1 MB")
    mail_profiles: str = _setting("", "Servers for sendEmail: name=smtp://user:password@host:587?from=address …")
    redis_url: str = _setting("", "Redis for the cache of flows, such as redis://127.0.0.1/0; empty = none")
    mq_url: str = _setting("", "Message queue for mq: nats://… or amqp://…; empty = none")
    sql_drivers: str = _setting(
        "", "What sql may use: postgres, sqlite3 (files in the folder sql of the data); empty = off"
    )
    metrics_token: str = _setting("", "Bearer token for /metrics from elsewhere; empty = only this machine may read it")
    log_level: str = _setting("info", "debug, info, warning or error")

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'outdial.db'}"

    @property
    def tts_server(self) -> Server | None:
        """Raises Misconfigured."""
        if not self.tts_url:
            return None
        from outdial.speech.remote import read_server

        return read_server(self.tts_url, self.tts_headers, self.tts_body)

    @property
    def base(self) -> str:
        """Where the REST API and the site are, seen from this machine."""
        return f"{'https' if self.tls_cert else 'http'}://{self.host}:{self.port}"

    @property
    def key_path(self) -> Path:
        return Path(self.key_file) if self.key_file else self.data / "secret.key"


@dataclass(frozen=True, slots=True)
class Loaded:
    settings: Settings
    sources: Mapping[str, str]
    """Setting name → ``default``, ``outdial.toml`` or the variable's name."""


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Loaded:
    """Reads the file and the environment. Raises Misconfigured, naming the setting and what was expected."""
    env = os.environ if environ is None else environ
    path = (folder or Path()) / FILE
    from_file = _read_file(path)
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for item in dataclasses.fields(Settings):
        name, variable = item.name, PREFIX + item.name.upper()
        sources[name] = "default"
        if name in from_file:
            values[name], sources[name] = _cast(name, item.default, from_file.pop(name)), FILE
        if variable in env:
            values[name], sources[name] = _cast(name, item.default, env[variable]), variable
    if from_file:
        raise Misconfigured(f"{path}: unknown setting {', '.join(sorted(from_file))}; see `outdial config`")
    settings = Settings(**values)
    _check(settings)
    return Loaded(settings, sources)


def describe() -> list[tuple[str, str]]:
    """(name, help) of each setting, in order."""
    return [(item.name, str(item.metadata["help"])) for item in dataclasses.fields(Settings)]


def shown(loaded: Loaded, name: str) -> str:
    """A value as it may be printed: secrets masked."""
    value = str(getattr(loaded.settings, name))
    return "********" if name in SECRET and value else value


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{path}: {error}") from None


def _cast(name: str, default: Any, value: Any) -> Any:
    if isinstance(default, Path):
        return Path(str(value))
    if isinstance(default, int):
        try:
            return int(value)
        except (TypeError, ValueError):
            raise Misconfigured(f"{name}: expected a whole number, got {value!r}") from None
    if not isinstance(value, str):
        raise Misconfigured(f"{name}: expected text, got {value!r}")
    return value


def _check(settings: Settings) -> None:
    for name in ("port", "sip_port", "rtp_first", "rtp_last"):
        if not 0 <= getattr(settings, name) <= 65535:
            raise Misconfigured(f"{name}: expected a port from 0 to 65535")
    for name in ("drain_s", "media_timeout_s", "idle_after_flow_s"):
        if getattr(settings, name) < 0:
            raise Misconfigured(f"{name}: expected seconds, 0 or more")
    if settings.rtp_last - settings.rtp_first < 1:
        raise Misconfigured("rtp_last: expected at least one port above rtp_first")
    if settings.database_url and not settings.database_url.startswith(("postgresql://", "postgres://", "sqlite:")):
        raise Misconfigured("database_url: expected postgresql://user:password@host/name")
    if settings.tts_cache_mb < 1:
        raise Misconfigured("tts_cache_mb: expected megabytes, 1 or more")
    if settings.tts_url:
        assert settings.tts_server
    _check_outside(settings)
    if settings.log_level not in ("debug", "info", "warning", "error"):
        raise Misconfigured("log_level: expected debug, info, warning or error")


def _check_outside(settings: Settings) -> None:
    name = "allow_networks"
    try:
        read_networks(settings.allow_networks)
        if settings.mail_profiles:
            from outdial.net.mail import read_profiles

            name = "mail_profiles"
            read_profiles(settings.mail_profiles)
        if settings.sql_drivers:
            from outdial.net.sql import read_drivers

            name = "sql_drivers"
            read_drivers(settings.sql_drivers)
    except ValueError as error:
        raise Misconfigured(f"{name}: {error}") from None
    if settings.redis_url and not settings.redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise Misconfigured("redis_url: expected redis://host:6379/0")
    if settings.mq_url and not settings.mq_url.startswith(("nats://", "tls://", "amqp://", "amqps://")):
        raise Misconfigured("mq_url: expected nats://host:4222 or amqp://user:password@host:5672/")
