"""What came of the demo, read back by REST and compared with the script."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from statistics import quantiles
from typing import Any

from outdial.carrier import journal
from outdial.cli.demo.people import End, Person, expected
from outdial.cli.rest import Rest

Row = dict[str, Any]


def left_to_ring(rest: Rest, queue: str) -> int:
    """Members that are not through yet, and attempts going on."""
    row = rest.get(f"/call_center/queues/{queue}")
    return int(row.get("waiting", 0)) + int(row.get("active", 0))


def summarise(rest: Rest, queue: str, people: list[Person], max_attempts: int, log: Path) -> Row:
    """The summary of ``outdial demo --json``."""
    members = {m["communications"][0]["destination"]: m for m in _all(rest, f"/call_center/queues/{queue}/members")}
    calls: dict[str, list[Row]] = defaultdict(list)
    for call in _all(rest, "/calls/history", **{"created_at.from": 1, "sort": "+created_at"}):
        calls[call["destination"]].append(call)
    every = [call for of_one in calls.values() for call in of_one]
    told = journal.tell(journal.read(log)).values()
    sounds = [t.figures["first_sound_ms"] for t in told if t.figures.get("first_sound_ms") is not None]
    return {
        "members": len(members),
        "attempts": len(every),
        "results": dict(Counter(c.get("result", "") for c in every)),
        "causes": dict(Counter(c.get("cause", "") for c in every)),
        "statuses": dict(Counter(_status(m) for m in members.values() if _status(m))),
        "peak_calls": _peak(every),
        "first_invite_ms": _first_invite(members, every),
        "answer_to_audio_ms": _percentiles(sounds),
        "failed": _failed(people, members, calls, max_attempts),
    }


def _failed(people: list[Person], members: dict[str, Row], calls: dict[str, list[Row]], max_attempts: int) -> list[Row]:
    found = []
    for person in people:
        want, member = expected(person, max_attempts), members.get(person.number, {})
        got = End(
            attempts=int(member.get("attempts", 0)),
            stop_cause=member.get("stop_cause", ""),
            causes=tuple((c.get("cause", ""), int(c.get("sip_code", 0))) for c in calls[person.number]),
            status=_status(member),
        )
        if got != want:
            found.append({"number": person.number, "who": person.name, "expected": _plain(want), "got": _plain(got)})
    return found


def _plain(end: End) -> Row:
    causes = [f"{cause}/{code}" for cause, code in end.causes]
    return {"attempts": end.attempts, "stop_cause": end.stop_cause, "causes": causes, "status": end.status}


def _status(member: Row) -> str:
    return str((member.get("variables") or {}).get("status", ""))


def _first_invite(members: dict[str, Row], calls: list[Row]) -> int:
    """From the moment the members were there to the first INVITE, in ms."""
    if not members or not calls:
        return 0
    return min(int(c["created_at"]) for c in calls) - min(int(m["created_at"]) for m in members.values())


def _peak(calls: list[Row]) -> int:
    """The most calls at once, from INVITE to hang-up."""
    steps = [step for c in calls for step in ((int(c["created_at"]), 1), (int(c["hangup_at"]), -1))]
    most = going = 0
    for _, step in sorted(steps):
        going += step
        most = max(most, going)
    return most


def _percentiles(values: list[float]) -> Row:
    if len(values) < 2:
        return {"p50": None, "p99": None}
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1)}


def _all(rest: Rest, path: str, **query: Any) -> list[Row]:
    return list(rest.get(path, size=20000, **query).get("items") or [])
