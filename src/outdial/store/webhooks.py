"""Webhooks and the log of their deliveries."""

from __future__ import annotations

from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import delivery, webhook

NOUN = Noun(
    Shape(webhook, order="+name", q=("name", "url"), hidden=frozenset({"secret_sealed"})),
    label="webhook",
    sealed=frozenset({"secret"}),
    restorable=False,
    dialing=False,
)
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete = NOUN.replace, NOUN.patch, NOUN.delete

DELIVERIES = Noun(
    Shape(delivery, order="-id", parent="webhook_id"), label="delivery", title="event", restorable=False, dialing=False
)
