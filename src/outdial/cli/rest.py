"""The REST API as the commands use it: every command but ``serve`` and ``demo`` is a client like any other."""

from __future__ import annotations

import os
from typing import Any, Self

import httpx

from outdial.domain.errors import Misconfigured, PeerFault, UserMistake
from outdial.settings import Settings


class Rest:
    """A thin synchronous client. Errors of the wire become ours, with the server's own sentence."""

    def __init__(self, base: str, token: str) -> None:
        self._http = httpx.Client(base_url=f"{base}/api", headers={"X-Webitel-Access": token}, timeout=30.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self._send("POST", path, json=body if body is not None else {})

    def patch(self, path: str, body: Any) -> Any:
        return self._send("PATCH", path, json=body)

    def put(self, path: str, body: Any) -> Any:
        return self._send("PUT", path, json=body)

    def content(self, path: str, **query: Any) -> bytes:
        """What is not JSON, such as a sound."""
        return self._answer("GET", path, params=query).content

    def upload(self, path: str, name: str, mime_type: str, data: bytes) -> Any:
        return self._send("POST", path, files={"file": (name, data, mime_type)})

    def delete(self, path: str) -> Any:
        return self._send("DELETE", path)

    def _send(self, method: str, path: str, **more: Any) -> Any:
        return self._answer(method, path, **more).json()

    def _answer(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **more)
        except httpx.TransportError as error:
            raise PeerFault(f"No answer from {self._http.base_url}: {error}. Does `outdial serve` run?") from None
        if answer.is_success:
            return answer
        raise UserMistake(_detail(answer))


def connect(settings: Settings, token: str = "") -> Rest:
    """A client of the service that these settings describe.

    The token is the one given, else OUTDIAL_TOKEN, else the admin token of the settings.
    """
    found = token or os.environ.get("OUTDIAL_TOKEN", "") or settings.admin_token
    if not found:
        raise Misconfigured("A token is needed: --token, OUTDIAL_TOKEN or OUTDIAL_ADMIN_TOKEN.")
    return Rest(f"http://{settings.host}:{settings.port}", found)


def _detail(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return f"{answer.status_code} {answer.reason_phrase}"
    return str(body.get("detail") or body.get("id") or answer.reason_phrase)
