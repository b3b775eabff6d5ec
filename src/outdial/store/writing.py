"""The steps of one commit: what each may do is decided on the rows as they are, each kind is written at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from outdial.domain.attempt import NEXT, Event, State
from outdial.domain.number import normalise
from outdial.store.context import now_of
from outdial.store.dialect import Raw, dump, raw
from outdial.store.finish import finish
from outdial.store.steps import Bridged, Ended, Finish, Offering, Redialog, Step

_OPEN = "SELECT id, state, dialog FROM attempt WHERE id IN {ids} ORDER BY id {lock}"
_OFFERING = (
    "UPDATE attempt SET state = 'offering', offering_at = ?, revision = ?, destination = ?, display = ?, dialog = ?"
    " WHERE id = ?"
)
_BARRED = "UPDATE attempt SET list_id = ?, destination = ? WHERE id = ?"
_REDIALOG = "UPDATE attempt SET dialog = ? WHERE id = ?"
_BRIDGED = "UPDATE attempt SET state = 'bridged', bridged_at = ?, dialog = ? WHERE id = ?"
_ENDED = "UPDATE attempt SET state = 'hangup', hangup_at = ?, facts = ?, call_variables = ? WHERE id = ?"
_STOPPED = (
    "SELECT a.id FROM attempt a JOIN member m ON m.id = a.member_id"
    " WHERE a.id IN {ids} AND (m.stop_at IS NOT NULL OR m.expire_at <= ?)"
)
_REVISION = "SELECT revision FROM config_revision"
_LISTED = (
    "SELECT list_id, number_norm FROM list_number WHERE list_id IN {ids} AND number_norm IN {texts}"
    " AND (expire_at IS NULL OR expire_at > ?)"
)


def write_steps(conn: Connection, steps: Sequence[Step]) -> list[Any]:
    """The answers of the steps, in their order. Steps of one attempt count in the order of its life."""
    group = _Group(raw(conn), steps)
    group.offerings()
    group.redialogs()
    group.bridges()
    group.ends()
    group.finishes(now_of(conn))
    return group.answers


class _Group:
    """The steps of one transaction and the attempts they speak of."""

    def __init__(self, driver: Raw, steps: Sequence[Step]) -> None:
        self.driver = driver
        self.steps = list(enumerate(steps))
        self.answers: list[Any] = [False] * len(steps)
        self.state: dict[int, State] = {}
        self.dialog: dict[int, bytes] = {}
        if any(not isinstance(step, Finish) for step in steps):
            self._read({step.attempt_id for step in steps})

    def _read(self, attempt_ids: set[int]) -> None:
        for attempt_id, state, dialog in self.driver.all(_OPEN, (self.driver.ids(attempt_ids),)):
            self.state[attempt_id] = state
            self.dialog[attempt_id] = bytes(dialog) if dialog is not None else b""

    def _moves(self, attempt_id: int, event: Event) -> bool:
        """Takes the event if the machine allows it now."""
        after = NEXT.get((self.state[attempt_id], event))
        if after is None:
            return False
        self.state[attempt_id] = after
        return True

    def offerings(self) -> None:
        steps = [(place, step) for place, step in self.steps if isinstance(step, Offering)]
        if not steps:
            return
        revision = self.driver.all(_REVISION)[0][0]
        listed = _listed(self.driver, [step for _, step in steps])
        stopped = self._stopped([step for _, step in steps])
        go: list[tuple[Any, ...]] = []
        barred: list[tuple[Any, ...]] = []
        for place, step in steps:
            if not self._may_offer(step):
                self.answers[place] = "gone"
            elif step.attempt_id in stopped:
                self.answers[place] = "stopped"
            elif step.revision != revision:
                self.answers[place] = "stale"
            elif (step.dnc_list_id, normalise(step.destination)) in listed:
                self.answers[place] = "barred"
                barred.append((step.dnc_list_id, step.destination, step.attempt_id))
            else:
                self.answers[place] = "go"
                self.state[step.attempt_id] = "offering"
                go.append((step.at, step.revision, step.destination, step.display, step.dialog, step.attempt_id))
        self.driver.many(_OFFERING, go)
        self.driver.many(_BARRED, barred)

    def _stopped(self, steps: Sequence[Offering]) -> set[int]:
        """Attempts whose member was stopped, or has expired, since the claim."""
        ids = self.driver.ids(step.attempt_id for step in steps)
        return {row[0] for row in self.driver.all(_STOPPED, (ids, max(step.at for step in steps)))}

    def _may_offer(self, step: Offering) -> bool:
        """Idle, or offered already by this very step, whose answer was lost with the database's connection."""
        state = self.state.get(step.attempt_id)
        return state == "idle" or (state == "offering" and self.dialog[step.attempt_id] == step.dialog)

    def redialogs(self) -> None:
        rows: list[tuple[Any, ...]] = []
        for place, step in self.steps:
            if isinstance(step, Redialog) and step.attempt_id in self.state:
                self.answers[place] = True
                if self.state[step.attempt_id] == "offering":
                    rows.append((step.dialog, step.attempt_id))
        self.driver.many(_REDIALOG, rows)

    def bridges(self) -> None:
        rows: list[tuple[Any, ...]] = []
        for place, step in self.steps:
            if isinstance(step, Bridged) and step.attempt_id in self.state:
                self.answers[place] = True
                if self._moves(step.attempt_id, "answer"):
                    rows.append((step.at, step.dialog, step.attempt_id))
        self.driver.many(_BRIDGED, rows)

    def ends(self) -> None:
        rows: list[tuple[Any, ...]] = []
        for place, step in self.steps:
            if isinstance(step, Ended) and step.attempt_id in self.state:
                self.answers[place] = True
                if self._moves(step.attempt_id, "hangup"):
                    facts = step.facts
                    rows.append((facts.hangup_at, dump(facts), dump(step.variables), step.attempt_id))
        self.driver.many(_ENDED, rows)

    def finishes(self, now: int) -> None:
        steps = [(place, step) for place, step in self.steps if isinstance(step, Finish)]
        if steps:
            for (place, _), done in zip(steps, finish(self.driver, [s for _, s in steps], now), strict=True):
                self.answers[place] = done


def _listed(driver: Raw, steps: Sequence[Offering]) -> set[tuple[int, str]]:
    """Which of the numbers stand on the stop lists of their queues, read in this transaction."""
    wanted = [(s.dnc_list_id, normalise(s.destination)) for s in steps if s.dnc_list_id is not None]
    if not wanted:
        return set()
    lists, numbers = {list_id for list_id, _ in wanted}, {number for _, number in wanted}
    rows = driver.all(_LISTED, (driver.ids(lists), driver.texts(numbers), max(s.at for s in steps)))
    return {(row[0], row[1]) for row in rows}
