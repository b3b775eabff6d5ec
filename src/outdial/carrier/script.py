"""Who picks up: the last two digits of the dialled number choose what happens. Pure; the seed decides the delays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from outdial.domain.attempt import Result
from outdial.domain.causes import of_refusal


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What one callee does. The defaults are a person who lets it ring, answers and listens to the end."""

    name: str
    refuses_with: int = 0
    """A final SIP status instead of an answer."""
    q850: int | None = None
    """Told in a Reason header of the refusal."""
    headers: tuple[tuple[str, str], ...] = ()
    """More headers of the refusal."""
    answers: bool = True
    """False without a refusal: rings until CANCEL."""
    hangs_up: Literal["", "soon", "at once"] = ""
    """BYE from the callee; soon is ``Times.hang_up_ms`` after the answer."""
    slow: bool = False
    early_media: bool = False
    """183 with SDP and a ringback tone instead of 180."""
    presses: str = ""
    """Keys, by telephone-events, from a second after the answer."""
    first_refused: int = 0
    """So many attempts end as ``first_end`` says, before the rest of this line counts."""
    first_end: int = 486
    """A status; 0 = nobody answers."""
    challenge: Literal["", "MD5", "SHA-256"] = ""
    """Asks for credentials first: 407 with MD5, 401 with SHA-256."""
    ignores_first: bool = False
    """The first copy of the INVITE is lost on the way."""
    repeats: int = 0
    """So many more copies of the 200, and of an own BYE, than needed."""
    answers_cancel: bool = False
    """The answer crosses the CANCEL: 200 to the INVITE after it."""
    mute: bool = False
    """Answers but never sends a packet of audio."""
    dead: bool = False
    """No response of any kind."""
    refer: int = 202
    """The answer to a REFER. When it is 202, what its target would do is told: see ``referral``."""
    tells: bool = True
    """False: nothing is told of an accepted REFER."""
    hums: int = 0
    """A tone of so many Hz, from the answer to the end, instead of a greeting and silence."""


def _refuses(name: str, status: int, q850: int | None = None) -> Behaviour:
    return Behaviour(name, refuses_with=status, q850=q850)


_ROWS: tuple[tuple[int, int, Behaviour], ...] = (
    (0, 19, Behaviour("listens to the end")),
    (20, 20, Behaviour("listens, refuses to be handed on (REFER)", refer=603)),
    (21, 21, Behaviour("listens, never tells what came of a REFER", tells=False)),
    (22, 22, Behaviour("hums 1000 Hz, listens", hums=1000)),
    (23, 23, Behaviour("hums 1400 Hz, listens", hums=1400)),
    (24, 24, Behaviour("listens to the end")),
    (25, 29, Behaviour("answers late, listens to the end", slow=True)),
    (30, 39, Behaviour("hangs up while listening", hangs_up="soon")),
    (40, 46, _refuses("busy", 486)),
    (47, 48, _refuses("busy everywhere", 600)),
    (49, 49, _refuses("busy, says the network", 480, 17)),
    (50, 53, _refuses("declines", 603)),
    (54, 59, Behaviour("never answers", answers=False)),
    (60, 60, _refuses("no such number", 404, 1)),
    (61, 61, _refuses("incomplete number", 484)),
    (62, 62, Behaviour("trunk overloaded", refuses_with=503, headers=(("Retry-After", "5"),))),
    (63, 63, _refuses("switched off", 480)),
    (64, 64, _refuses("number changed", 410)),
    (65, 65, _refuses("forbidden", 403)),
    (66, 66, _refuses("carrier's fault", 500)),
    (67, 67, _refuses("no common codec", 488)),
    (68, 68, _refuses("exists nowhere", 604)),
    (69, 69, _refuses("bad gateway", 502)),
    (70, 70, Behaviour("moved", refuses_with=302, headers=(("Contact", "<sip:100@192.0.2.1>"),))),
    (71, 71, _refuses("no answer, says the network", 480, 19)),
    (72, 72, _refuses("no circuit", 503, 34)),
    (73, 73, _refuses("absent subscriber", 480, 20)),
    (74, 74, _refuses("gave up looking", 408)),
    (75, 79, Behaviour("early media, then listens", early_media=True)),
    (80, 81, Behaviour("presses 1", presses="1")),
    (82, 82, Behaviour("presses 159#*", presses="159#*")),
    (83, 83, Behaviour("busy once, then listens", first_refused=1)),
    (84, 84, Behaviour("busy twice, then listens", first_refused=2)),
    (85, 85, Behaviour("not in once, then listens", first_refused=1, first_end=0)),
    (86, 86, Behaviour("asks who calls (407, MD5), listens", challenge="MD5")),
    (87, 87, Behaviour("asks who calls (401, SHA-256), listens", challenge="SHA-256")),
    (88, 89, Behaviour("answers and hangs up at once", hangs_up="at once")),
    (90, 90, Behaviour("first INVITE lost, listens", ignores_first=True)),
    (91, 91, Behaviour("200 repeated, listens", repeats=2)),
    (92, 92, Behaviour("hangs up, BYE repeated", hangs_up="soon", repeats=2)),
    (93, 93, Behaviour("answer crosses CANCEL", answers=False, answers_cancel=True)),
    (94, 94, Behaviour("answers, sends no audio", mute=True)),
    (95, 95, Behaviour("no response at all", dead=True)),
    (96, 96, Behaviour("early media, never answers", early_media=True, answers=False)),
    (97, 97, Behaviour("early media, then busy", early_media=True, refuses_with=486)),
    (98, 98, Behaviour("early media, hangs up while listening", early_media=True, hangs_up="soon")),
    (99, 99, Behaviour("declines late", refuses_with=603, slow=True)),
)

TABLE: tuple[Behaviour, ...] = tuple(row for first, last, row in _ROWS for _ in range(first, last + 1))
"""By the last two digits."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long things take, in ms; where there are two, chance takes one between them."""

    ring_ms: tuple[int, int] = (30, 200)
    """From the INVITE to 180 or 183."""
    pick_up_ms: tuple[int, int] = (300, 1500)
    """From the INVITE to the final status."""
    slow_ms: tuple[int, int] = (2500, 3500)
    hang_up_ms: int = 5000
    """From the answer to the BYE of one who does not listen to the end."""
    press_ms: int = 1000
    """From the answer to the first key, and between keys."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One call as it will go."""

    behaviour: Behaviour
    ring_ms: int
    final_ms: int
    hang_up_ms: int | None
    """After the answer; None: stays until the caller hangs up."""


def ending(number: str) -> int:
    """The last two digits, as a number; 0 where there are none."""
    digits = "".join(char for char in number if char in "0123456789")
    return int(digits[-2:] or 0)


def behaviour(number: str, attempt: int) -> Behaviour:
    """What the callee does when rung for the ``attempt``-th time, counted from 1."""
    row = TABLE[ending(number)]
    if attempt > row.first_refused:
        return row
    return Behaviour(row.name, refuses_with=row.first_end, answers=False)


def referral(number: str) -> int:
    """The final status that a REFER to this number comes to."""
    row = behaviour(number, 1)
    return row.refuses_with or (200 if row.answers and not row.dead else 480)


def plan(number: str, attempt: int, seed: int, times: Times) -> Plan:
    chance = Random(f"{seed}:{number}:{attempt}")
    row = behaviour(number, attempt)
    ring_ms = chance.randint(*times.ring_ms)
    final_ms = max(ring_ms, chance.randint(*(times.slow_ms if row.slow else times.pick_up_ms)))
    return Plan(row, ring_ms, final_ms, {"": None, "soon": times.hang_up_ms, "at once": 0}[row.hangs_up])


@dataclass(frozen=True, slots=True)
class Expectation:
    """What history must say of one attempt, under a flow that plays a prompt and hangs up, and the usual after-flow:
    busy or rejected is "Busy", heard ten seconds or less is "Not listened", else success."""

    name: str
    answered: bool
    cause: str
    sip_code: int
    hangup_by: Literal["A", "B", "F"]
    result: Result
    status: str
    """The variable the after-flow exports; empty when listened to."""


def expect(number: str, attempt: int = 1, *, credentials: bool = False) -> Expectation:
    """The end of an attempt; ``credentials`` tells whether the gateway has the carrier's user and password."""
    row = behaviour(number, attempt)
    if row.challenge and not credentials:
        row = replace(row, refuses_with=407 if row.challenge == "MD5" else 401)
    if row.refuses_with:
        cause, code = of_refusal(row.refuses_with, row.q850)
        return _unanswered(row.name, cause, code, "A")
    if row.dead or not row.answers:
        return _unanswered(row.name, "NO_ANSWER", 487, "B")
    if row.hangs_up:
        return Expectation(row.name, True, "NORMAL_CLEARING", 200, "A", "abandoned", "Not listened")
    if "*" in row.presses:  # it ends a plain playback (playback_terminators), and the flow goes on to its hangup
        return Expectation(row.name, True, "NORMAL_CLEARING", 200, "F", "abandoned", "Not listened")
    return Expectation(row.name, True, "NORMAL_CLEARING", 200, "F", "success", "")


def _unanswered(name: str, cause: str, code: int, by: Literal["A", "B"]) -> Expectation:
    status = "Busy" if cause in ("USER_BUSY", "CALL_REJECTED") else "Not listened"
    return Expectation(name, False, cause, code, by, "abandoned", status)


def course(number: str, max_attempts: int, *, credentials: bool = False) -> Iterator[Expectation]:
    """Every attempt a member with this number gets, in order: until success, or until none is left."""
    for attempt in range(1, max(1, max_attempts) + 1):
        expected = expect(number, attempt, credentials=credentials)
        yield expected
        if expected.result == "success":
            return


def table() -> list[tuple[str, str]]:
    """The script for people: (last digits, what happens)."""
    return [(f"{first:02}" if first == last else f"{first:02}–{last:02}", row.name) for first, last, row in _ROWS]
