"""Telephone numbers as stop lists compare them."""

from __future__ import annotations

import re

_EXTRA = re.compile(r"[\s().\-/]+")


def normalise(number: str) -> str:
    """The form under which two spellings of one number are equal.

    Separators go, ``00`` becomes ``+`` and the ``+`` itself is dropped, so that ``+380 44 123``,
    ``0038044123`` and ``38044123`` compare equal. Letters are folded (SIP user names are numbers too).
    """
    plain = _EXTRA.sub("", number).casefold()
    if plain.startswith("+"):
        return plain[1:]
    return plain[2:] if plain.startswith("00") else plain


def has_digits(number: str) -> bool:
    """Whether there is anything to dial."""
    return any(c in "0123456789" for c in number)
