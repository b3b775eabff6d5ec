"""Buckets, labels on members; and what a queue says of them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from outdial.domain.errors import UserMistake
from outdial.store.listing import Row
from outdial.store.noun import Noun
from outdial.store.shape import Shape, by
from outdial.store.tables import bucket, member, queue_bucket

NOUN = Noun(
    Shape(
        bucket, listed=("id", "name", "description"), q=("name", "description"), object="dictionaries", granted_by=""
    ),
    label="bucket",
    dialing=False,
)
create, get, search, replace, patch = NOUN.create, NOUN.get, NOUN.search, NOUN.replace, NOUN.patch


def delete(conn: Connection, domain_id: int, id: int) -> Row:
    """Raises UserMistake while members or queues have it."""
    row = get(conn, domain_id, id)
    if conn.execute(select(member.c.id).where(member.c.bucket_id == id).limit(1)).first():
        text = f"The bucket {row['name']} has members; give them another one first."
        raise UserMistake(text, id="store.sql_bucket.delete.app_error")
    return NOUN.delete(conn, domain_id, id)


OF_QUEUE = Noun(
    Shape(
        queue_bucket,
        order="-priority",
        parent="queue_id",
        object="cc_queue",
        granted_by="queue_id",
        filters={"bucket_id": by(queue_bucket.c.bucket_id)},
    ),
    label="bucket of the queue",
    entity="queue_bucket",
    title="bucket",
    patchable=frozenset({"bucket", "ratio", "priority", "disabled"}),
)
"""Their ``parent`` is the queue's id. The dialer rests on them."""


restore = NOUN.restore
