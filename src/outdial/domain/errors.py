"""Every error this project raises on purpose, drawn as one tree.

    OutdialError
    ├── UserMistake                 400  what was asked for cannot be done; the text says what to do instead
    │   ├── BadField                400  one named field is wrong
    │   ├── Unauthenticated         401  no token, or one that does not count any more
    │   ├── Forbidden               403  the token is good, the right is missing
    │   ├── NotFound                404
    │   ├── Conflict                409  someone else changed it, or it is in use
    │   ├── TooManyTries            429  signing in failed too often; the text says how long to wait
    │   └── Misconfigured           –    a setting with which the service cannot start
    ├── PeerFault                   503  the other side's doing: carrier, database, remote server
    │   ├── StoreUnavailable        503  the database is gone or the disk is full
    │   ├── CallRefused             –    no INVITE was sent: no port, no route, shutting down
    │   └── MediaGone               –    the media process died under the call
    └── Bug                         500  ours

The pure rooms ``sip`` and ``rtp`` import nothing of ours and raise ``ValueError`` with a fixed sentence.
"""

from __future__ import annotations


class OutdialError(Exception):
    """Something went wrong."""

    status = 500
    id = "app.error"

    def __init__(self, detail: str | None = None, *, id: str | None = None) -> None:
        super().__init__(detail or type(self).__doc__)
        if id is not None:
            self.id = id

    @property
    def detail(self) -> str:
        return str(self.args[0])


class UserMistake(OutdialError):
    """What was asked for cannot be done."""

    status = 400
    id = "app.request.invalid"


class BadField(UserMistake):
    """A field is wrong."""

    id = "app.request.field"

    def __init__(self, field: str, expected: str, *, id: str | None = None) -> None:
        super().__init__(f"{field}: {expected}", id=id)
        self.field = field
        self.expected = expected


class Unauthenticated(UserMistake):
    """Sign in first: the token is missing, unknown or expired."""

    status = 401
    id = "session.valid"


class Forbidden(UserMistake):
    """This token has no right to do that."""

    status = 403
    id = "api.context.permissions.app_error"


class NotFound(UserMistake):
    """There is no such record."""

    status = 404
    id = "store.sql.get.app_error"


class Conflict(UserMistake):
    """The record changed meanwhile, or is in use."""

    status = 409
    id = "store.sql.conflict.app_error"


class TooManyTries(UserMistake):
    """Signing in failed too often."""

    status = 429
    id = "app.session.throttled"

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Signing in failed too often; try again in {wait_s} seconds.")
        self.wait_s = wait_s


class Misconfigured(UserMistake):
    """A setting does not let the service start."""

    id = "app.settings.invalid"


class PeerFault(OutdialError):
    """The other side failed."""

    status = 503
    id = "app.peer.unavailable"


class StoreUnavailable(PeerFault):
    """The database does not take writes just now; nothing was changed."""

    id = "store.unavailable"


class CallRefused(PeerFault):
    """The switch did not start the call; no INVITE was sent."""

    id = "switch.refused"

    def __init__(self, cause: str, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        """A name from domain/causes.py."""


class MediaGone(PeerFault):
    """The media process of this call died."""

    id = "switch.media.gone"


class Bug(OutdialError):
    """A fault in Outdial itself."""

    id = "app.bug"
