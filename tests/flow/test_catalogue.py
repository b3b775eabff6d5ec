"""What editors and references are told of the applications, read off their declarations."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.flow.catalogue import applications, catalogue, describe, fields_of, ports
from outdial.flow.declare import REGISTRY


def described(name: str) -> dict[str, Any]:
    return describe(REGISTRY[name])


def field(name: str, *path: str) -> dict[str, Any]:
    """A field of an application by its names from the outside in; ``[]`` goes into a list."""
    found = {"fields": described(name)["fields"]}
    for step in path:
        found = found["item"] if step == "[]" else next(f for f in found["fields"] if f["name"] == step)
    return found


def test_every_application_is_there_once_under_its_own_name() -> None:
    names = [application["name"] for application in catalogue()["applications"]]
    assert len(names) == len(set(names))
    assert {alias for application in catalogue()["applications"] for alias in application["aliases"]} | set(
        names
    ) == REGISTRY.keys()


@pytest.mark.parametrize("application", applications(), ids=lambda application: application.name)
def test_each_argument_has_a_sentence(application: Any) -> None:
    assert application.help.endswith(".")
    assert all(field.help for field in fields_of(application.args))


def test_a_field_tells_its_type_default_unit_and_help() -> None:
    assert field("playback", "getDigits", "timeout") == {
        "name": "timeout",
        "type": "integer",
        "help": "How long to wait for the first key after the prompt.",
        "default": 3000,
        "unit": "ms",
    }


def test_a_field_that_stands_for_a_record_says_of_which_kind() -> None:
    assert field("playback", "files", "[]", "id")["lookup"] == "media"
    assert field("schema", "id")["lookup"] == "schema"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("log", {"Out": "", "Failover": "limit.failover"}),
        ("if", {"Then": "then", "Else": "else", "Out": "", "Failover": "limit.failover"}),
        ("switch", {"Case": "case.*", "Out": "", "Failover": "limit.failover"}),
        ("while", {"Do": "do", "Out": "", "Failover": "limit.failover"}),
        ("function", {"Body": "actions"}),
        ("trigger", {"Disconnected": "disconnected"}),
        ("goto", {"Failover": "limit.failover"}),
        ("hangup", {"Failover": "limit.failover"}),
        ("success", {"Failover": "limit.failover"}),
    ],
)
def test_the_ways_out_of_a_block(name: str, expected: dict[str, str]) -> None:
    assert {port.label: port.path for port in ports(REGISTRY[name])} == expected


def test_an_argument_that_is_no_object_is_described_as_a_whole() -> None:
    assert described("goto")["whole"]["type"] == "text" and described("goto")["fields"] == []
    assert described("if")["whole"] is None


def test_what_every_step_may_have_beside_its_application() -> None:
    assert {field["name"] for field in catalogue()["meta"]} == {"tag", "limit", "break", "trace", "_id", "async"}
