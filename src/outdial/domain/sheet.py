"""Tables of people as text: encoding and delimiter found by looking, columns guessed by their headings."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 20
"""Rows by which the delimiter is found."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HIGH = re.compile(rb"[\xc0-\xff]+")

HEADINGS = {
    "name": ("name", "fullname", "client", "customer", "імя", "піб", "клієнт", "прізвище", "назва"),
    "destination": ("destination", "phone", "number", "tel", "telephone", "mobile", "msisdn", "phonenumber",
                    "телефон", "номер", "тел", "мобільний", "номертелефону"),
    "code": ("code", "type", "phonetype", "код", "тип"),
    "priority": ("priority", "пріоритет"),
    "timezone": ("timezone", "zone", "часовийпояс"),
    "expire_at": ("expire", "expireat", "expires", "дійснийдо"),
    "description": ("description", "comment", "note", "опис", "коментар", "примітка"),
}  # fmt: skip
_FIELD = {word: field for field, words in HEADINGS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Sheet:
    encoding: str
    """As Python names it."""
    delimiter: str
    rows: list[list[str]]
    """With the heading; empty lines are left out."""


def read_sheet(head: bytes, *, cut: bool) -> Sheet:
    """A file, or its beginning when ``cut``: then the last line, which may lack its end, is left out.

    Raises ValueError.
    """
    encoding = encoding_of(head)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head, final=not cut)
    delimiter = max(DELIMITERS, key=lambda one: _fit(text, one))
    rows = _rows(text, delimiter)
    return Sheet(encoding, delimiter, rows[:-1] if cut else rows)


def encoding_of(head: bytes) -> str:
    """By its mark, else UTF-8 if it is that, else one of the two one-byte sets of Windows.

    Cyrillic words are runs of high bytes; in western languages high letters stand alone.
    """
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        runs = _HIGH.findall(head)
        return "cp1251" if 2 * sum(len(run) > 1 for run in runs) >= len(runs) else "cp1252"
    return "utf-8"


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise ValueError(f"the table cannot be read: {error}") from None


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How well it cuts: rows as wide as the heading, then the width. What does not cut at all fits worst."""
    try:
        rows = _rows(text, delimiter)[:LOOKED_AT]
    except ValueError:
        return (-1, 0)
    width = len(rows[0]) if rows else 0
    return (sum(len(row) == width for row in rows) if width > 1 else 0, width)


def guess(heading: str) -> str:
    """The member's field a column holds, by its English or Ukrainian heading ("Phone 2" too); empty if unknown."""
    return _FIELD.get(re.sub(r"[\W\d_]+", "", heading.casefold()), "")
