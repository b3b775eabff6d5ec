"""Calendars and time zones."""

from __future__ import annotations

from dataclasses import replace as replace_fields

from sqlalchemy import Connection

from outdial.domain.calendar import Calendar
from outdial.store.listing import ListQuery, Page
from outdial.store.named import row_of
from outdial.store.noun import Noun
from outdial.store.plans import calendar_of
from outdial.store.shape import Shape
from outdial.store.tables import calendar
from outdial.store.zones import names_by_id, offset_s

NOUN = Noun(
    Shape(
        calendar,
        listed=("id", "name", "description"),
        q=("name", "description"),
        zones=frozenset({"timezone"}),
        object="calendars",
    ),
    label="calendar",
)
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete, restore = NOUN.replace, NOUN.patch, NOUN.delete, NOUN.restore


def load(conn: Connection, domain_id: int, id: int, name: str) -> Calendar | None:
    """By id, or by name when the id is 0; one without a zone is in UTC."""
    row = row_of(conn, calendar, domain_id, id, name)
    if row is None:
        return None
    found = calendar_of(row)
    return found if found.timezone else replace_fields(found, timezone="UTC")


def timezones(query: ListQuery, now: int) -> Page:
    """Zones by name: ``{"id", "name", "offset_s"}``; a ``q`` may have stars at both ends."""
    wanted = query.q.casefold().strip("*")
    found = [(id_, name) for id_, name in names_by_id().items() if _hit(name.casefold(), query.q.casefold(), wanted)]
    if query.ids:
        found = [(id_, name) for id_, name in found if id_ in query.ids]
    end = query.offset + query.limit
    items = [{"id": id_, "name": name, "offset_s": offset_s(name, now)} for id_, name in found[query.offset : end]]
    return Page(items, len(found) > end)


def _hit(name: str, pattern: str, wanted: str) -> bool:
    if pattern.startswith("*") and pattern.endswith("*"):
        return wanted in name
    if pattern.endswith("*"):
        return name.startswith(wanted)
    return name.endswith(wanted) if pattern.startswith("*") else not pattern or name == wanted
