"""What can go wrong in a flow."""

from __future__ import annotations

from outdial.domain.errors import PeerFault, UserMistake


class SchemaError(UserMistake):
    """The schema cannot be read."""

    id = "app.flow.schema"

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"schema{path}: {message}")
        self.path = path
        """Where, such as ``[2].if.then[0]``; empty for the whole schema."""
        self.message = message


class AppFailed(UserMistake):
    """An application could not do its work; the flow goes on with the next one."""

    id = "app.flow.application"


class ArgumentError(AppFailed):
    """An argument has the wrong type."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}" if field else f"expected {expected}")
        self.field = field
        self.expected = expected


class ExpressionError(AppFailed):
    """An expression or script does not compile, failed, or went over its limits."""


class SpeechRefused(UserMistake):
    """This cannot be said, or nobody is here to say or hear it."""

    id = "app.speech.refused"


class SpeechFailed(PeerFault):
    """The speech provider failed."""

    id = "app.speech.failed"
