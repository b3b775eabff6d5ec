"""Voice applications through the dialer: recordings listed with the call, lists in history, timed hang-up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from outdial.audio.wav import read
from outdial.switch.port import Order
from outdial.switch.simulated import Person
from outdial.switch.simulated_media import SPOKEN
from tests.dialer.world import Setup, World, simulate

ONCE = {"max_attempts": 1}


def flow(*voice: dict[str, Any], after: list[dict[str, Any]] | None = None) -> Setup:
    return Setup(voice=list(voice), after=after, payload=ONCE)


def talker(**more: Any) -> Person:
    return Person(answers_after=1000, speaks=((0, 3000),), **more)


def ring(folder: Path, setup: Setup, person: Person, columns: str, table: str = "call_history") -> list[Any]:
    found: list[Any] = []

    async def test(world: World) -> None:
        await world.dial(120)
        found.extend(await world.rows(table, columns))

    def behaviour(order: Order) -> Person:
        return person

    simulate(test, folder, behaviour, setup)
    return found


FILE = "name, mime_type, size, stop_at - start_at, key, start_at"


def test_a_voice_mail_is_listed_with_the_call_and_holds_what_was_said(tmp_path: Path) -> None:
    setup = flow({"sleep": 1000}, {"recordFile": {"name": "mail", "silenceHits": 2, "voiceMail": True}}, {"hangup": ""})
    [(name, mime, size, ms, key, _)] = ring(tmp_path, setup, talker(), FILE, "file")
    assert (name, mime, ms) == ("mail.wav", "audio/wav", 4000)
    data = (tmp_path / key).read_bytes()
    assert len(data) == size
    (heard,) = read(data).channels
    assert heard == bytes([SPOKEN]) * 16_000 + heard[16_000:] and len(heard) == 32_000


def test_a_voice_mail_cut_off_by_the_caller_is_kept(tmp_path: Path) -> None:
    setup = flow({"recordFile": {"name": "mail"}})
    [(name, _, _, ms, _, _)] = ring(tmp_path, setup, talker(hangs_up_after=2500), FILE, "file")
    assert (name, ms) == ("mail.wav", 2500)


def test_a_key_ends_it_and_the_flow_goes_on(tmp_path: Path) -> None:
    setup = flow({"recordFile": {"name": "mail", "terminators": "#"}}, {"export": ["record_seconds"]}, {"hangup": ""})
    person = talker(presses=((1500, "5"), (2200, "#")))
    [(variables,)] = ring(tmp_path, setup, person, "variables")
    assert json.loads(variables) == {"record_seconds": "2"}


def test_sessions_run_beside_the_flow_and_a_short_one_is_thrown_away(tmp_path: Path) -> None:
    setup = flow(
        {"recordSession": {"name": "whole", "stereo": True}},
        {"recordSession": {"name": "short"}},
        {"sleep": 1500},
        {"recordSession": {"action": "stop", "name": "short"}},
        {"recordSession": {"name": "rest"}},
        {"sleep": 2500},
        {"hangup": ""},
    )
    rows = ring(tmp_path, setup, talker(), FILE, "file")
    assert [(row[0], row[3]) for row in sorted(rows, key=lambda row: row[5])] == [
        ("whole.wav", 4000),
        ("rest.wav", 2500),
    ]
    assert len(read((tmp_path / rows[-1][4]).read_bytes()).channels) in (1, 2)
    assert len(list(tmp_path.rglob("*.wav"))) == 2


def test_marks_are_a_list_in_history_and_text_for_the_after_flow(tmp_path: Path) -> None:
    after: list[dict[str, Any]] = [{"set": {"second": "${way.1}"}}, {"export": ["second"]}]
    setup = flow(*({"markIVR": {"name": "way", "value": value}} for value in "ab"), {"hangup": ""}, after=after)
    [(variables,)] = ring(tmp_path, setup, talker(), "variables")
    assert json.loads(variables) == {"way": ["a", "b"], "second": "b"}


def test_the_record_of_the_call_shows_the_caller_that_the_flow_names(tmp_path: Path) -> None:
    setup = flow({"updateCid": {"number": "800", "destination": "101"}}, {"hangup": ""})
    assert ring(tmp_path, setup, talker(), "from_number, destination, number") == [("800", "101", "380001")]
    assert ring(tmp_path, setup, talker(), "display, destination", "attempt_history") == [("100", "380001")]


def test_a_scheduled_hang_up_ends_the_call_under_the_flow_and_after_it(tmp_path: Path) -> None:
    setup = flow(
        {"scheduleHangup": {"seconds": 3, "cause": "CALL_REJECTED"}}, {"playback": {"files": [{"type": "silence"}]}}
    )
    columns = "cause, hangup_by, talk_sec"
    assert ring(tmp_path, setup, talker(), columns) == [("CALL_REJECTED", "F", 3)]
    over = flow({"scheduleHangup": {"seconds": 3}})
    assert ring(tmp_path, over, talker(), columns) == [("NORMAL_CLEARING", "F", 3)]


def test_echo_and_park_last_until_the_caller_goes(tmp_path: Path) -> None:
    for app in ({"echo": 0}, {"park": {"name": "p", "lot": "1-9"}}):
        rows = ring(tmp_path, flow(app), talker(hangs_up_after=7000), "cause, hangup_by, talk_sec")
        assert rows == [("NORMAL_CLEARING", "A", 7)]


def test_no_flow_takes_more_than_its_share(tmp_path: Path) -> None:
    """Loops that record, mix and schedule: each is refused from some number on, and the call goes on."""
    many: list[dict[str, Any]] = [{"recordSession": {"name": f"n{n}", "minSec": 0}} for n in range(6)]
    many += [{"backgroundPlayback": {"name": f"n{n}", "file": {"type": "silence"}}} for n in range(6)]
    many += [{"scheduleHangup": {"seconds": seconds}} for seconds in (50, 9, 5, 7)]
    rows = ring(tmp_path, flow(*many, {"echo": 0}), talker(), "flow_trace, talk_sec")
    results = [step["result"] for step in json.loads(rows[0][0])]
    assert results.count("failed: 4 recordings run already") == 2
    assert results.count("failed: 4 background sounds run already") == 2
    assert rows[0][1] == 5


def test_a_call_has_so_many_recordings_and_no_more(tmp_path: Path) -> None:
    turn = [{"recordSession": {"name": "n", "minSec": 0}}, {"sleep": 20}, {"recordSession": {"action": "stop"}}]
    schema: dict[str, Any] = {"while": {"condition": "1", "maxSteps": "105", "do": turn}}
    rows = ring(tmp_path, flow(schema, {"hangup": ""}), talker(), "id", "file")
    assert len(rows) == 100
