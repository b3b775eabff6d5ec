"""What this machine has for the service."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import resource
import shutil
import socket
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outdial.api.site import BUILT
from outdial.audio.prompt import BadAudio, cut
from outdial.audio.wav import pcm
from outdial.cli.doctor.finding import Finding
from outdial.settings import Settings
from outdial.store.secret import KEY_BYTES

FULL_BYTES, NEARLY_BYTES = 1 << 30, 10 << 30
RECORDED_MB_PER_HOUR = 58
"""Of one call: two G.711 channels."""
DESCRIPTORS = 4096
"""A call takes four; so many are enough for a thousand."""
UNSYNCHRONISED = 5
"""adjtimex(2), TIME_ERROR."""
SILENCE = b"\0\0" * 800


def data_folder(settings: Settings) -> Finding:
    path, name = settings.data, "data folder"
    if not path.exists():
        return Finding("note", name, f"{path} is not there yet", "the first `outdial serve` makes it")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return Finding("bad", name, f"{path} cannot be written", f"give it to the service's user: chown -R USER {path}")
    return Finding("well", name, str(path.resolve()))


def key_file(settings: Settings) -> Finding:
    path, name = settings.key_path, "key file"
    try:
        state, size = path.stat(), len(path.read_bytes())
    except FileNotFoundError:
        return Finding(
            "note", name, f"{path} is not there yet", "the first `outdial serve` makes it; keep a copy apart"
        )
    except OSError as error:
        return Finding("bad", name, f"{path}: {error.strerror}", "let the service's user read it")
    if size != KEY_BYTES:
        return Finding(
            "bad", name, f"{path} is not a key of {KEY_BYTES} bytes", "put the right one back from your backup"
        )
    if state.st_mode & 0o077:
        return Finding("bad", name, f"{path} can be read by others on this machine", f"chmod 600 {path}")
    return Finding("well", name, f"{path}, for its owner only")


def disk(settings: Settings) -> Finding:
    folder = settings.data if settings.data.exists() else Path()
    free = shutil.disk_usage(folder).free
    says = f"{free / 2**30:.1f} GB free, {free // 2**20 // RECORDED_MB_PER_HOUR} hours of recorded talk"
    mend = "make room, or move the data folder (OUTDIAL_DATA) to a bigger disk"
    if free < FULL_BYTES:
        return Finding("bad", "disk", says, mend)
    return Finding("note", "disk", says, mend) if free < NEARLY_BYTES else Finding("well", "disk", says)


def ports(settings: Settings) -> list[Finding]:
    """With the service stopped: whether it could have them."""
    web = _port("HTTP port", socket.SOCK_STREAM, settings.host, settings.port, "OUTDIAL_HOST and OUTDIAL_PORT")
    sip = _port("SIP port", socket.SOCK_DGRAM, settings.sip_host, settings.sip_port, "OUTDIAL_SIP_HOST and _PORT")
    return [web, sip, _media(settings)]


def _port(name: str, kind: socket.SocketKind, host: str, port: int, setting: str) -> Finding:
    trouble = _taken(kind, host, port)
    where = f"{host}:{port}"
    if trouble:
        return Finding(
            "bad", name, f"{where}: {trouble}", f"end what uses it (ss -lnp 'sport = {port}'), or choose {setting}"
        )
    return Finding("well", name, f"{where} is free")


def _media(settings: Settings) -> Finding:
    first, last = settings.rtp_first, settings.rtp_last
    free = [
        port for port in range(first, last) if port % 2 == 0 and not _taken(socket.SOCK_DGRAM, settings.sip_host, port)
    ]
    says = f"{first}–{last}: {len(free)} calls can have one"
    pairs = (last - first + 1) // 2
    if not free:
        return Finding("bad", "RTP ports", says, "choose another range: OUTDIAL_RTP_FIRST and OUTDIAL_RTP_LAST")
    if len(free) < pairs // 2:
        return Finding("note", "RTP ports", says, f"{pairs - len(free)} of them are taken by something else")
    return Finding("well", "RTP ports", says)


def _taken(kind: socket.SocketKind, host: str, port: int) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def clock() -> Finding:
    """Calling hours hang on it."""
    try:
        ZoneInfo("Europe/Kyiv")
    except ZoneInfoNotFoundError:
        return Finding("bad", "clock", "there are no time zones", "pip install tzdata")
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    if state == UNSYNCHRONISED:
        mend = "calling hours follow this clock: timedatectl set-ntp true"
        return Finding("note", "clock", "nobody keeps it right, as far as the system knows", mend)
    return Finding("well", "clock", "kept right by the system" if state >= 0 else "time zones are there")


def descriptors() -> Finding:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    says = f"{most} at most"
    if most != resource.RLIM_INFINITY and most < DESCRIPTORS:
        return Finding(
            "note", "open files", says, f"a thousand calls need {DESCRIPTORS}: LimitNOFILE in the systemd unit"
        )
    return Finding("well", "open files", says if most != resource.RLIM_INFINITY else "no limit")


def sounds() -> Finding:
    """Cuts a short silence, and looks for the voice; it is never loaded here, its licence wants it in a process of its
    own."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "silence.wav"
            source.write_bytes(pcm(SILENCE))
            cut(source, Path(folder) / "cut")
        voice = importlib.util.find_spec("espeakng_loader")
    except (OSError, BadAudio) as error:
        return Finding(
            "bad", "audio tools", str(error), "install Outdial anew: make install, or pip install --force-reinstall"
        )
    if voice is None:
        return Finding("bad", "audio tools", "the voice is missing", "pip install --force-reinstall espeakng-loader")
    return Finding("well", "audio tools", "sounds can be cut, and there is a voice")


def site() -> Finding:
    if (BUILT / "index.html").is_file():
        return Finding("well", "admin site", "built")
    return Finding("note", "admin site", "not built: a plain page stands in its place", "make site")
