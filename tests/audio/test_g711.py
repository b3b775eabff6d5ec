"""G.711 by table: against the recommendation's own rules, and the standard library where it still has them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from outdial.audio import g711
from outdial.audio.law import ALAW, ULAW, Law

EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)
EVERY_CODE = bytes(range(256))
LAWS = pytest.mark.parametrize("law", [ALAW, ULAW], ids=lambda law: law.name)


@LAWS
def test_every_code_survives_decoding_and_encoding(law: Law) -> None:
    again = g711.encode(g711.decode(EVERY_CODE, law), law)
    wrong = [code for code in EVERY_CODE if again[code] != code]
    assert wrong == ([] if law is ALAW else [0x7F])  # µ-law has two zeros; the negative one becomes the positive


@LAWS
def test_encoding_never_decreases_with_the_sample(law: Law) -> None:
    assert (np.diff(g711.decode(g711.encode(EVERY_SAMPLE, law), law).astype(int)) >= 0).all()


@LAWS
def test_the_error_stays_within_half_a_step_of_the_loudest_segment(law: Law) -> None:
    error = np.abs(g711.decode(g711.encode(EVERY_SAMPLE, law), law).astype(int) - EVERY_SAMPLE)
    loud = np.abs(EVERY_SAMPLE.astype(int))
    assert (error <= np.maximum(loud / 16, 16)).all()


@LAWS
def test_silence_is_the_laws_silence_byte(law: Law) -> None:
    assert g711.encode(np.zeros(3, dtype=np.int16), law) == bytes([law.silence] * 3)


@LAWS
def test_the_same_as_the_standard_librarys(law: Law) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop", reason="gone from Python 3.13")
    there = {ALAW: audioop.lin2alaw, ULAW: audioop.lin2ulaw}[law]
    back = {ALAW: audioop.alaw2lin, ULAW: audioop.ulaw2lin}[law]
    assert g711.encode(EVERY_SAMPLE, law) == there(EVERY_SAMPLE.tobytes(), 2)
    assert g711.decode(EVERY_CODE, law).tobytes() == back(EVERY_CODE, 2)
