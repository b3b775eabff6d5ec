"""The script of a dry run, as people write it (docs/schemas.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo, available_timezones

from outdial.domain.causes import by_text, of_refusal
from outdial.domain.errors import BadField
from outdial.domain.queue import Rules, decode_rules
from outdial.flow.ports import KEYS
from outdial.flow.values import as_text

Role = Literal["voice", "before", "after"]
T = TypeVar("T")

_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\s*")
_UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
REFUSALS = {"busy": 486, "rejected": 603, "unavailable": 480, "no such number": 404}
MAX_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Person:
    """What the caller does. Times are ms; but for ``answers_after`` they count from the answer."""

    answers_after: int | None = 1000
    """None: does not answer."""
    refuses_with: int = 0
    """A final SIP status instead of an answer."""
    keys: tuple[str, ...] = ()
    """What is pressed each time that keys are asked for, one after the other; "" is nothing."""
    presses: tuple[tuple[int, str], ...] = ()
    """(when, keys), whatever the flow does then."""
    hangs_up: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the world answers to one step."""

    set: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    """Of an HTTP answer: JSON, or text as it is. None: the step itself does not run, only ``set`` counts."""
    fails: str = ""
    """The step fails with this sentence."""
    runs: str = ""
    """A list of applications in the step's arguments that runs, such as ``actions``."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """The call that an after-flow is asked about. Times are ms."""

    cause: str = "NORMAL_CLEARING"
    sip_code: int = 200
    rings: int = 5000
    talk: int | None = None
    """None: nobody answered."""


@dataclass(frozen=True, slots=True)
class Member:
    """How the member stood before this attempt."""

    attempts: int = 0
    number_attempts: int = 0
    other_numbers: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    role: Role | None = None
    start_ms: int | None = None
    zone: str = "UTC"
    variables: Mapping[str, str] = field(default_factory=dict)
    globals: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, int] = field(default_factory=dict)
    """Name or id → length in ms."""
    person: Person = Person()
    replies: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict)
    """By a step's path or tag, or by the name of its application; the last one answers all later times, too."""
    call: PastCall = PastCall()
    member: Member = Member()
    rules: Rules = field(default_factory=Rules)


def read_scenario(given: object) -> Scenario:
    """Raises BadField with the place and what was expected there."""
    script = _fields(given, "script", _KNOWN)
    zone = script("timezone", _zone, "UTC")
    return Scenario(
        role=script("flow", _role, None),
        start_ms=script("start", lambda value, place: _moment(value, place, zone), None),
        zone=zone,
        variables=script("variables", _texts, {}),
        globals=script("globals", _texts, {}),
        media=script("media", _lengths, {}),
        person=script("caller", _person, Person()),
        replies=script("replies", _replies, {}),
        call=script("call", _call, PastCall()),
        member=script("member", _member, Member()),
        rules=script("queue", _rules, Rules()),
    )


_KNOWN = "flow start timezone variables globals media caller replies call member queue"


def _fields(given: object, place: str, known: str) -> Callable[[str, Callable[[Any, str], T], T], T]:
    """Reads a field by its name with a reader; a default where it is absent. Unknown names are refused."""
    names = known.split()
    found: Mapping[Any, Any] = {} if given is None else cast(Mapping[Any, Any], given)
    if not isinstance(found, Mapping):
        raise BadField(place, f"expected an object with any of {', '.join(names)}")
    for name in found:
        if name not in names:
            raise BadField(f"{place}.{name}", f"there is no such field; there are {', '.join(names)}")

    def read(name: str, reader: Callable[[Any, str], T], default: T) -> T:
        value = found.get(name)
        return default if value is None else reader(value, f"{place}.{name}")

    return read


def _person(given: Any, place: str) -> Person:
    caller = _fields(given, place, "answers keys presses hangs_up")
    usual: tuple[int | None, int] = (1000, 0)
    answers_after, refuses_with = caller("answers", _answers, usual)
    return Person(
        answers_after,
        refuses_with,
        caller("keys", _keys_in_turn, ()),
        caller("presses", _presses, ()),
        caller("hangs_up", _ms, None),
    )


def _answers(given: Any, place: str) -> tuple[int | None, int]:
    """When, or how the call fails instead."""
    if given in (False, "no", "never"):
        return None, 0
    if isinstance(given, str) and given in REFUSALS:
        return 3000, REFUSALS[given]
    try:
        return (1000 if given in (True, "yes") else _ms(given, place)), 0
    except BadField:
        raise BadField(place, f"expected a time such as 2s, or no, {', '.join(REFUSALS)}") from None


def _keys_in_turn(given: Any, place: str) -> tuple[str, ...]:
    return tuple(_keys(one, f"{place}[{at}]") for at, one in enumerate(given if isinstance(given, list) else [given]))


def _presses(given: Any, place: str) -> tuple[tuple[int, str], ...]:
    if not isinstance(given, Mapping):
        raise BadField(place, 'expected times and keys, such as {"2.5s": "1"}')
    return tuple(sorted((_ms(at, place), _keys(keys, f"{place}.{at}")) for at, keys in given.items()))


def _keys(given: Any, place: str) -> str:
    keys = "" if given is None else str(given)
    if any(key not in KEYS for key in keys) or isinstance(given, bool | dict | list):
        raise BadField(place, "expected keys of 0 to 9, * and #, in quotes")
    return keys


def _replies(given: Any, place: str) -> dict[str, tuple[Reply, ...]]:
    if not isinstance(given, Mapping):
        raise BadField(place, 'expected what answers which step, such as {"httpRequest": {"status": 200, "body": {}}}')
    return {
        str(key): tuple(
            _reply(one, f"{place}.{key}") for one in (answers if isinstance(answers, list) and answers else [answers])
        )
        for key, answers in given.items()
    }


def _reply(given: Any, place: str) -> Reply:
    reply = _fields(given, place, "set status headers body fails runs")
    return Reply(
        reply("set", _texts, {}),
        reply("status", _whole, 200),
        reply("headers", _texts, {}),
        reply("body", lambda value, _: value, None),
        reply("fails", _text, ""),
        reply("runs", _text, ""),
    )


def _call(given: Any, place: str) -> PastCall:
    call = _fields(given, place, "cause sip_code rings talk")
    talk: int | None = call("talk", _ms, None)
    code: int | None = call("sip_code", _whole, None)
    if code is None:
        code = 200 if talk is not None else 0
    cause = call("cause", lambda value, where: by_text(_text(value, where)), "")
    if not cause:
        cause = "NORMAL_CLEARING" if talk is not None else of_refusal(code, None)[0] if code else "NO_ANSWER"
    return PastCall(cause, code or _CODES.get(cause, 0), call("rings", _ms, 5000), talk)


_CODES = {"USER_BUSY": 486, "CALL_REJECTED": 603, "NO_ANSWER": 487, "UNALLOCATED_NUMBER": 404, "NO_USER_RESPONSE": 408}
"""What usually comes with a cause, for scripts that name the cause alone."""


def _member(given: Any, place: str) -> Member:
    member = _fields(given, place, "attempts number_attempts other_numbers")
    attempts = member("attempts", _whole, 0)
    return Member(attempts, member("number_attempts", _whole, attempts), member("other_numbers", _whole, 0))


def _rules(given: Any, place: str) -> Rules:
    """The names are those of a queue's payload; what is left out is as in a new queue."""
    if not isinstance(given, Mapping):
        raise BadField(place, "expected fields of a queue's payload, such as max_attempts")
    usual = Rules()
    payload = {
        "max_attempts": usual.max_attempts,
        "wait_between_retries": usual.wait_between_retries_s,
        "min_duration": usual.min_duration_s,
    }
    try:
        read = decode_rules(payload | dict(given))
    except ValueError as error:
        raise BadField(place, str(error).removeprefix("payload.")) from None
    return replace(
        usual,
        max_attempts=read.max_attempts,
        wait_between_retries_s=read.wait_between_retries_s,
        min_duration_s=read.min_duration_s,
        per_numbers=read.per_numbers,
    )


def _role(given: Any, place: str) -> Role:
    if given not in ("voice", "before", "after"):
        raise BadField(place, "expected voice, before or after")
    return cast(Role, given)


def _moment(given: Any, place: str, zone: str) -> int:
    """Epoch ms, or a date and time of the script's time zone."""
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 10**14:
        return given
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError:
        raise BadField(place, "expected a time such as 2026-09-01 12:00, or epoch milliseconds") from None
    return round((at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).timestamp() * 1000)


def _zone(given: Any, place: str) -> str:
    if not isinstance(given, str) or given not in available_timezones():
        raise BadField(place, "expected the name of a time zone, such as Europe/Kyiv")
    return given


def _lengths(given: Any, place: str) -> dict[str, int]:
    if not isinstance(given, Mapping):
        raise BadField(place, 'expected names and lengths, such as {"hello.wav": "4s"}')
    return {str(name): _ms(length, f"{place}.{name}") for name, length in given.items()}


def _ms(given: Any, place: str) -> int:
    """``2s``, ``300ms``, ``1.5m``; a number without a unit is seconds."""
    found = _LENGTH.fullmatch(str(given)) if not isinstance(given, bool) else None
    ms = round(float(found[1]) * _UNIT_MS[found[2] or "s"]) if found else -1
    if not 0 <= ms <= MAX_MS:
        raise BadField(place, "expected a time such as 2s, 300ms or 1.5m")
    return ms


def _texts(given: Any, place: str) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise BadField(place, "expected names and values")
    return {str(name): as_text(value) for name, value in given.items()}


def _text(given: Any, place: str) -> str:
    if not isinstance(given, str):
        raise BadField(place, "expected text")
    return given


def _whole(given: Any, place: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 10**9:
        raise BadField(place, "expected a whole number")
    return given
