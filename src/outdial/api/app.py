"""The API as one ASGI application."""

from __future__ import annotations

from http import HTTPStatus
from importlib.metadata import version

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outdial.api import (
    account,
    acl,
    aggregates,
    attempt_orders,
    attempts,
    board,
    buckets,
    calendars,
    call_controls,
    call_notes,
    calls,
    changelog,
    communications,
    displays,
    drafts,
    drawings,
    flows,
    gateways,
    groups,
    health,
    hooks,
    linked,
    lists,
    live,
    media,
    member_export,
    member_preview,
    members,
    nobody,
    pairs,
    queue_buckets,
    queue_groups,
    queues,
    recordings,
    rehearsal,
    reports,
    resources,
    roles,
    schemas,
    session,
    settings,
    sockets,
    speech,
    streams,
    tokens,
    trials,
    userinfo,
    users,
    variables,
    webhooks,
    wire,
)
from outdial.api.doors import Deps, Doors, request_id_of
from outdial.api.metrics.page import MetricsPage
from outdial.api.openapi.reference import Reference
from outdial.api.site import site
from outdial.domain.errors import NotFound, UserMistake

ROOMS = (
    health, session, userinfo, account, tokens, users, roles, acl, changelog, settings, media, flows, rehearsal,
    schemas, drawings, gateways, resources, groups, variables, communications, calendars, lists, attempts, members,
    queues, queue_groups, calls, recordings, linked, live, speech,
    streams, board, drafts, trials, webhooks,
    buckets, queue_buckets, hooks, pairs, nobody, call_notes, call_controls, aggregates,
    reports, attempt_orders, displays, member_export, member_preview,
)  # fmt: skip
"""In the order of their routes: fixed paths stand before those with an id in their place."""

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""A response that sets one of these itself keeps its own."""
HSTS = "max-age=31536000"


class MethodNotAllowed(UserMistake):
    """This address does not take that method."""

    status = 405
    id = "app.request.method"


def build(deps: Deps, metrics: MetricsPage | None = None) -> Starlette:
    doors = every_door(deps)
    described = Reference(doors.described, version("outdial"))
    routes = [*doors.routes, Route("/openapi.json", described.json), Route("/docs", described.page)]
    return Starlette(
        routes=[
            Mount("/api", routes=routes),
            WebSocketRoute(sockets.PATH, sockets.endpoint(deps)),
            *([Route("/metrics", metrics)] if metrics else []),
            Route("/{path:path}", site),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: _no_such_door, NotFound: _nothing_there},
    )


def every_door(deps: Deps) -> Doors:
    doors = Doors(deps)
    for room in ROOMS:
        doors.enter(room)
        room.install(doors)
    return doors


async def _no_such_door(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        text = f"{request.url.path} does not take {request.method}."
        return wire.answer_error(MethodNotAllowed(text), request_id_of(request))
    known = error.status_code == HTTPStatus.NOT_FOUND
    mistake = NotFound(f"There is nothing at {request.url.path}.") if known else UserMistake(error.detail)
    return wire.answer_error(mistake, request_id_of(request))


async def _nothing_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotFound)
    return wire.answer_error(error, request_id_of(request))


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        await self._app(scope, receive, with_headers)
