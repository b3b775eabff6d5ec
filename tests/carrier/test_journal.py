"""The journal tells each call's story, also from a file that a crash cut off."""

from __future__ import annotations

from pathlib import Path

from outdial.carrier.journal import Journal, peak, read, tell


def a_story(journal: Journal) -> None:
    journal.write(1000, "invite", "a", "100", copy=False, lost=False)
    journal.write(1100, "invite", "b", "101", copy=False, lost=True)
    journal.write(1200, "invite", "a", "100", copy=True)
    journal.write(1500, "answered", "a", "100")
    journal.write(1600, "invite", "b", "101", copy=True, lost=False)
    journal.write(1700, "ack", "a", "100", copy=False)
    journal.write(1800, "ended", "b", "101", by="refused")


def test_a_call_is_told_from_invite_to_end() -> None:
    journal = Journal()
    a_story(journal)
    calls = tell(journal.entries)
    assert (calls["a"].up, calls["a"].acked, calls["a"].answered_at) == (True, True, 1500)
    assert (calls["b"].reached, calls["b"].ended_by, calls["b"].up) == (True, "refused", False)
    assert peak(calls.values()) == 2


def test_what_never_arrived_is_told_as_not_reached() -> None:
    journal = Journal()
    journal.write(1, "invite", "a", "195", copy=False, lost=True)
    assert [call.reached for call in tell(journal.entries).values()] == [False]


def test_the_file_is_appended_to_and_a_torn_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for _ in range(2):
        journal = Journal(path)
        a_story(journal)
        journal.close()
    path.write_bytes(path.read_bytes() + b'{"at":99,"ev')
    entries = read(path)
    assert len(entries) == 14
    assert entries[1].more == {"copy": False, "lost": True}
