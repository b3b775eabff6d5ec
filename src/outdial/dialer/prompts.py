"""Media files as flows name them, and the cut frames that a switch plays."""

from __future__ import annotations

from functools import partial

from outdial.domain.errors import StoreUnavailable
from outdial.flow.ports import MediaRef
from outdial.store import media
from outdial.store.base import Store
from outdial.store.files import Files
from outdial.switch.port import Frames


class Prompts:
    """The domain's media, remembered while their frames are on disk."""

    def __init__(self, store: Store, files: Files) -> None:
        self._store = store
        self._files = files
        self._frames: dict[int, Frames] = {}
        self._found: dict[tuple[int, int, str], MediaRef] = {}
        self._fresh: set[tuple[int, int, str]] = set()
        """What was looked up since the configuration changed."""

    def forget(self) -> None:
        """The configuration changed: look again."""
        self._fresh.clear()

    async def find(self, domain_id: int, id: int, name: str) -> MediaRef | None:
        """By id, or by name when the id is 0; None when there is no such file.

        Raises StoreUnavailable for a file never asked for before; one that was is played while the store is away.
        """
        key = (domain_id, id, name)
        known = self._found.get(key)
        if known and not self._frames[known.id].alaw.exists():
            known = None
        if known and key in self._fresh:
            return known
        try:
            found = await self._look_up(domain_id, id, name)
        except StoreUnavailable:
            if known:
                return known
            raise
        if found:
            self._found[key] = found
            self._fresh.add(key)
        return found

    async def _look_up(self, domain_id: int, id: int, name: str) -> MediaRef | None:
        row = await self._store.read(partial(media.find, domain_id=domain_id, id=id or None, name=name or None))
        if row is None:
            return None
        alaw, ulaw = (self._files.path(f"{row['prompt_key']}.{law}") for law in ("alaw", "ulaw"))
        if not (alaw.exists() and ulaw.exists()):
            return None
        self._frames[row["id"]] = Frames(alaw, ulaw)
        return MediaRef(row["id"], row["name"])

    def frames(self, id: int) -> Frames:
        """Of a file that ``find`` returned."""
        return self._frames[id]


class DomainMedia:
    """``flow.ports.Media`` of one domain."""

    def __init__(self, prompts: Prompts, domain_id: int) -> None:
        self._prompts = prompts
        self._domain_id = domain_id

    async def find(self, id: int, name: str) -> MediaRef | None:
        return await self._prompts.find(self._domain_id, id, name)
