"""Who is rung in the demo: 60 people, every outcome of the test carrier's script among them."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.carrier.script import TABLE, Expectation, course

COUNT = 60
LISTENERS = "listens to the end"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    number: str
    """Its last two digits choose the outcome."""


def people() -> list[Person]:
    """One for each line of the script, the rest listen; mixed, so that something happens at every moment."""
    first = {row.name: digits for digits, row in reversed(list(enumerate(TABLE)))}
    endings = sorted(first.values())
    endings += [digits for digits, row in enumerate(TABLE) if row.name == LISTENERS and digits not in endings]
    chosen = endings[:COUNT]
    mixed = sorted(chosen, key=lambda digits: (digits * 37) % 101)
    return [Person(_title(TABLE[d].name), f"3805000{i:02}{d:02}") for i, d in enumerate(mixed)]


def _title(text: str) -> str:
    return text[0].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class End:
    """How a member must end: what the script and the after-flow make of each attempt."""

    attempts: int
    stop_cause: str
    causes: tuple[tuple[str, int], ...]
    """Cause and SIP code of each attempt, in order."""
    status: str
    """The last one exported; empty for nobody who was ever unsuccessful."""


def expected(person: Person, max_attempts: int) -> End:
    each: list[Expectation] = list(course(person.number, max_attempts))
    statuses = [e.status for e in each if e.status]
    return End(
        attempts=len(each),
        stop_cause=each[-1].result,
        causes=tuple((e.cause, e.sip_code) for e in each),
        status=statuses[-1] if statuses else "",
    )
