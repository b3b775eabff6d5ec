"""Rights as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.domain.rights import CLASSES, LETTERS, Rights, toggled, united

SCOPES = st.dictionaries(st.sampled_from(sorted(CLASSES)), st.text(LETTERS, max_size=4))
RIGHTS = st.builds(Rights, st.booleans(), SCOPES)
ALL = [(name, letter) for name in CLASSES for letter in LETTERS]


@given(RIGHTS, SCOPES)
def test_a_limit_only_takes_away(rights: Rights, limit: dict[str, str]) -> None:
    narrow = rights.within(limit)
    for name, letter in ALL:
        assert narrow.may(name, letter) == (rights.may(name, letter) and letter in limit.get(name, ""))
    assert rights.within(None) == rights


@given(RIGHTS, RIGHTS)
def test_whoever_covers_may_all_that_the_other_may(mine: Rights, other: Rights) -> None:
    if mine.cover(other):
        assert all(mine.may(*right) for right in ALL if other.may(*right))
    elif not other.everything:
        assert any(other.may(*right) and not mine.may(*right) for right in ALL)


@given(st.lists(SCOPES, max_size=4))
def test_roles_add_up(scopes: list[dict[str, str]]) -> None:
    together = Rights(classes=united(scopes))
    for name, letter in ALL:
        assert together.may(name, letter) == any(letter in scope.get(name, "") for scope in scopes)


@pytest.mark.parametrize(
    ("had", "given_", "has"),
    [("", "w", "w"), ("w", "w", ""), ("", "ww", "ww"), ("w", "ww", "ww"), ("ww", "ww", "w"), ("ww", "w", ""),
     ("rw", "d", "rwd"), ("rrw", "w", "rr"), ("r", "", "r"), ("", "x", "")],
)  # fmt: skip
def test_grants_are_switched(had: str, given_: str, has: str) -> None:
    assert toggled(had, given_) == has
