"""The words that ``say`` needs in each language: signs, units, months."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from outdial.flow import saying_uk as uk


@dataclass(frozen=True, slots=True)
class Words:
    signs: Mapping[str, str]
    """Names of characters that a voice would skip."""
    ordinal: Callable[[str], str]
    """The number's digits → as in "the 42nd"."""
    money: Callable[[int, int], str]
    """Whole units and hundredths."""
    duration: Callable[[int, int, int], str]
    """Hours, minutes, seconds."""
    date: Callable[[datetime], str]
    time: Callable[[datetime], str]


def of(language: str) -> Words:
    """By the language's first part: ``uk`` of ``uk_UA``."""
    return _BY_LANGUAGE.get(language.replace("_", "-").split("-")[0].lower(), _OTHER)


def _joined(parts: list[tuple[int, str]]) -> str:
    """Counts with their nouns, without those of which there are none; the last one stands for nothing at all."""
    return " ".join(f"{count} {noun}" for count, noun in parts if count) or f"0 {parts[-1][1]}"


# ── English ──────────────────────────────────────────────────────────────────────────────────────

_EN_SIGNS = {".": "dot", "@": "at", "-": "dash", "_": "underscore", "/": "slash", ":": "colon", "+": "plus",
             "*": "star", "#": "pound"}  # fmt: skip


def _en_ordinal(number: str) -> str:
    if not number.isdigit():
        return number
    last = "th" if number[-2:] in ("11", "12", "13") else {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th")
    return number + last


def _en(count: int, noun: str) -> tuple[int, str]:
    return count, noun if abs(count) == 1 else f"{noun}s"


def _en_money(whole: int, part: int) -> str:
    dollars, (count, cents) = _joined([_en(whole, "dollar")]), _en(part, "cent")
    return f"{dollars} and {count} {cents}" if part else dollars


def _en_duration(hours: int, minutes: int, seconds: int) -> str:
    return _joined([_en(hours, "hour"), _en(minutes, "minute"), _en(seconds, "second")])


_EN_DAYS = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
]  # fmt: skip
_EN_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip


def _en_date(when: datetime) -> str:
    return f"{_EN_DAYS[when.weekday()]}, {_EN_MONTHS[when.month - 1]} {_en_ordinal(str(when.day))}, {when.year}"


def _en_time(when: datetime) -> str:
    half = "AM" if when.hour < 12 else "PM"
    minutes = f" {when.minute:02}" if when.minute else ""
    return f"{when.hour % 12 or 12}{minutes} {half}"


# ── in digits ────────────────────────────────────────────────────────────────────────────────────


def _date(when: datetime) -> str:
    return f"{when.day}.{when.month}.{when.year}"


def _time(when: datetime) -> str:
    return f"{when.hour}:{when.minute:02}"


def _money(whole: int, part: int) -> str:
    return f"{whole},{part:02}" if part else str(whole)


def _duration(hours: int, minutes: int, seconds: int) -> str:
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


_OTHER = Words({}, lambda number: number, _money, _duration, _date, _time)
_BY_LANGUAGE = {
    "en": Words(_EN_SIGNS, _en_ordinal, _en_money, _en_duration, _en_date, _en_time),
    "uk": Words(uk.SIGNS, uk.ordinal, uk.money, uk.duration, uk.date, uk.time),
}
