"""Values out of answers (flow-engine §4.6, ``exportVariables``)."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.flow.errors import AppFailed
from outdial.flow.extract import Extract, extract

SOAP = b"""<?xml version="1.0" encoding="windows-1251"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body><Answer xmlns="urn:bank"><balance currency="UAH">10.50</balance><balance>7</balance>
  <name>\xce\xeb\xe5\xed\xe0</name></Answer></soap:Body>
</soap:Envelope>"""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("//balance", "10.50"),
        ("//balance[2]", "7"),
        ("/soap:Envelope/soap:Body/Answer/balance/@currency", "UAH"),
        ("soap:Envelope/soap:Body/Answer/name", "Олена"),
        ("//name/text()", "Олена"),
        ("count(//balance)", "2"),
        ("sum(//balance)", "17.5"),
        ("//balance > 10", "true"),
        ("string(//nothing)", ""),
        ("//nothing", ""),
    ],
)
def test_xpath(path: str, value: str) -> None:
    assert extract(Extract(SOAP, "xml", {"x": path})) == {"x": value}


def test_text_of_an_element_is_all_the_text_inside() -> None:
    assert extract(Extract(b"<a>1<b>2</b>3</a>", "xml", {"x": "/a"})) == {"x": "123"}


def test_what_cannot_be_read_is_said() -> None:
    with pytest.raises(AppFailed, match="not XML"):
        extract(Extract(b"<a>", "xml", {"x": "/a"}))
    with pytest.raises(AppFailed, match=r"//\["):
        extract(Extract(b"<a/>", "xml", {"x": "//["}))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "Оля"),
        ("ids.1", "2"),
        ("deep", '{"a":true}'),
        ("deep.a", "true"),
        ("none", ""),
        ("half", "\ufffd"),
        ("missing.path", ""),
    ],
)
def test_json(path: str, value: str) -> None:
    body = '\ufeff{"name":"Оля","ids":[1,2],"deep":{"a":true},"none":null,"half":"\\ud800"}'.encode()
    assert extract(Extract(body, "json", {"x": path})) == {"x": value}


def test_what_is_no_json_has_no_values() -> None:
    assert extract(Extract(b"<html>", "json", {"x": "a"})) == {"x": ""}


@given(
    body=st.binary(max_size=60) | st.sampled_from([SOAP, b'{"a":[{"b":1}]}', b"<a b='1'>x<!-- y --><?z?></a>"]),
    syntax=st.sampled_from(["json", "xml"]),
    path=st.text(max_size=20) | st.text(alphabet="ab/@*[]().#=|'\"1:,", max_size=20),
)
def test_any_document_and_any_path_give_a_text_or_a_sentence(
    body: bytes, syntax: Literal["json", "xml"], path: str
) -> None:
    try:
        found = extract(Extract(body, syntax, {"x": path}))
    except AppFailed as error:
        assert error.detail
    else:
        found["x"].encode()
