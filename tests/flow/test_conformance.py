"""The page of rules: every test it names exists, every rule has its row, quirks are named."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "flow-conformance.md"
_ROW = re.compile(r"^\| (?P<rule>[^|]+) \| (?P<text>.+) \| (?P<tests>`tests/.+`) \|$", re.MULTILINE)

RULES = """
    1.1 array
    1.1 copy
    1.2 meta
    1.2 tag
    1.2 tag number, quirk, ours
    1.2 break
    1.2 break only true
    1.2 async, quirk
    1.2 limit
    1.2 trace
    1.2 none
    1.2 two, ours
    1.3 declarations
    1.3 switch dropped
    1.3 inner lists
    1.4 order
    1.4 errors
    1.4 unknown
    1.4 hang-up
    1.4 cancel
    1.4 cancels
    1.5 if
    1.5 if error
    1.5 switch
    1.5 switch globals
    1.5 switch underscore, ours
    1.5 while, quirk
    1.5 maxSteps
    1.5 maxSteps number, quirk, ours
    1.5 while empty
    1.5 goto unknown
    1.5 goto expanded
    1.5 break
    1.5 execute
    1.5 execute async
    1.5 execute cancelled
    1.5 execute unknown
    1.5 execute fn, ours
    1.5 schema
    1.5 trigger
    1.5 triggers, ours
    1.5 start log dump
    1.6 jump
    1.6 sibling
    1.6 later
    1.6 over
    1.6 out
    1.6 left list
    1.6 ancestors
    1.6 never entered
    1.6 root, quirk, ours
    1.6 1000
    1.6 tags own
    1.6 limit
    1.6 limit nowhere
    1.6 limit function
    1.7 fork
    1.7 fork zone
    1.8 voice
    1.8 30 s
    1.8 disconnected
    1.8 js
    1.8 expression, ours
    2.1 strings
    2.1 global
    2.1 encrypt
    2.1 member usr_
    2.1 payload
    2.2 order
    2.2 uri, quirk, ours
    2.2 strepoch, ours
    2.2 keys
    2.3 paths
    2.3 brackets, ours
    2.3 no root
    2.4 keys
    2.4 text
    2.4 text of a flag, quirk
    2.4 number
    2.4 octal, quirk, ours
    2.4 flag
    2.4 list
    2.4 map
    2.4 any
    2.4 printing, quirk, ours
    2.5 set
    2.5 unSet
    2.5 export call
    2.5 export request
    2.5 setAll
    2.5 setNoLocal
    2.5 global
    2.5 markIVR
    3 preparation
    3 keywords, quirk
    3 truth
    3 data
    3 vm
    3 error
    3 native, ours
    3 dates
    3 swap, quirk
    3 time_of_day, quirk
    3 date_time
    3 wday
    3 week
    3 zone, ours
    3 js
    3 js error
    4 kinds
    4 not built, ours
    4.1 hangup
    4.1 answer
    4.1 sleep
    4.1 flushDTMF, quirk, ours
    4.1 echo
    4.1 park
    4.1 recordFile
    4.1 recordSession
    4.1 background
    4.1 scheduleHangup
    4.1 updateCid
    4.1 preAnswer ringReady
    4.1 ringback
    4.1 setSounds
    4.1 say
    4.1 setAll setNoLocal
    4.1 sendDtmf, ours
    4.1 sipRedirect
    4.1 the rest
    4.2 files
    4.2 types, ours
    4.2 nothing
    4.2 http_audio
    4.2 terminators
    4.2 terminator, quirk
    4.2 barge-in
    4.2 tries
    4.2 timeouts
    4.2 ends
    4.2 min max
    4.2 regexp
    4.2 failed
    4.2 typed ahead
    4.2 flushDTMF, quirk
    4.2 getSpeech, ours
    4.3 tts
    4.4 endpoints
    4.4 users, ours
    4.4 strategy
    4.4 leg_timeout
    4.4 sendOnAnswer
    4.4 bridged
    4.4 hangup_after_bridge
    4.4 continue_on_fail
    4.4 causes
    4.5 joinQueue
    4.6 httpRequest
    4.6 httpRequest headers, quirk, ours
    4.6 httpRequest export
    4.6 math
    4.6 string
    4.6 calendar
    4.6 list
    4.6 list name, quirk, ours
    4.6 listAdd
    4.6 callbackQueue
    4.6 memberInfo
    4.6 patchMembers
    4.6 classifier
    4.6 classifier order, ours
    4.6 timezone
    4.6 userInfo
    4.6 getQueueInfo
    4.6 getQueueMetrics
    4.6 lastBridged
    4.6 sendEmail
    4.6 sql
    4.6 cache
    4.6 generateLink
    4.6 mq
    5 strictly
    5.1 attempt
    5.1 statistics
    5.1 exported only
    5.2 success
    5.2 abandoned
    5.2 retry, quirk
    5.2 wrong kind
    5.2 export, ours
    5.2 example
    5.3 confirm
    5.3 cancel
    5.3 none
    5.3 timeout, ours
    5.4 hooks
    6 payload
    6.1 chain
    6.1 branches
    6.1 joins
    6.1 tags
    6.1 declarations
    6.1 customCode
    6.1 limit
    6.1 problems, ours
    6.2 decompile, ours
    6.2 positions, ours
    6.2 round trip, ours
    7.1 early media
    7.2 variables
    7.2 times
    7.2 secrets, ours
    7.3 hang-up
    7.3 silence
    7.3 guard, ours
    7.4 disconnected
    7.4 no voice
    L loop
    L text
    L size
    L hostile
    L fuzz
"""
"""Read off the specification, section by section; a word after the comma says how it marks the rule."""


def rows() -> dict[str, list[str]]:
    """Rule → ids of its tests."""
    found = _ROW.finditer(PAGE.read_text("utf-8"))
    return {row["rule"]: re.findall(r"`(tests/[^`]+)`", row["tests"]) for row in found}


def rules() -> list[str]:
    return [line.strip() for line in RULES.strip().splitlines()]


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_rule_has_its_row_once_and_in_order() -> None:
    assert list(rows()) == rules()
    assert len(rules()) == len(set(rules()))


@pytest.mark.parametrize("rule", rules())
def test_its_tests_exist(rule: str) -> None:
    named = rows()[rule]
    assert named
    for test in named:
        path, name = test.split("::")
        assert name.startswith("test_")
        assert name in names_in(ROOT / path), test


@pytest.mark.parametrize("rule", [rule for rule in rules() if "quirk" in rule.split(", ")])
def test_a_quirk_has_a_test_that_names_it(rule: str) -> None:
    """What is kept as it is by ``quirk``; what is done otherwise by ``ours``."""
    word = "ours" if "ours" in rule.split(", ") else "quirk"
    assert any(f"_{word}_" in test for test in rows()[rule])
