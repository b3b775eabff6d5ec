"""The transaction tables: every pair of state and event, and the timers in ms (RFC 3261 §17, RFC 6026)."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from outdial.sip.transaction import (
    CLIENT,
    INVITE_CLIENT,
    INVITE_SERVER,
    PATIENCE,
    SERVER,
    T1,
    T2,
    T4,
    Event,
    State,
    Table,
    Transaction,
    Verb,
    heard,
)

TABLES = {"INVITE client": INVITE_CLIENT, "client": CLIENT, "INVITE server": INVITE_SERVER, "server": SERVER}
EVENTS: tuple[Event, ...] = get_args(Event)
STATES: tuple[State, ...] = get_args(State)
TIMERS: tuple[Event, ...] = ("resend", "expire")


def transaction_in(table: Table, state: State) -> Transaction:
    transaction = Transaction(table, b"", 0)
    transaction.state = state
    return transaction


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_every_pair_of_state_and_event_does_what_the_table_says(table: Table) -> None:
    for state, event in product(STATES, EVENTS):
        transaction = transaction_in(table, state)
        verbs = transaction.feed(event, 1)
        assert (transaction.state, verbs) == table.rows.get((state, event), (state, ()))


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_every_state_but_the_last_can_be_left_and_reached(table: Table) -> None:
    reached = {table.first} | {row[0] for row in table.rows.values()}
    assert {state for state, _ in table.rows} == reached - {"terminated"}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_every_timer_that_runs_has_its_row(table: Table) -> None:
    """No state waits for a timer that nobody hears; every state but the owner's own ends by itself."""
    for state, wait in table.waits.items():
        if wait.resend:
            assert (state, "resend") in table.rows
        if wait.expire:
            assert (state, "expire") in table.rows


def fired(transaction: Transaction, until: int) -> list[tuple[int, tuple[Verb, ...]]]:
    """When which verbs came while nothing was heard."""
    log = []
    while 0 < transaction.due <= until:
        now = transaction.due
        log.append((now, transaction.tick(now)))
    return log


def test_an_invite_is_repeated_at_doubling_intervals_and_given_up_after_32_s() -> None:
    """Timers A and B."""
    log = fired(Transaction(INVITE_CLIENT, b"", 0), 100_000)
    assert [at for at, verbs in log if verbs == ("send",)] == [500, 1500, 3500, 7500, 15500, 31500]
    assert log[-1] == (PATIENCE, ("timeout",))


def test_a_provisional_response_ends_the_repetition() -> None:
    transaction = Transaction(INVITE_CLIENT, b"", 0)
    assert transaction.feed("1xx", 10) == ("pass",)
    assert transaction.due == 0


def test_an_invite_taken_back_ends_even_if_nobody_says_so() -> None:
    transaction = Transaction(INVITE_CLIENT, b"", 0)
    transaction.feed("1xx", 10)
    transaction.limit(5_000)
    assert fired(transaction, 10_000) == [(5_000, ("timeout",))]


def test_a_refusal_is_acknowledged_each_time_for_32_s() -> None:
    """Timer D."""
    transaction = Transaction(INVITE_CLIENT, b"", 0)
    assert transaction.feed("refusal", 100) == ("ack", "pass")
    assert transaction.feed("refusal", 600) == ("ack",)
    assert fired(transaction, 100_000) == [(100 + PATIENCE, ())]
    assert transaction.state == "terminated"


def test_an_answer_is_passed_on_each_time_for_32_s() -> None:
    """RFC 6026 timer M: the owner acknowledges repetitions and forks."""
    transaction = Transaction(INVITE_CLIENT, b"", 0)
    assert transaction.feed("2xx", 100) == ("pass",)
    assert transaction.feed("2xx", 600) == ("pass",)
    assert fired(transaction, 100_000) == [(100 + PATIENCE, ())]


def test_other_requests_are_repeated_every_4_s_at_most() -> None:
    """Timers E and F."""
    log = fired(Transaction(CLIENT, b"", 0), 100_000)
    assert [at for at, verbs in log if verbs == ("send",)][:6] == [500, 1500, 3500, 7500, 11500, 15500]
    assert log[-1] == (PATIENCE, ("timeout",))


def test_a_provisional_response_slows_other_requests_but_does_not_extend_them() -> None:
    transaction = Transaction(CLIENT, b"", 0)
    transaction.feed("1xx", 100)
    log = fired(transaction, 100_000)
    assert log[0] == (100 + T2, ("send",))
    assert log[-1] == (PATIENCE, ("timeout",))


def test_a_final_response_to_other_requests_lingers_for_5_s() -> None:
    """Timer K."""
    transaction = Transaction(CLIENT, b"", 0)
    assert transaction.feed("2xx", 50) == ("pass",)
    assert transaction.feed("2xx", 60) == ()
    assert fired(transaction, 100_000) == [(50 + T4, ())]


@pytest.mark.parametrize("final", ["2xx", "refusal"])
def test_a_final_response_to_a_reinvite_is_repeated_until_the_ack(final: Event) -> None:
    """Timers G, H and I."""
    transaction = Transaction(INVITE_SERVER, b"", 0)
    assert transaction.feed(final, 0) == ("send",)
    assert [at for at, _ in fired(transaction, 8_000)] == [500, 1500, 3500, 7500]
    assert transaction.feed("request", 8_000) == ("send",)
    transaction.feed("ack", 8_100)
    assert fired(transaction, 100_000) == [(8_100 + T4, ())]


def test_a_reinvites_response_that_nobody_acknowledges_is_given_up() -> None:
    transaction = Transaction(INVITE_SERVER, b"", 0)
    transaction.feed("2xx", 0)
    assert fired(transaction, 100_000)[-1] == (PATIENCE, ("timeout",))


def test_a_repeated_request_gets_the_same_answer_for_32_s() -> None:
    """Timer J."""
    transaction = Transaction(SERVER, b"", 0)
    assert transaction.feed("2xx", 0) == ("send",)
    assert transaction.feed("request", T1) == ("send",)
    assert fired(transaction, 100_000) == [(PATIENCE, ())]
    assert transaction.feed("request", PATIENCE + 1) == ()


def test_a_timer_that_fires_late_counts_on_from_then() -> None:
    transaction = Transaction(INVITE_CLIENT, b"", 0)
    assert transaction.tick(499) == ()
    assert transaction.tick(700) == ("send",)
    assert transaction.due == 1700


def test_a_status_is_an_event() -> None:
    assert [heard(status) for status in (100, 199, 200, 299, 300, 699)] == [
        "1xx", "1xx", "2xx", "2xx", "refusal", "refusal",
    ]  # fmt: skip
