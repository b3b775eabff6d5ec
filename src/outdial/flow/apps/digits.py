"""Collecting keys: play and get digits, as media servers do it (flow-engine §4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import re2

from outdial.flow.declare import arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports import KEYS, SilenceMs, Sound

BETWEEN_TRIES_MS = 250
MAX_DIGITS = 128


@dataclass(frozen=True, slots=True)
class GetDigits:
    set_var: str = arg("MyVar", wire="setVar", sets=True, help="Variable for the digits.")
    min: int = arg(1, help="Fewest digits.")
    max: int = arg(1, help="Most digits; input ends at once when they are there.")
    tries: int = arg(1, help="How often the prompt is played while input is missing or wrong.")
    timeout: int = arg(3000, unit="ms", help="How long to wait for the first key after the prompt.")
    digit_timeout: int = arg(0, wire="digitTimeout", unit="ms", help="Time between keys; 0: as timeout.")
    terminators: str = arg("#", help="Keys that end the input; they do not belong to it.")
    regexp: str = arg(".*", help="Must be found in the input; anchor it to match the whole.")
    flush: bool = arg(False, wire="flushDTMF", help="Not used; call flushDtmf before.")


@dataclass(frozen=True, slots=True)
class _Input:
    digits: str
    terminator: str = ""
    timed_out: bool = False


async def collect(run: Run, args: GetDigits, sounds: Sequence[Sound]) -> str:
    """Plays the prompt and collects, as often as it takes; returns the ``read_result``."""
    wanted = _compiled(args.regexp)
    result = "failure"
    for attempt in range(max(1, args.tries)):
        if attempt:
            await run.caller().play([SilenceMs(BETWEEN_TRIES_MS)], stop_keys="")
        run.connection.unset(args.set_var)
        given = await _one_try(run, args, sounds)
        if given.terminator:
            run.connection.set("read_terminator_used", given.terminator)
        enough = len(given.digits) >= args.min
        if enough and wanted.search(given.digits):
            run.connection.set(args.set_var, given.digits)
            result = "success"
            break
        if enough:
            run.connection.set(f"{args.set_var}_invalid", given.digits)
        result = "timeout" if given.timed_out and not enough else "failure"
    run.connection.set("read_result", result)
    return result


def note_length(run: Run) -> None:
    """After a playback: how long it sounded."""
    ms = run.caller().played_ms
    run.connection.set("playback_ms", str(ms))
    run.connection.set("playback_seconds", str(ms // 1000))


def _compiled(pattern: str) -> re2._Regexp:  # google-re2: linear time whatever the pattern
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise AppFailed(f"getDigits.regexp: {error}") from None


async def _one_try(run: Run, args: GetDigits, sounds: Sequence[Sound]) -> _Input:
    """The first key stops the prompt and counts; keys waiting in the buffer are taken."""
    most = min(max(args.max, args.min, 1), MAX_DIGITS)
    caller, digits = run.caller(), ""
    key = await caller.play(sounds, stop_keys=KEYS)
    note_length(run)
    key = key or await caller.digit(max(0, args.timeout))
    while key:
        if key in args.terminators:
            return _Input(digits, terminator=key)
        digits += key
        if len(digits) >= most:
            return _Input(digits)
        key = await caller.digit(max(0, args.digit_timeout or args.timeout))
    return _Input(digits, timed_out=True)
