"""The real service as a process of its own: started, asked, stopped, killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from tests.e2e.sipp import free_port

TOKEN = "e2e-admin"
START_S = 20
END_S = 20


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OutdialService:
    """``async with OutdialService(folder) as service``: healthy inside, stopped by SIGTERM after.

    ``settings`` are further OUTDIAL_… variables, by their names without the prefix, in lower case.
    """

    def __init__(self, folder: Path, **settings: object) -> None:
        self.log = folder / "service.log"
        self.sip_port = free_port()
        rtp = 30_000 + self.sip_port % 1_000 * 20
        port = free_tcp_port()
        wanted = {
            "data": folder / "data",
            "port": port,
            "sip_port": self.sip_port,
            "rtp_first": rtp,
            "rtp_last": rtp + 999,
            "admin_token": TOKEN,
            "drain_s": 1,
            **settings,
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("OUTDIAL_")}
        self._environment = clean | {f"OUTDIAL_{name.upper()}": str(value) for name, value in wanted.items()}
        self._folder = folder
        self.port = port
        self.rest = Rest(f"http://127.0.0.1:{port}/api")

    async def __aenter__(self) -> OutdialService:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        await self.rest.close()

    async def start(self) -> None:
        """Returns when the service says that it is well."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "outdial.cli", "serve", cwd=self._folder, env=self._environment,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        async with asyncio.timeout(START_S):
            while not await self.rest.is_well():
                assert self._process.returncode is None, f"the service did not start:\n{self.log.read_text()}"
                await asyncio.sleep(0.05)

    async def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """The exit status."""
        if self._process.returncode is None:
            self._process.send_signal(by)
        async with asyncio.timeout(END_S):
            return await self._process.wait()

    async def kill(self) -> None:
        """kill -9 of the main process; what it started must end by itself."""
        left = self.children()
        self._process.kill()
        await self._process.wait()
        async with asyncio.timeout(END_S):
            while any(is_alive(pid) for pid in left):  # noqa: ASYNC110 - not our children, nothing to await
                await asyncio.sleep(0.02)

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    def kill_media(self) -> None:
        """kill -9 of the media process alone."""
        media = [pid for pid in self.children() if b"media" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        assert len(media) == 1, f"expected one media process, found {media}"
        os.kill(media[0], signal.SIGKILL)

    @property
    def pid(self) -> int:
        return self._process.pid

    def children(self) -> list[int]:
        pid = self.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


class Rest:
    """The REST API with the admin's token."""

    def __init__(self, base: str) -> None:
        self._http = httpx.AsyncClient(base_url=base, headers={"X-Webitel-Access": TOKEN}, timeout=10)

    async def close(self) -> None:
        await self._http.aclose()

    async def is_well(self) -> bool:
        try:
            return (await self._http.get("/health")).status_code == 200
        except httpx.TransportError:
            return False

    async def health(self) -> tuple[int, dict[str, Any]]:
        answer = await self._http.get("/health")
        return answer.status_code, answer.json()

    async def get(self, path: str, **query: Any) -> Any:
        return self._body(await self._http.get(path, params=query))

    async def post(self, path: str, body: Any) -> Any:
        return self._body(await self._http.post(path, json=body))

    async def patch(self, path: str, body: Any) -> Any:
        return self._body(await self._http.patch(path, json=body))

    async def put(self, path: str, body: Any) -> Any:
        return self._body(await self._http.put(path, json=body))

    async def delete(self, path: str) -> Any:
        return self._body(await self._http.delete(path))

    async def upload(self, path: str, name: str, data: bytes) -> Any:
        return self._body(await self._http.post(path, files={"file": (name, data, "audio/wav")}))

    async def stream(self, path: str) -> bytes:
        answer = await self._http.get(path)
        assert answer.status_code == 200, f"{answer.request.url}: {answer.status_code} {answer.text}"
        return answer.content

    async def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list."""
        found: list[dict[str, Any]] = []
        for page in range(1, 1000):
            body = await self.get(path, page=page, size=100, **query)
            found += body.get("items") or []
            if not body.get("next"):
                return found
        raise AssertionError("the list has no end")

    @staticmethod
    def _body(answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json()
