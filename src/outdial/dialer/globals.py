"""The domains' global variables, as flows read them: through a cache of a few seconds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection

from outdial.store import variables
from outdial.store.base import Store

FRESH_S = 10.0
"""How old what flows read may be."""


class Globals:
    """One mapping a domain, shared by all its flows: what is read anew is there for flows that run already."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, dict[str, str]] = {}
        self._secrets: dict[int, set[str]] = {}
        self._written = 0

    def of(self, domain_id: int) -> Mapping[str, str]:
        return self._known.setdefault(domain_id, {})

    async def refresh(self, domain_ids: Iterable[int] = ()) -> None:
        """Reads those of the domains given, and of all that flows have asked for."""
        for domain_id in {*self._known, *domain_ids}:
            written = self._written
            stored, encrypted = await self._store.read(partial(_read, domain_id=domain_id))
            if written != self._written:  # what was read may be older than what a flow has stored meanwhile
                continue
            mine = self._known.setdefault(domain_id, {})
            mine.clear()
            mine.update({name: _text(value) for name, value in stored.items()})
            self._secrets[domain_id] = {mine[name] for name in encrypted}

    def secrets(self, domain_id: int) -> Collection[str]:
        """Values of encrypted ones: no trace shows them."""
        return self._secrets.setdefault(domain_id, set())

    def now(self, domain_id: int, values: Mapping[str, str], secrets: Iterable[str]) -> None:
        """These have just been stored."""
        self._written += 1
        self._known.setdefault(domain_id, {}).update(values)
        self._secrets.setdefault(domain_id, set()).update(secrets)


def _read(conn: Connection, domain_id: int) -> tuple[dict[str, Any], list[str]]:
    return variables.all_globals(conn, domain_id), variables.encrypted_names(conn, domain_id)


def _text(value: Any) -> str:
    """A value as flows see it: text; anything else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
