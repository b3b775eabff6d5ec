"""Numbers as spreadsheets leave them, brought to E.164.

``normalise`` of ``domain/number.py`` drops the ``+`` again, so a number that went through here is found by a stop list
which holds it in full, with ``+``, with ``00`` or without either.
"""

from __future__ import annotations

import re

import phonenumbers

_POWER = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_WHOLE = re.compile(r"(\d+)[.,]0+")


def known_region(region: str) -> bool:
    """Whether this is a country with a numbering plan: ``UA``, ``GB``."""
    return region in phonenumbers.SUPPORTED_REGIONS


def repaired(text: str) -> str:
    """Takes back what a spreadsheet did to a number: ``'`` before it, ``.0`` behind it, powers of ten.

    Raises ValueError for a power whose digits are gone: ``3.8E+11`` may have been any of ten thousand million numbers,
    and zeros in their place would ring a stranger.
    """
    text = text.strip().lstrip("'’").strip()
    if power := _POWER.fullmatch(text):
        digits = power[1] + (power[2] or "")
        if len(digits) != int(power[3]) + 1:
            raise ValueError(f"{text}: the spreadsheet cut its digits; format the column as text and export it again")
        return digits
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def e164(text: str, region: str = "") -> str:
    """``+380441234567`` of ``044 123-45-67`` in ``UA``; lost zeros of a national number come back.

    Without a region the number has to name its country. Raises ValueError with a sentence for people.
    """
    plain = repaired(text)
    if not plain:
        raise ValueError("there is no number")
    if not region and plain.startswith("00"):
        plain = "+" + plain[2:]
    try:
        number = phonenumbers.parse(plain, region or None)
    except phonenumbers.NumberParseException:
        raise ValueError(f"{text[:40]}: not a telephone number{_where(region)}") from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise ValueError(f"{text[:40]}: no such number is given out{_where(region)}")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _where(region: str) -> str:
    return f" in {region}" if region else "; choose a region or write it with + and the country"
