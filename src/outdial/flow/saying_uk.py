"""Ukrainian for ``say``: plural forms, the feminine "one" and "two", ordinals.

Voices read digits as masculine cardinals; whatever must sound otherwise is written out here.
"""

from __future__ import annotations

from datetime import datetime

SIGNS = {".": "крапка", "@": "равлик", "-": "дефіс", "_": "підкреслення", "/": "коса риска", ":": "двокрапка",
         "+": "плюс", "*": "зірочка", "#": "решітка"}  # fmt: skip
_DAYS = ["понеділок", "вівторок", "середа", "четвер", "п'ятниця", "субота", "неділя"]
_MONTHS = [
    "січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада",
    "грудня",
]  # fmt: skip
_STEMS = [
    "нульов", "перш", "друг", "треть", "четверт", "п'ят", "шост", "сьом", "восьм", "дев'ят", "десят", "одинадцят",
    "дванадцят", "тринадцят", "чотирнадцят", "п'ятнадцят", "шістнадцят", "сімнадцят", "вісімнадцят", "дев'ятнадцят",
]  # fmt: skip
_TENS = {20: "двадцят", 30: "тридцят", 40: "сороков", 50: "п'ятдесят", 60: "шістдесят", 70: "сімдесят",
         80: "вісімдесят", 90: "дев'яност"}  # fmt: skip

Forms = tuple[str, str, str]
"""одна година, дві години, п'ять годин."""
HRYVNIA: Forms = ("гривня", "гривні", "гривень")
KOPIYKA: Forms = ("копійка", "копійки", "копійок")
HOUR: Forms = ("година", "години", "годин")
MINUTE: Forms = ("хвилина", "хвилини", "хвилин")
SECOND: Forms = ("секунда", "секунди", "секунд")


def counted(count: int, forms: Forms) -> str:
    """A feminine noun with its number: ``20 одна година`` reads as двадцять одна година."""
    size = abs(count)
    last, teens = size % 10, 11 <= size % 100 <= 19
    if teens or not 1 <= last <= 4:
        return f"{count} {forms[2]}"
    if last > 2:
        return f"{count} {forms[1]}"
    rest = size - last
    minus, big = "мінус " if count < 0 else "", f"{rest} " if rest else ""
    return f"{minus}{big}{('одна', 'дві')[last - 1]} {forms[last > 1]}"


def money(whole: int, part: int) -> str:
    hryvnias = counted(whole, HRYVNIA)
    return f"{hryvnias} {counted(part, KOPIYKA)}" if part else hryvnias


def duration(hours: int, minutes: int, seconds: int) -> str:
    parts = ((hours, HOUR), (minutes, MINUTE), (seconds, SECOND))
    return " ".join(counted(count, forms) for count, forms in parts if count) or counted(0, SECOND)


def date(when: datetime) -> str:
    day = _ordinal(when.day, "е", "є")
    return f"{_DAYS[when.weekday()]}, {day} {_MONTHS[when.month - 1]} {_ordinal(when.year, 'ого', 'ого')} року"


def time(when: datetime) -> str:
    minutes = f" {counted(when.minute, MINUTE)}" if when.minute else ""
    return counted(when.hour, HOUR) + minutes


def ordinal(number: str) -> str:
    """сорок другий; a number that has no simple ordinal stays as it is."""
    return _ordinal(int(number), "ий", "ій") if number.isdecimal() and len(number) < 10 else number


def _ordinal(number: int, ending: str, soft: str) -> str:
    """Only the last word of a number changes; the words before it are read from digits."""
    rest = number % 100
    if rest in _TENS:
        words = _TENS[rest] + ending
    elif rest < 20:
        words = _last(rest, ending, soft)
    else:
        words = f"{rest - rest % 10} {_last(rest % 10, ending, soft)}"
    if rest == 0:
        return str(number) if number else words
    return f"{number - rest} {words}" if number > rest else words


def _last(number: int, ending: str, soft: str) -> str:
    """третій, третє, третього: the one soft stem."""
    if number == 3:
        return "треть" + ending if ending == soft else "трет" + soft
    return _STEMS[number] + ending
