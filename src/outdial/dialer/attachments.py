"""Files of a domain as flows send them: media, and recordings."""

from __future__ import annotations

from functools import partial

from outdial.domain.errors import NotFound
from outdial.flow.ports.net import Enclosed
from outdial.net.mail import Attached
from outdial.store import calls, media
from outdial.store.base import Store
from outdial.store.files import Files


class Attachments:
    """Calls look a file up. An id without a source is a recording's, or else a media file's."""

    def __init__(self, store: Store, files: Files) -> None:
        self._store = store
        self._files = files

    async def __call__(self, domain_id: int, file: Enclosed) -> Attached:
        """Raises NotFound, also for a file of another domain."""
        row = None
        if file.source != "media":
            try:
                row = await self._store.read(partial(calls.FILES.get, domain_id=domain_id, id=file.id))
            except NotFound:
                if file.source:
                    raise
        if row is None:
            row = await self._store.read(partial(media.get, domain_id=domain_id, id=file.id))
        return Attached(row["name"], row["mime_type"], self._files.path(row["key"]))
