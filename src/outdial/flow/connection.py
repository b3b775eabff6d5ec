"""The variables of one run: a flat namespace of strings (flow-engine §2.1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from outdial.flow.errors import AppFailed

Kind = Literal["voice", "service"]
"""voice: a call; service: a pre-flow, an after-flow or a hook. The words are the schema types of the wire."""

MAX_LIST = 20_000
"""Characters of one list, as JSON: it is written anew with every item."""
MAX_SIZE = 4_000_000
"""Characters that all variables of one run may hold together."""


class Connection:
    """Base of the two kinds. ``close`` may be called at any time; it stops whatever application runs."""

    kind: Kind

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = dict(variables)
        self.closed = False
        self.revision = 0
        """Grows with every change."""
        self.changes: dict[str, str] = {}
        """What changed since the run loop last looked; for the trace."""
        self._size = sum(map(len, self.variables.values()))
        self._interrupt: Callable[[], None] | None = None

    def get(self, name: str) -> str | None:
        return self.variables.get(name)

    def set(self, name: str, value: str) -> None:
        """Raises AppFailed when the variables together grow too large."""
        size = self._size + len(value) - len(self.variables.get(name, ""))
        if size > MAX_SIZE:
            raise AppFailed(f"the variables would hold more than {MAX_SIZE} characters")
        self._size = size
        self.variables[name] = value
        self._changed(name, value)

    def unset(self, name: str) -> None:
        self._size -= len(self.variables.pop(name, ""))
        self._changed(name, "")

    def export(self, name: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """The other side has gone, or the answer is given: nothing more of this flow runs."""
        self.closed = True
        interrupt, self._interrupt = self._interrupt, None
        if interrupt is not None:
            interrupt()

    def stop(self) -> None:
        """The flow itself has ended it: the application that says so returns, and nothing runs after it.

        What runs beside it (the flow that started a fork) goes on to wait until ``close``.
        """
        self.closed = True

    def on_close(self, interrupt: Callable[[], None] | None) -> None:
        """Called once when the connection closes while a flow runs on it."""
        self._interrupt = interrupt

    def _changed(self, name: str, value: str) -> None:
        self.revision += 1
        self.changes[name] = value


def _json(items: list[str]) -> str:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"))


class VoiceConnection(Connection):
    """A call. What is exported is written as ``usr_<name>`` and travels to history and the after-flow."""

    kind: Kind = "voice"

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(variables)
        self.for_leg_b: dict[str, str] = {}
        """What a second leg is given beside what was exported."""
        self.shown: dict[str, str] = {}
        """What the call's record shall say instead of what was dialled: ``from_number``, ``destination``."""
        self._exported: dict[str, None] = {}
        self._lists: dict[str, list[str]] = {}

    def export(self, name: str) -> None:
        self._exported[name] = None
        self.set(f"usr_{name}", self.get(name) or "")

    def push(self, name: str, value: str) -> None:
        """Appends to the list that history gets under this name; the variable ``usr_<name>`` is its JSON text.

        Raises AppFailed when it grows too long.
        """
        variable = f"usr_{name}"
        before = self.get(variable)
        if len(before or "") + len(value) > MAX_LIST:
            raise AppFailed(f"the list {name} would hold more than {MAX_LIST} characters")
        items = self._lists.get(name, []) if self._is_list(name) else [before] if before else []
        self.set(variable, _json([*items, value]))
        self._lists[name] = [*items, value]

    @property
    def payload(self) -> dict[str, Any]:
        """Every ``usr_`` variable without its prefix: what history and the after-flow see of the call.

        Texts, and lists of texts.
        """
        names = [name[4:] for name in self.variables if name.startswith("usr_")]
        return {name: self._lists[name] if self._is_list(name) else self.variables[f"usr_{name}"] for name in names}

    @property
    def leg_b(self) -> dict[str, str]:
        """The variables that a second leg gets (flow-engine §2.5: export, setAll, setNoLocal)."""
        exported = {f"usr_{name}": self.variables.get(f"usr_{name}", "") for name in self._exported}
        return exported | self.for_leg_b

    def _is_list(self, name: str) -> bool:
        """Until something else is written into the variable."""
        return name in self._lists and self.variables.get(f"usr_{name}") == _json(self._lists[name])


class ServiceConnection(Connection):
    """A request that is answered once. Empty names and values are dropped (flow-engine §5.1)."""

    kind: Kind = "service"

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__({name: value for name, value in variables.items() if name and value})
        self._exported: dict[str, None] = {}

    def unset(self, name: str) -> None:
        self.set(name, "")

    def export(self, name: str) -> None:
        self._exported[name] = None

    @property
    def exports(self) -> dict[str, str]:
        """The exported names with the values they have now."""
        return {name: self.variables.get(name, "") for name in self._exported}
