"""``httpRequest`` (flow-engine §4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from outdial.flow.body import filled, json_body
from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.extract import Extract
from outdial.flow.machine import Run
from outdial.flow.ports.net import HttpRequest, HttpResponse
from outdial.flow.values import as_text

MAX_TIMEOUT_MS = 120_000
COOKIE_S = 3600
"""How long a cookie is kept for ``cacheCookie``."""
FORM = "application/x-www-form-urlencoded"
XML = ("text/xml", "application/xml", "soap")


@dataclass(frozen=True, slots=True)
class Http:
    url: str = arg("", required=True, late=True, example="https://crm.example/people/${id}", help="Where to ask.")
    path: dict[str, Any] = arg(dict, help="Values that replace `${key}` in the URL first, encoded for it.")
    method: str = arg("POST", help="GET, POST, PUT, PATCH, DELETE …")
    headers: dict[str, Any] = arg(dict, secret=True, help="Unless given, content-type is application/json.")
    data: Any = arg(None, help="The body: an object (JSON, or a form by its content-type), or text.")
    timeout: int = arg(1000, unit="ms", help="For everything together; at most two minutes.")
    parser: str = arg("", choices=("", "application/json", "text/xml"), help="Read the answer as this.")
    export_variables: dict[str, Any] = arg(
        dict,
        wire="exportVariables",
        sets=True,
        example={"name": "people.0.name"},
        help="Variable → JSON path, or XPath of XML.",
    )
    response_code: str = arg("", wire="responseCode", sets=True, help="Variable for the status.")
    export_cookie: str = arg("", wire="exportCookie", sets=True, help="Variable for the cookies that were set.")
    cache_cookie: bool = arg(
        False, wire="cacheCookie", help="Keep the cookies for an hour; while they are kept nothing is asked."
    )
    insecure: bool = arg(False, wire="insecureSkipVerify", help="Take any certificate.")
    renegotiation: str = arg("", help="Accepted; TLS here does not renegotiate.")


@application(
    "httpRequest",
    args=Http,
    group="outside",
    waits=True,
    outside=True,
    help="Asks a web server. Any status is an answer; without an answer the variables stay as they were.",
)
async def http_request(run: Run, args: Http) -> str:
    url = _url(run, args)
    cookie_key = f"cookie {args.method.upper()} {url}"
    if args.cache_cookie and args.export_cookie:
        kept = await run.env.net.cached("memory", cookie_key)
        if kept is not None:
            run.connection.set(args.export_cookie, kept)
            return "the cookie is known"
    response = await run.env.net.fetch(_request(run, args, url))
    if args.response_code:
        run.connection.set(args.response_code, str(response.status))
    await _cookies(run, args, response, cookie_key)
    if args.export_variables and response.body:
        await _export(run, args, response)
    return f"{response.status}, {len(response.body)} bytes"


def _url(run: Run, args: Http) -> str:
    url = args.url
    for key, value in args.path.items():
        url = url.replace(f"${{{key}}}", quote(as_text(value).encode("utf-8", "replace"), safe=""))
    return run.scope.expand(url)


def _request(run: Run, args: Http, url: str) -> HttpRequest:
    headers = {name.strip().lower(): as_text(value) for name, value in args.headers.items()}
    kind = headers.setdefault("content-type", "application/json")
    return HttpRequest(
        url=url,
        method=args.method.strip().upper() or "POST",
        headers=headers,
        body=_body(run, args.data, kind.lower()),
        timeout_s=min(args.timeout, MAX_TIMEOUT_MS) / 1000 if args.timeout > 0 else 1.0,
        verify=not args.insecure,
    )


def _body(run: Run, data: Any, kind: str) -> bytes:
    if data is None:
        return b""
    if kind.startswith(FORM) and isinstance(data, Mapping):
        fields = filled(data, run.scope.expand)
        return urlencode({name: as_text(value) for name, value in fields.items()}, errors="replace").encode()
    if any(word in kind for word in XML) and not isinstance(data, str):
        raise AppFailed("the data of an XML request must be a text")
    return json_body(data, run.scope.expand)


async def _cookies(run: Run, args: Http, response: HttpResponse, key: str) -> None:
    cookies = ";".join(value for name, value in response.headers if name == "set-cookie")
    if args.export_cookie and cookies:
        run.connection.set(args.export_cookie, cookies)
        if args.cache_cookie:
            await run.env.net.cache("memory", {key: cookies}, COOKIE_S)


async def _export(run: Run, args: Http, response: HttpResponse) -> None:
    kind = (args.parser or response.header("content-type")).lower()
    wanted = {name: as_text(path) for name, path in args.export_variables.items()}
    if "json" in kind:
        job = Extract(response.body, "json", wanted)
    elif "xml" in kind:
        job = Extract(response.body, "xml", wanted)
    else:
        raise AppFailed(f"an answer of type {kind[:60] or 'nothing'!r} cannot be read; `parser` says what it is")
    async with run.shared.turn:
        found = await run.env.net.extract(job)
    for name, value in found.items():
        run.connection.set(name, value)
