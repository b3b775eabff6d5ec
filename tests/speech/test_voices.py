"""Languages, voices and figures as espeak-ng knows them."""

from __future__ import annotations

import pytest

from outdial.speech.voices import language_of, pitch, rate, readable, voices, volume


@pytest.mark.parametrize(
    ("text", "usual", "language"),
    [
        ("Hello", "en-US", "en-US"),
        ("Guten Tag", "de-DE", "de-DE"),
        ("42", "en-GB", "en-GB"),
        ("42", "uk-UA", "uk-UA"),
        ("Добрий день", "en-US", "uk-UA"),
        ("Ваш запис о 10", "en-US", "uk-UA"),
        ("Вы записаны", "en-US", "ru-RU"),
        ("Вы є", "en-US", "uk-UA"),
        ("Добрый день", "uk-UA", "uk-UA"),
        ("Hello", "uk-UA", "en-US"),
        ("Банк OTP", "uk-UA", "uk-UA"),
    ],
)
def test_a_language_that_nobody_named_is_told_from_the_letters(text: str, usual: str, language: str) -> None:
    assert language_of(text, usual) == language


@pytest.mark.parametrize(
    ("language", "voice", "found"),
    [
        ("uk-UA", "", (["uk-ua", "uk"], "")),
        ("en_US", "", (["en-us", "en"], "")),
        ("UK", "f3", (["uk"], "f3")),
        ("zh-CN", "", (["cmn-cn", "cmn"], "")),
        ("en", "Female", (["en"], "f3")),
        ("en-GB", "en-US-Wavenet-D", (["en-gb", "en"], "")),
        ("", "uk-UA-PolinaNeural", (["uk-ua", "uk"], "")),
        ("en", "../x", (["en"], "")),
        ("../x", "", ([], "")),
    ],
)
def test_names_are_tried_from_the_most_particular(language: str, voice: str, found: tuple[list[str], str]) -> None:
    assert voices(language, voice) == found


@pytest.mark.parametrize(
    ("language", "text", "read"),
    [
        ("uk-UA", "о 10:30, до 9:05 чи 18:00", "о 10 30, до 9 05 чи 18 нуль нуль"),
        ("uk", "1250.50 грн. та 5 коп", "1250.50 гривень та 5 копійок"),
        ("uk", "рахунок 1:99 і 110:30", "рахунок 1:99 і 110:30"),
        ("en-US", "at 10:30", "at 10:30"),
    ],
)
def test_what_espeak_misreads_is_written_out(language: str, text: str, read: str) -> None:
    assert readable(text, language) == read


def test_figures_stay_within_what_the_voice_can() -> None:
    assert [rate(times) for times in (0.25, 0.5, 1, 2, 4)] == [80, 82, 165, 330, 450]
    assert [pitch(semitones) for semitones in (-20, -12, 0, 6, 12, 20)] == [0, 0, 50, 75, 99, 99]
    assert [volume(gain_db) for gain_db in (-96, -6, 0, 6, 16)] == [0, 50, 100, 200, 200]
