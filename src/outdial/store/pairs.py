"""Pairs of key and value, of an older door of the wire; nothing in the service reads them."""

from __future__ import annotations

from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import routing_variable

NOUN = Noun(
    Shape(routing_variable, q=("key",), object="schema", granted_by=""), label="variable", title="key", dialing=False
)
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete = NOUN.replace, NOUN.patch, NOUN.delete
