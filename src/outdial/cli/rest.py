"""The REST API as the commands use it: every command but ``serve`` and ``demo`` is a client like any other."""

from __future__ import annotations

import os
import ssl
from typing import Any, Self

import httpx

from outdial.domain.errors import Misconfigured, PeerFault, UserMistake
from outdial.settings import Settings


class Rest:
    """A thin synchronous client. Errors of the wire become ours, with the server's own sentence."""

    def __init__(self, base: str, token: str, trusted: str = "") -> None:
        self._http = httpx.Client(
            base_url=f"{base}/api", headers={"X-Webitel-Access": token}, timeout=30.0, verify=verify(trusted)
        )

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


def verify(certificate: str) -> ssl.SSLContext | bool:
    """Trusts the service's own certificate and no other, whatever name is in it; without one, what others trust."""
    if not certificate:
        return True
    try:
        context = ssl.create_default_context(cafile=certificate)
    except OSError as error:
        raise Misconfigured(f"tls_cert: {certificate} cannot be used: {error}.") from None
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context


def connect(settings: Settings, token: str = "") -> Rest:
    """A client of the service that these settings describe.

    The token is the one given, else OUTDIAL_TOKEN, else the admin token of the settings.
    """
    found = token or os.environ.get("OUTDIAL_TOKEN", "") or settings.admin_token
    if not found:
        raise Misconfigured("A token is needed: --token, OUTDIAL_TOKEN or OUTDIAL_ADMIN_TOKEN.")
    return Rest(settings.base, found, settings.tls_cert)


def _detail(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return f"{answer.status_code} {answer.reason_phrase}"
    return str(body.get("detail") or body.get("id") or answer.reason_phrase)
