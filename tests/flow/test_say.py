"""``say`` by the media server's grammar, spoken through text to speech."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.flow.errors import AppFailed
from outdial.flow.ports.speech import Utterance
from outdial.flow.sayings import Moment, saying

from .voice import Voice, sound
from .world import START_MS, call

NOON = Moment(START_MS, ZoneInfo("UTC"))
"""Tuesday 2026-09-01 12:00:00."""


def test_it_is_spoken_in_its_language() -> None:
    voice = Voice()
    done = call([{"say": "en number pronounced 42"}], speech=voice)
    assert voice.said == [Utterance("42", language="en")]
    assert (done.person.heard, done.results) == ([[sound("42")]], ["42"])


def test_variables_are_expanded_and_globals_are_not() -> None:
    voice = Voice()
    call([{"say": "uk number pronounced ${sum}"}], {"sum": "7"}, speech=voice)
    assert voice.texts == ["7"]
    done = call([{"say": "uk number pronounced $${sum}"}], globals={"sum": "7"}, speech=voice)
    assert done.results == ["failed: say: '$' is not a number"]


def test_a_dialect_and_a_gender_may_be_named() -> None:
    voice = Voice()
    call([{"say": "en:en-GB NUMBER Pronounced FEMININE 1"}], speech=voice)
    assert voice.said == [Utterance("1", language="en-GB")]


def test_a_terminator_stops_it() -> None:
    assert call([{"say": "en name_spelled pronounced abcdef"}], presses={500: "*"}, speech=Voice()).ms == 500


def test_the_time_is_the_flows() -> None:
    done = call([{"say": "en current_time pronounced"}], zone="Europe/Kyiv", speech=Voice())
    assert done.results == ["3 PM"]


@pytest.mark.parametrize("text", ["", "en", "en number", {"a": 1}])
def test_too_few_words_are_answered_with_the_grammar(text: Any) -> None:
    result = call([{"say": text}, {"log": "x"}], speech=Voice()).results[0]
    assert result.startswith("failed: expected")


@pytest.mark.parametrize(
    ("words", "en", "uk"),
    [
        ("number pronounced 42", "42", "42"),
        ("items pronounced -3,5", "-3,5", "-3,5"),
        ("number iterated 407", "4, 0, 7", "4, 0, 7"),
        ("number counted 42", "42nd", "40 другий"),
        ("number counted 11", "11th", "одинадцятий"),
        ("number counted 101", "101st", "100 перший"),
        ("telephone_number pronounced +380 44", "plus, 3, 8, 0, 4, 4", "плюс, 3, 8, 0, 4, 4"),
        ("account_number iterated A1", "A, 1", "A, 1"),
        ("name_spelled pronounced aї", "A, Ї", "A, Ї"),
        ("name_phonetic pronounced b2", "Bravo, 2", "Bravo, 2"),
        ("currency pronounced 1", "1 dollar", "одна гривня"),
        ("currency pronounced 22.5", "22 dollars and 50 cents", "20 дві гривні 50 копійок"),
        ("currency pronounced 11.01", "11 dollars and 1 cent", "11 гривень одна копійка"),
        ("currency pronounced 0", "0 dollars", "0 гривень"),
        ("time_measurement pronounced 3661", "1 hour 1 minute 1 second", "одна година одна хвилина одна секунда"),
        ("time_measurement pronounced 2:05", "2 minutes 5 seconds", "дві хвилини 5 секунд"),
        ("time_measurement pronounced 0", "0 seconds", "0 секунд"),
        ("current_date pronounced", "Tuesday, September 1st, 2026", "вівторок, перше вересня 2000 20 шостого року"),
        (
            "current_date pronounced 2026-03-22",
            "Sunday, March 22nd, 2026",
            "неділя, 20 друге березня 2000 20 шостого року",
        ),
        ("current_time pronounced 14:05", "2 05 PM", "14 годин 5 хвилин"),
        ("current_time pronounced 00:30", "12 30 AM", "0 годин 30 хвилин"),
        (
            "current_date_time pronounced 1788264000",
            "Tuesday, September 1st, 2026, 12 PM",
            "вівторок, перше вересня 2000 20 шостого року, 12 годин",
        ),
        ("ip_address pronounced 10.0.0.1", "10 dot 0 dot 0 dot 1", "10 крапка 0 крапка 0 крапка 1"),
        ("email_address pronounced a_b@x.ua", "a underscore b at x dot ua", "a підкреслення b равлик x крапка ua"),
        ("postal_address pronounced Main street 5", "Main street 5", "Main street 5"),
    ],
)
def test_each_type(words: str, en: str, uk: str) -> None:
    kind, method, *value = words.split(maxsplit=2)
    spoken = [saying(language, kind, method, "".join(value), NOON) for language in ("en", "uk_UA")]
    assert spoken == [en, uk]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0", "нульовий"),
        ("3", "третій"),
        ("13", "тринадцятий"),
        ("20", "двадцятий"),
        ("40", "сороковий"),
        ("93", "90 третій"),
        ("100", "100"),
        ("2003", "2000 третій"),
    ],
)
def test_ukrainian_ordinals(number: str, words: str) -> None:
    assert saying("uk", "number", "counted", number, NOON) == words


def test_every_day_of_a_year_has_ukrainian_words() -> None:
    days = [
        saying("uk", "current_date", "pronounced", f"2023-01-{day:02}", NOON).split(" січня ")
        for day in (3, 13, 23, 31)
    ]
    assert [day.split(", ")[1] for day, _ in days] == ["третє", "тринадцяте", "20 третє", "30 перше"]
    assert {year for _, year in days} == {"2000 20 третього року"}


@pytest.mark.parametrize(
    ("sum_", "words"),
    [
        ("3", "3 гривні"),
        ("-1", "мінус одна гривня"),
        ("12", "12 гривень"),
        ("101", "100 одна гривня"),
        ("112", "112 гривень"),
        ("1250", "1250 гривень"),
    ],
)
def test_ukrainian_sums(sum_: str, words: str) -> None:
    assert saying("uk", "currency", "pronounced", sum_, NOON) == words


def test_other_languages_say_digits() -> None:
    assert saying("de", "current_date_time", "pronounced", "", NOON) == "1.9.2026, 12:00"
    assert saying("de", "currency", "pronounced", "5.5", NOON) == "5,50"
    assert saying("de", "time_measurement", "pronounced", "65", NOON) == "1:05"


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("colour", "red", "no type 'colour'; there are account_number, "),
        ("number", "", "nothing to say"),
        ("number", "forty", "'forty' is not a number"),
        ("currency", "much", "'much' is not an amount"),
        ("time_measurement", "1:2:3:4", "is no time; write seconds or H:M:S"),
        ("current_date", "2026-13-01", "is no moment"),
        ("current_date", "yesterday", "is no moment"),
    ],
)
def test_what_cannot_be_said_is_told(kind: str, value: str, says: str) -> None:
    with pytest.raises(AppFailed, match=says):
        saying("en", kind, "pronounced", value, NOON)


@given(st.text(max_size=60))
def test_any_text_is_said_or_refused(text: str) -> None:
    done = call([{"say": text}, {"log": "x"}], speech=Voice())
    assert done.lines == ["x"]
