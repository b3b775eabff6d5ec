"""Random schemas over the whole grammar, and what a run of one does."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from outdial.flow.connection import VoiceConnection
from outdial.flow.parse import parse
from outdial.flow.ports import Env
from outdial.flow.run import run, run_disconnected
from outdial.flow.script import inline
from outdial.flow.trace import Trace
from tests.flow.world import Library, Person, Schema, clock, on_virtual_time

Item = dict[str, Any]
Path = tuple[Any, ...]

TAGS = ("a", "b", "c", "menu", "log__3", "log__7", "if__7", "5-log-custom-tag", "set__12", "failover__3", "x__start")
NAMES = ("f", "g")
LETTERS = st.sampled_from("pqrstuv")
FLAGS = ("one", "two", "three")
CONDITIONS = st.sampled_from(
    ["true", "false", "${one}", "!${one}", "${two}", "!${two}", "${three} == 'x'", "${d} == '1'", "syntax ((", ""]
)

tags = st.sampled_from(TAGS)
targets = st.one_of(tags, tags, tags, st.sampled_from(["nowhere", "${where}", ""]))
limits = st.one_of(
    st.fixed_dictionaries({"max": st.integers(1, 3), "failover": targets}),
    st.sampled_from(
        [{"max": 1}, {"max": "2", "failover": "a"}, {"max": 0, "failover": "a"}, {"max": 2, "failover": 7}, 5]
    ),
)
META: dict[str, st.SearchStrategy[Any]] = {
    "tag": st.one_of(tags, tags, tags, st.sampled_from([7, "", True, None])),
    "limit": limits,
    "trace": st.sampled_from([{"name": "here"}, {}, "no"]),
    "async": st.booleans(),
    "_id": st.just("d1"),
    "break": st.sampled_from([False, False, False, True, ""]),
}
plain: st.SearchStrategy[Item] = st.one_of(
    st.fixed_dictionaries({"log": LETTERS}),
    st.fixed_dictionaries({"log": LETTERS}),
    st.builds(lambda name, value: {"set": {name: value}}, st.sampled_from(FLAGS), st.sampled_from(["", "1", "x"])),
    st.builds(lambda tag: {"set": {"where": tag}}, tags),
    st.builds(lambda tag: {"goto": tag}, targets),
    st.builds(lambda tag: {"goto": tag}, targets),
    st.builds(lambda name: {"execute": {"name": name}}, st.sampled_from((*NAMES, "h"))),
    st.sampled_from(
        [
            {"playback": {"files": [{"id": 1}], "getDigits": {"setVar": "d", "timeout": 20}}},
            {"start": {}},
            {"answer": ""},
            {"sleep": 5},
            {"hangup": "USER_BUSY"},
            {"break": True},
            {"break": ""},
            {"unheardOf": {"log": "x"}},
            {"recvMessage": None},
            {"set": {"one": "1"}, "log": "second"},
            {"log": {"wrong": [1]}},
            {"if": "no"},
            {"switch": {"variable": 5}},
            {"while": []},
            {"function": "f"},
            {"trigger": 3},
            {"customCode": {"a": 1}},
            {},
        ]
    ),
)


def composite(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Item]:
    branch: st.SearchStrategy[Any] = st.one_of(inner, inner, st.sampled_from([None, "", {}]))
    cases = st.dictionaries(st.sampled_from(["1", "2", "x.y", "default", "_"]), branch, max_size=3)
    return st.one_of(
        st.builds(lambda e, a, b: {"if": {"expression": e, "then": a, "else": b}}, CONDITIONS, branch, branch),
        st.builds(lambda e, a: {"if": {"expression": e, "then": a, "more": 1}}, CONDITIONS, branch),
        st.builds(lambda n, cases: {"switch": {"variable": f"${{{n}}}", "case": cases}}, st.sampled_from("do"), cases),
        st.builds(
            lambda c, do, most: {"while": {"condition": c, "do": do, "maxSteps": most}},
            CONDITIONS,
            branch,
            st.sampled_from(["2", 3, "4"]),
        ),
        st.builds(lambda name, body: {"function": {"name": name, "actions": body}}, st.sampled_from(NAMES), inner),
        st.builds(lambda body: {"trigger": {"disconnected": body, "commands": {"/x": body}}}, inner),
        st.builds(lambda body: {"list": {"list": {"id": 1}, "destination": "1", "actions": body}}, inner),
        st.builds(
            lambda a, b: {"joinQueue": {"waiting": a, "timers": [{"interval": 5, "actions": b}, 7]}}, inner, inner
        ),
        st.builds(lambda tag, body: {"tag": tag, "if": {"expression": "false", "then": body, "else": []}}, tags, inner),
    )


@st.composite
def dressed(draw: st.DrawFn, bare: st.SearchStrategy[Item]) -> Item:
    """With a few meta keys; a tag more often than not."""
    item = dict(draw(bare))
    keys = draw(st.sampled_from([(), (), ("tag",), ("tag",), ("tag",), ("tag", "limit"), tuple(META)]))
    for key in keys:
        if key not in item and (len(keys) < 3 or draw(st.booleans())):
            item[key] = draw(META[key])
    return item


def _lists(step: st.SearchStrategy[Item]) -> st.SearchStrategy[Schema]:
    return st.lists(step, max_size=4)


_unwoven: st.SearchStrategy[Schema] = _lists(
    st.recursive(dressed(plain), lambda step: st.one_of(step, dressed(composite(_lists(step)))), max_leaves=25)
)


@st.composite
def _woven(draw: st.DrawFn) -> Schema:
    """With many jumps that find their targets: between branches, backwards, into and out of deep lists."""
    schema = copy.deepcopy(draw(_unwoven))
    random = draw(st.randoms(use_true_random=False))
    for items in _all_lists(schema):
        for item in items:
            if "tag" not in item and random.random() < 0.4:
                item["tag"] = random.choice((*TAGS, *(f"u{n}" for n in range(20))))
    known = [item["tag"] for items in _all_lists(schema) for item in items if isinstance(item.get("tag"), str)]
    for items in _all_lists(schema) if known else ():
        for item in items:
            if "goto" in item and random.random() < 0.7:
                item["goto"] = random.choice(known)
            if isinstance(item.get("limit"), dict) and random.random() < 0.7:
                item["limit"]["failover"] = random.choice(known)
        if random.random() < 0.4:
            items.append({"goto": random.choice(known)})
    return schema


def _all_lists(value: Any) -> list[Schema]:
    """Every list of steps, the outer ones first."""
    if isinstance(value, list):
        own = [value] if all(isinstance(item, dict) for item in value) else []
        return own + [found for item in value for found in _all_lists(item)]
    return [found for item in value.values() for found in _all_lists(item)] if isinstance(value, dict) else []


schemas = _woven()
scripts = st.fixed_dictionaries(
    {
        "variables": st.dictionaries(st.sampled_from((*FLAGS, "o", "where")), st.sampled_from(["1", "x", "a", "menu"])),
        "presses": st.dictionaries(st.integers(0, 2000), st.sampled_from("12"), max_size=4),
    }
)


Performed = tuple[str, int, str, dict[str, str]]
"""A step: application, time, result, variables set."""


class Journal(Trace):
    """Every step without its name, however many there are."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Performed] = []

    def add(self, row: Mapping[str, Any], args: type | None = None) -> None:
        self.steps.append((row["app"], row["at"], row["result"], dict(row["set"])))


def performed(schema: Schema, variables: Mapping[str, str], presses: Mapping[int, str]) -> list[Performed]:
    """What a run does; ``disconnected`` runs at its end.

    The person hangs up after half a second, in which an endless loop makes ten thousand steps.
    """

    async def work() -> list[Performed]:
        connection, journal = VoiceConnection(variables), Journal()
        person = Person(connection, presses, 500)
        env = Env(connection, clock, "UTC", person, Library(), Library(), scripts=inline, trace=journal)
        ended = await run(parse(schema), env)
        if ended.disconnected is not None:
            after = VoiceConnection(connection.variables)
            await run_disconnected(ended.disconnected, Env(after, clock, scripts=inline, trace=journal))
        return journal.steps

    return on_virtual_time(work())
