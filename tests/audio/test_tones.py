"""The tone language: lengths, frequencies, loops, and what a mistake is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from outdial.audio.errors import BadAudio
from outdial.audio.tones import render


def strongest(samples: NDArray[np.int16], count: int) -> set[int]:
    spectrum = np.abs(np.fft.rfft(samples))
    return {round(int(bin_) * 8000 / len(samples)) for bin_ in spectrum.argsort()[-count:]}


def test_a_busy_tone_sounds_half_a_second_then_rests() -> None:
    tones = render("%(500,500,480,620);loops=-1")
    assert (len(tones.samples), tones.loops) == (8000, 0)
    assert strongest(tones.samples[:4000], 2) == {480, 620}
    assert not tones.samples[4000:].any()


def test_parts_follow_each_other_and_loops_repeat_the_whole() -> None:
    tones = render("%(100,0,400); %(50,150,800);loops=3")
    assert (len(tones.samples), tones.loops) == (2400, 3)
    assert strongest(tones.samples[:800], 1) == {400}
    assert strongest(tones.samples[800:1200], 1) == {800}


def test_the_level_holds_for_what_follows_it() -> None:
    loud, quiet = np.split(render("%(100,0,1000);v=-30;%(100,0,1000)").samples, 2)
    assert 20 * np.log10(np.abs(loud).max() / np.abs(quiet).max()) == pytest.approx(20, abs=0.2)


def test_many_frequencies_never_clip() -> None:
    assert np.abs(render("v=0;%(100,0,400,800,1200,1600)").samples.astype(int)).max() <= 32767


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("", "has no sound"),
        ("loops=3", "has no sound"),
        ("%(0,0,400)", "has no sound"),
        ("beep", "'beep' is not understood"),
        ("%(1000,4000)", "at least one frequency"),
        ("%(100,0,9000)", "'9000' must be a number from 0 to 4000"),
        ("%(100,0,)", "'' must be a number"),
        ("%(59000,2000,400)", "longer than 60 s"),
        ("loops=x;%(1,1,400)", "'x' must be a number"),
        ("v=nan;%(1,1,400)", "'nan' must be a number"),
    ],
)
def test_a_mistake_is_named(script: str, sentence: str) -> None:
    with pytest.raises(BadAudio, match=sentence):
        render(script)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="%(),;=lv0123456789.- ", max_size=30))
def test_any_text_is_a_tone_or_a_sentence(script: str) -> None:
    try:
        assert len(render(script).samples)
    except BadAudio as bad:
        assert "tone" in str(bad)
