"""What ``say`` says: a value and its kind as a text that any voice reads well. Pure.

The kinds are the media server's say types. Words are English or Ukrainian; in other languages what has words of its
own (dates, units) is said in digits. The names of numbers are the voice's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from outdial.flow import saying_words
from outdial.flow.errors import AppFailed
from outdial.flow.saying_words import Words

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_EPOCH = re.compile(r"\d{1,12}")
_STAMP = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d))?[ T]?(?:(\d{1,2}):(\d\d)(?::(\d\d))?)?")
_PHONETIC = {
    name[0]: name
    for name in (
        "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India",
        "Juliett", "Kilo", "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo",
        "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "Xray", "Yankee", "Zulu",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    now_ms: int
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class _Task:
    words: Words
    method: str
    value: str
    moment: Moment


def saying(language: str, kind: str, method: str, value: str, moment: Moment) -> str:
    """The text to be spoken; ``kind`` and ``method`` in lower case. Raises AppFailed with what was expected."""
    teller = _TELLERS.get(kind)
    if teller is None:
        raise AppFailed(f"say: no type {kind[:40]!r}; there are {', '.join(sorted(_TELLERS))}")
    if not value and kind not in _NOW_IF_EMPTY:
        raise AppFailed("say: nothing to say")
    return teller(_Task(saying_words.of(language), method, value, moment))


def _number(task: _Task) -> str:
    if not _NUMBER.fullmatch(task.value):
        raise AppFailed(f"say: {task.value[:40]!r} is not a number")
    if task.method == "iterated":
        return _spelled(task)
    return task.words.ordinal(task.value) if task.method == "counted" else task.value


def _spelled(task: _Task) -> str:
    """One character after the other, with a little rest between."""
    names = task.words.signs
    said = [names.get(sign, sign.upper()) for sign in task.value if not sign.isspace()]
    return ", ".join(said)


def _phonetic(task: _Task) -> str:
    said = [_PHONETIC.get(sign.upper(), task.words.signs.get(sign, sign.upper())) for sign in task.value]
    return ", ".join(word for word in said if not word.isspace())


def _currency(task: _Task) -> str:
    if not _NUMBER.fullmatch(task.value):
        raise AppFailed(f"say: {task.value[:40]!r} is not an amount")
    whole, _, part = task.value.replace(",", ".").partition(".")
    return task.words.money(int(whole), int((part + "00")[:2]))


def _duration(task: _Task) -> str:
    """Seconds, ``M:S`` or ``H:M:S``."""
    parts = task.value.split(":")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise AppFailed(f"say: {task.value[:40]!r} is no time; write seconds or H:M:S")
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return task.words.duration(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _date(task: _Task) -> str:
    return task.words.date(_when(task))


def _time(task: _Task) -> str:
    return task.words.time(_when(task))


def _date_time(task: _Task) -> str:
    when = _when(task)
    return f"{task.words.date(when)}, {task.words.time(when)}"


def _when(task: _Task) -> datetime:
    """Epoch seconds, ``YYYY-MM-DD``, ``HH:MM[:SS]`` or both; nothing: now. In the flow's time zone."""
    now = datetime.fromtimestamp(task.moment.now_ms / 1000, task.moment.zone)
    value = task.value
    if not value:
        return now
    found = _STAMP.fullmatch(value)
    try:
        if _EPOCH.fullmatch(value):
            return datetime.fromtimestamp(int(value), task.moment.zone)
        if found is not None:
            year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
            date = (year, month, day) if year and month and day else (now.year, now.month, now.day)
            return datetime(*date, hour or 0, minute or 0, second or 0, tzinfo=task.moment.zone)
    except (ValueError, OverflowError, OSError):
        pass
    raise AppFailed(f"say: {value[:40]!r} is no moment; write seconds since 1970, YYYY-MM-DD, HH:MM or both")


def _address(task: _Task) -> str:
    """An address on the Internet, its dots and signs by name."""
    names = task.words.signs
    words = re.split(r"([^\w]|_)", task.value)
    return " ".join(names.get(word, word) for word in words if word and not word.isspace())


def _as_it_is(task: _Task) -> str:
    return _spelled(task) if task.method == "iterated" else task.value


_TELLERS: dict[str, Callable[[_Task], str]] = {
    "number": _number,
    "items": _number,
    "persons": _number,
    "messages": _number,
    "currency": _currency,
    "time_measurement": _duration,
    "current_date": _date,
    "current_time": _time,
    "current_date_time": _date_time,
    "short_date_time": _date_time,
    "telephone_number": _spelled,
    "telephone_extension": _spelled,
    "account_number": _spelled,
    "name_spelled": _spelled,
    "name_phonetic": _phonetic,
    "url": _address,
    "ip_address": _address,
    "email_address": _address,
    "postal_address": _as_it_is,
}
_NOW_IF_EMPTY = frozenset({"current_date", "current_time", "current_date_time", "short_date_time"})
