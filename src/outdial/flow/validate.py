"""What the author of a schema should know before it runs."""

from __future__ import annotations

import re
from collections.abc import Collection

from outdial.flow.checks.paths import PathChecks
from outdial.flow.checks.records import Reference, missing_records, references
from outdial.flow.checks.steps import StepChecks
from outdial.flow.checks.variables import unset_variables
from outdial.flow.checks.walk import parts
from outdial.flow.errors import SchemaError
from outdial.flow.parse import parse
from outdial.flow.program import Problem

__all__ = ["Reference", "references", "validate"]


MAX_PROBLEMS = 500


def validate(schema: object, kind: str, missing: Collection[Reference] = ()) -> list[Problem]:
    """Errors forbid saving, warnings and notes do not. ``kind`` is the schema's type on the wire.

    Types other than ``voice`` and ``service`` run anywhere, so applications are not checked against a kind.
    ``missing`` are those of the ``references`` of the schema that the domain does not have.
    """
    try:
        program = parse(schema)
    except SchemaError as error:
        return [Problem(error.path, "error", error.message)]
    found = list(parts(program))
    problems = [
        *program.warnings,
        *(problem for part in found if part.role == "fork" for problem in part.program.warnings),
        *StepChecks(kind, found).problems(),
        *PathChecks(kind, found).problems(),
        *missing_records(program, missing),
        *unset_variables(kind, found),
    ]
    return _told(sorted(problems, key=_place))


def _told(problems: list[Problem]) -> list[Problem]:
    """No more than somebody could read."""
    if len(problems) <= MAX_PROBLEMS:
        return problems
    more = Problem("", "note", f"{len(problems) - MAX_PROBLEMS} more problems are left out; mend some of these first")
    return [*problems[:MAX_PROBLEMS], more]


_NUMBERS = re.compile(r"(\d{1,9})")


def _place(problem: Problem) -> list[tuple[int, str]]:
    """By the steps' places in the schema: ``[9]`` before ``[10]``, and what one step has stays in its order."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBERS.split(problem.path) if part]
