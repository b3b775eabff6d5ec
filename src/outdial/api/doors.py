"""What every door has in common: who asks, what the handler is given, and how an error leaves."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.door import Door
from outdial.api.feed import Feed
from outdial.api.fields import Shape
from outdial.api.figures import Board
from outdial.api.needs import Need, admit, need_of
from outdial.domain.errors import Bug, Forbidden, OutdialError, Unauthenticated
from outdial.domain.throttle import Throttle
from outdial.flow.ports.speech import NO_SPEECH, Speech
from outdial.flow.program import Problem
from outdial.flow.script import Script, in_thread
from outdial.flow.validate import Reference
from outdial.net.links import Links
from outdial.store import Store, tokens
from outdial.store.context import Actor, acting
from outdial.store.files import Files
from outdial.store.listing import ListQuery
from outdial.store.tokens import Session

T = TypeVar("T")
log = structlog.get_logger("outdial.api")
MOST_ADDRESS = 64
"""A proxy may pass on whatever it was told."""
_REFERENCE = re.compile(r"\s*\([^()]*§[^()]*\)")
"""Where the rule comes from, which readers of the description do not have."""
_PLACE_KIND = re.compile(r":\w+(?=\})")
_PLAIN_ID = re.compile(r"[\w.-]{1,64}")


class _IdConvertor(IntegerConvertor):
    """A number that a record can have; at a longer one there is nothing."""

    regex = "[0-9]{1,18}"


register_url_convertor("id", _IdConvertor())


class Sound(Protocol):
    """A prompt that was cut."""

    @property
    def ms(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Deps:
    """What the composition root hands over."""

    store: Store
    files: Files
    prepare_media: Callable[[Path, Path], Awaitable[Sound]]
    """Cuts the sound at the first path into ``<second>.alaw`` and ``<second>.ulaw``, away from the event loop.
    Raises ValueError with a sentence for the person who brought it."""
    validate_schema: Callable[[object, str, Collection[Reference]], list[Problem]]
    """What is wrong with a flow of a type, given the records it names that are not there; slow for long ones."""
    health: Callable[[], dict[str, str | None]]
    """Part of the service → what is wrong with it, None while it runs."""
    now: Callable[[], int]
    """Epoch ms."""
    links: Links
    """Reads the signed links that flows make."""
    feed: Feed
    board: Board
    gateway_states: Callable[[], Mapping[int, int]] = dict
    """Gateway id → ``r_state`` of those that register."""
    speech: Speech = NO_SPEECH
    run_script: Callable[[Script], Coroutine[Any, Any, str]] = in_thread
    """Runs the ``js`` application's text; raises AppFailed."""
    throttle: Throttle = field(default_factory=Throttle)
    """Of signing in."""


@dataclass(slots=True)
class Call:
    """One request, signed in."""

    request: Request
    deps: Deps
    session: Session
    actor: Actor

    @property
    def domain_id(self) -> int:
        return self.session.domain_id

    @property
    def user_id(self) -> int:
        return self.session.user_id

    def demand(self, object: str, letter: str) -> None:
        """For what a door does beside its own class. Raises Forbidden unless the right holds for the whole class."""
        if not self.session.rights.may(object, letter):
            raise Forbidden(f"{Need(object, letter)} An administrator can give it to one of your roles.")

    def path_id(self, name: str = "id") -> int:
        """An id in the path."""
        return int(self.request.path_params[name])

    def query(self, filters: Shape) -> ListQuery:
        return wire.query_of(self.request, filters)

    async def body(self) -> Any:
        return await wire.read_json(self.request)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Sees what the actor may."""
        return await self.deps.store.read(acting(self.actor, fn))

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """As the actor: the log of changes names them."""
        return await self.deps.store.write(acting(self.actor, fn))


Handler = Callable[[Call], Awaitable[Response]]
OpenHandler = Callable[[Request, Deps], Awaitable[Response]]


class Doors:
    """Collects routes; each runs behind the same guard."""

    def __init__(self, deps: Deps) -> None:
        self.deps = deps
        self.routes: list[Route] = []
        self.described: list[Door] = []
        """In the order of the routes."""
        self._room = ("", "")
        self._object = ""

    def enter(self, room: ModuleType) -> None:
        """The doors that follow are that module's: it names them in the description."""
        first = (room.__doc__ or "").strip().partition("\n")[0]
        self._room = (room.__name__.rpartition(".")[2], _REFERENCE.sub("", first))
        self._object = getattr(room, "OBJECT", "")

    def add(self, method: str, path: str, handler: Handler, doc: Doc) -> None:
        """A door for those who are signed in and have the right: the room's, or what the door says itself."""
        need = need_of(method, path, doc, self._object)

        async def signed_in(request: Request, deps: Deps) -> Response:
            return await handler(await enter(request, deps, need))

        self._open(method, path, signed_in)
        self._describe(method, path, handler, doc, need)

    def add_open(self, method: str, path: str, handler: OpenHandler, doc: Doc) -> None:
        """A door for everybody."""
        self._open(method, path, handler)
        self._describe(method, path, handler, doc, None)

    def _open(self, method: str, path: str, handler: OpenHandler) -> None:
        async def endpoint(request: Request) -> Response:
            return await guarded(request, lambda: handler(request, self.deps))

        self.routes.append(Route(path, endpoint, methods=[method]))

    def _describe(self, method: str, path: str, handler: Handler | OpenHandler, doc: Doc, need: Need | None) -> None:
        tag, about = self._room
        text = " ".join((handler.__doc__ or "").split())
        name = "_".join(re.findall(r"\w+", _PLACE_KIND.sub("", f"{method.lower()}{path}")))
        self.described.append(Door(method, path, tag, about, name, doc, need, text))


async def guarded(request: Request, run: Callable[[], Awaitable[Response]]) -> Response:
    """The one place where errors become answers."""
    request_id = request_id_of(request)
    try:
        response = await run()
    except OutdialError as error:
        response = wire.answer_error(error, request_id)
    except ClientDisconnect:
        response = Response(status_code=400)  # nobody reads it
    except Exception:
        log.exception("app.bug", request_id=request_id, method=request.method, path=request.url.path)
        response = wire.answer_error(Bug("Something went wrong in the service; its log has the details."), request_id)
    response.headers["X-Request-ID"] = request_id
    return response


def request_id_of(request: Request) -> str:
    """The caller's own id when it is a plain one."""
    given = request.headers.get("x-request-id", "")
    return given if _PLAIN_ID.fullmatch(given) else secrets.token_hex(8)


def token_of(request: HTTPConnection) -> str:
    """From the header, an Authorization header, or the query (players and links can send nothing else)."""
    header = request.headers.get("x-webitel-access")
    if header:
        return header
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() in ("bearer", "token") and value:
        return value.strip()
    return request.query_params.get("access_token", "")


def address_of(request: HTTPConnection) -> str:
    """Where a request comes from."""
    return request.client.host[:MOST_ADDRESS] if request.client else ""


async def enter(request: Request, deps: Deps, need: Need) -> Call:
    """The one place where rights are checked. Raises Unauthenticated unless the token counts, else Forbidden."""
    token = token_of(request)

    def find(conn: Connection) -> tuple[Session, Actor]:
        session = tokens.find(conn, token) if token else None
        if session is None:
            raise Unauthenticated
        return session, admit(conn, session, need, request.path_params, address_of(request))

    return Call(request, deps, *await deps.store.read(find))
