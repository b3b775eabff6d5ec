"""The REST client of the commands, speaking to the API on a store in memory."""

from __future__ import annotations

from typing import Any

from outdial.cli.rest import Rest
from outdial.domain.errors import UserMistake
from tests.api.door import Answer, Door


class AtDoor(Rest):
    """Another way there; all else is the client's own."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def _answer(self, method: str, path: str, **more: Any) -> Any:
        answer: Answer = self._door(method, path, **more)
        if answer.status != 200:
            raise UserMistake(answer.body["detail"])
        return answer.response
