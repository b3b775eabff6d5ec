from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from outdial.dialer.pace import HORIZON_MS, Pacing
from tests.dialer.builders import a_resource


@given(st.integers(1, 1000), st.lists(st.integers(0, 400), max_size=60))
def test_never_more_than_the_rate_in_any_second(rps: int, steps: list[int]) -> None:
    resource, pacing, now, taken = a_resource(rps=rps), Pacing(), 0, list[int]()
    for step in steps:
        now += step
        while (at := pacing.moment(resource, now)) is not None and len(taken) < 1500:
            pacing.take(resource, at)
            taken.append(at)
    for first, at in enumerate(taken):
        assert bisect_left(taken, at + 1000) - first <= rps + 1


def test_nothing_is_promised_beyond_the_horizon() -> None:
    resource, pacing = a_resource(rps=1), Pacing()
    pacing.take(resource, 0)
    assert pacing.moment(resource, 0) is None
    assert pacing.moment(resource, pacing.free_at(resource)) == 1000
    assert pacing.free_at(resource) == 1000 - HORIZON_MS


def test_without_a_rate_there_is_no_wait() -> None:
    resource, pacing = a_resource(rps=0), Pacing()
    for _ in range(100):
        assert pacing.moment(resource, 5) == 5
        pacing.take(resource, 5)


@given(st.integers(1, 500), st.integers(0, 40))
def test_room_is_the_number_of_moments_that_can_be_taken(rps: int, taken: int) -> None:
    resource, pacing = a_resource(rps=rps), Pacing()
    for _ in range(taken):
        if (at := pacing.moment(resource, 0)) is not None:
            pacing.take(resource, at)
    room, got = pacing.room(resource, 0), 0
    while (at := pacing.moment(resource, 0)) is not None:
        pacing.take(resource, at)
        got += 1
    assert room is not None and abs(room - got) <= 1
