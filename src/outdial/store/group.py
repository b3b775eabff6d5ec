"""One commit: functions in a savepoint each, then the steps, each kind at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from outdial.store.base import Failed, Function, translated
from outdial.store.context import context_of
from outdial.store.dialect import savepoint, unavailable
from outdial.store.steps import STEPS, Step
from outdial.store.writing import write_steps


def write_group(conn: Connection, works: Sequence[Function[Any] | Step]) -> list[Any]:
    """The answers in order. A job that raises answers ``Failed`` and leaves nothing behind; the others stand.

    Functions go first, so that a change of the configuration is seen by the steps beside it. Errors of the
    database itself are raised: then nothing of the group is written.
    """
    answers: list[Any] = [None] * len(works)
    steps: list[tuple[int, Step]] = []
    for place, work in enumerate(works):
        if isinstance(work, STEPS):
            steps.append((place, work))
        else:
            answers[place] = run_alone(conn, work)
    for place, answer in _write_steps(conn, steps):
        answers[place] = answer
    return answers


def run_alone(conn: Connection, fn: Function[Any]) -> Any:
    """Runs a function in a savepoint. Answers Failed for its error, raises the database's."""
    bells = set(context_of(conn).bells)
    try:
        with savepoint(conn):
            return fn(conn)
    except Exception as error:  # handed to whoever waits for this job
        if unavailable(error):
            raise
        context_of(conn).bells = bells
        return Failed(translated(error))


def _write_steps(conn: Connection, steps: list[tuple[int, Step]]) -> list[tuple[int, Any]]:
    """All at once; if one of them cannot be written, one by one, so that the others are."""
    if not steps:
        return []
    if len(steps) == 1:
        return [(steps[0][0], run_alone(conn, lambda c: write_steps(c, [steps[0][1]])[0]))]
    done = run_alone(conn, lambda c: write_steps(c, [step for _, step in steps]))
    if not isinstance(done, Failed):
        return [(place, answer) for (place, _), answer in zip(steps, done, strict=True)]
    return [pair for pair_of in steps for pair in _write_steps(conn, [pair_of])]
