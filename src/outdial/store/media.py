"""Media files: what is known of them; the bytes are in ``files``."""

from __future__ import annotations

from sqlalchemy import Connection, select

from outdial.store.listing import Row, matches
from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import media_file

NOUN = Noun(
    Shape(
        media_file,
        order="-created_at",
        listed=("id", "name", "mime_type", "size", "created_at"),
        q=("name",),
        object="media_file",
    ),
    label="media file",
    duplicate="store.sql_media_file.save.saving.duplicate",
    dialing=False,
)
"""Fields beside the wire's: ``key`` of the upload, ``prompt_key`` of the decoded frames, ``duration_ms``."""
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete, restore = NOUN.replace, NOUN.patch, NOUN.delete, NOUN.restore


def find(conn: Connection, domain_id: int, id: int | None = None, name: str | None = None) -> Row | None:
    """A media file as flows name it: by id, else by its exact name."""
    where = matches(media_file.c.id, id) if id else matches(media_file.c.name, name or "")
    row = conn.execute(NOUN.shape.of(domain_id).where(*where)).first()
    return NOUN.shape.row(row._mapping, NOUN.shape.fields) if row else None


def lengths(conn: Connection, domain_id: int, most: int = 5000) -> list[tuple[int, str, int]]:
    """Id, name and length in ms of the domain's files, the newest first."""
    c = media_file.c
    wanted = select(c.id, c.name, c.duration_ms).where(c.domain_id == domain_id).order_by(c.id.desc()).limit(most)
    return [(row.id, row.name, row.duration_ms) for row in conn.execute(wanted)]
