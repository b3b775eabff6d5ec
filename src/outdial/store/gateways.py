"""SIP gateways. The password goes in as ``password``, is kept sealed and never comes out of here."""

from __future__ import annotations

from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import gateway

NOUN = Noun(
    Shape(gateway, hidden=frozenset({"password_sealed"}), q=("name",), object="gateways"),
    label="gateway",
    sealed=frozenset({"password"}),
)
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete, restore = NOUN.replace, NOUN.patch, NOUN.delete, NOUN.restore
