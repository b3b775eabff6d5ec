"""``httpRequest``, to the letter of flow-engine §4.6, against a real web server."""

from __future__ import annotations

import dataclasses
import json as standard
from pathlib import Path
from typing import Any

import pytest

from outdial.flow.apps.http import Http

from .flows import DOMAIN, Done, flow, outside
from .web import Says, Web, json, self_signed, web

PEOPLE = json('{"people":[{"name":"Оля","id":7,"tags":["a","b"]}],"ok":true}')


async def ask(
    server: Web, args: dict[str, Any], variables: dict[str, str] | None = None, *, allowed: str = "127.0.0.0/8"
) -> Done:
    async with outside(allowed) as world:
        return await flow(world.of(DOMAIN), {"httpRequest": {"url": server.url("/p"), **args}}, variables=variables)


async def test_by_default_json_is_posted() -> None:
    async with web() as server:
        data = {"n": 5, "name": "${name}", "in": [{"${key}": "${name}"}, True, None]}
        done = await ask(server, {"data": data}, {"name": 'O"Neil\n', "key": "k"})
    asked = server.asked[0]
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
    assert standard.loads(asked.body) == {"n": 5, "name": 'O"Neil\n', "in": [{"k": 'O"Neil\n'}, True, None]}
    assert done.results == ["200, 5 bytes"]


async def test_a_text_is_sent_as_it_is() -> None:
    async with web() as server:
        await ask(server, {"data": '{"x": "${x}"}', "method": "put"}, {"x": "1"})
    assert (server.asked[0].method, server.asked[0].body) == ("PUT", b'{"x": "1"}')


async def test_a_form_is_url_encoded() -> None:
    async with web() as server:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        await ask(server, {"headers": headers, "data": {"a": "${a}", "b": 2}}, {"a": "x y&z"})
    assert server.asked[0].body == b"a=x+y%26z&b=2"
    assert server.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"


async def test_ours_the_content_type_is_found_in_any_case() -> None:
    async with web() as server:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        await ask(server, {"headers": headers, "data": {"a": "x y"}}, {})
    assert server.asked[0].body == b"a=x+y"


async def test_xml_is_a_text() -> None:
    async with web() as server:
        headers = {"content-type": "text/xml; charset=utf-8"}
        done = await ask(server, {"headers": headers, "data": "<a>${a}</a>"}, {"a": "1"})
        refused = await ask(server, {"headers": headers, "data": {"a": 1}})
    assert server.asked[0].body == b"<a>1</a>"
    assert done.results == ["200, 5 bytes"]
    assert "must be a text" in refused.results[0]


async def test_path_values_come_first_and_are_encoded() -> None:
    async with web() as server:
        path = {"id": "${number}", "plain": "a/b"}
        url = server.url("/people/${id}/${plain}?q=${id}&v=${other}")
        await ask(
            server, {"url": url, "path": path, "method": "GET"}, {"number": "+38 0", "other": "o", "id": "not this"}
        )
    assert server.asked[0].path == "/people/%2B38%200/a%2Fb?q=%2B38%200&v=o"


async def test_values_are_exported_by_json_path() -> None:
    async with web() as server:
        server.answer = lambda asked: PEOPLE
        export = {"name": "people.0.name", "id": "people.0.id", "tags": "people.0.tags", "ok": "ok", "none": "x.y"}
        done = await ask(server, {"exportVariables": export}, {"none": "old"})
    assert done.variables == {"name": "Оля", "id": "7", "tags": '["a","b"]', "ok": "true", "none": ""}


async def test_values_are_exported_by_xpath() -> None:
    async with web() as server:
        server.answer = lambda asked: Says(body=b"<a><b c='1'>x</b></a>", headers=(("Content-Type", "text/xml"),))
        done = await ask(server, {"exportVariables": {"x": "/a/b", "c": "/a/b/@c"}})
    assert done.variables == {"x": "x", "c": "1"}


async def test_the_parser_overrides_the_type_of_the_answer() -> None:
    async with web() as server:
        server.answer = lambda asked: Says(body=b'{"a":1}', headers=(("Content-Type", "text/plain"),))
        assert (await ask(server, {"exportVariables": {"a": "a"}, "parser": "application/json"})).variables == {
            "a": "1"
        }
        done = await ask(server, {"exportVariables": {"a": "a"}, "responseCode": "code"})
    assert done.variables == {"code": "200"}
    assert "'text/plain' cannot be read" in done.results[0]


async def test_any_status_is_an_answer() -> None:
    async with web() as server:
        server.answer = lambda asked: Says(404, b'{"error":"gone"}', (("Content-Type", "application/json"),))
        done = await ask(server, {"responseCode": "code", "exportVariables": {"why": "error"}})
    assert done.variables == {"code": "404", "why": "gone"}


async def test_without_an_answer_the_variables_stay_and_the_flow_goes_on() -> None:
    async with web() as server, outside() as world:
        server.answer = lambda asked: Says(silent=True)
        args = {"url": server.url(), "timeout": 30, "responseCode": "code", "exportVariables": {"a": "a"}}
        done = await flow(
            world.of(DOMAIN), {"httpRequest": args}, {"set": {"on": "yes"}}, variables={"code": "7", "a": "old"}
        )
    assert done.variables == {"code": "7", "a": "old", "on": "yes"}
    assert "did not answer within 30 ms" in done.results[0]


async def test_cookies_are_exported_and_kept() -> None:
    async with web() as server, outside() as world:
        server.answer = lambda asked: Says(headers=(("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2")))
        step = {"httpRequest": {"url": server.url(), "exportCookie": "cookie", "cacheCookie": True}}
        first = await flow(world.of(DOMAIN), step)
        again = await flow(world.of(DOMAIN), step)
        other = await flow(world.of(DOMAIN + 1), step)
    assert first.variables == again.variables == other.variables == {"cookie": "a=1; Path=/;b=2"}
    assert again.results == ["the cookie is known"]
    assert len(server.asked) == 2, "another domain asks for itself"


async def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    async with web(self_signed(tmp_path)) as server:
        refused = await ask(server, {"responseCode": "code"})
        taken = await ask(server, {"responseCode": "code", "insecureSkipVerify": "true"})
    assert "certificate is not trusted" in refused.results[0]
    assert (refused.variables, taken.variables) == ({}, {"code": "200"})


async def test_this_machine_is_not_reached_unless_the_settings_say_so() -> None:
    async with web() as server:
        done = await ask(server, {"responseCode": "code"}, allowed="10.0.0.0/8")
    assert server.connections == 0
    assert "OUTDIAL_ALLOW_NETWORKS" in done.results[0]


async def test_headers_are_expanded_and_declared_secret() -> None:
    async with web() as server:
        done = await ask(server, {"headers": {"Authorization": "Bearer ${token}"}}, {"token": "s3cret"})
    assert server.asked[0].headers["authorization"] == "Bearer s3cret"
    assert "s3cret" not in str(done.trace)
    assert {field.name for field in dataclasses.fields(Http) if field.metadata["secret"]} == {"headers"}


@pytest.mark.parametrize("url", ["", "nothing", "ftp://127.0.0.1/", "http://127.0.0.1:99999/"])
async def test_a_url_that_is_none_is_said(url: str) -> None:
    async with web() as server:
        done = await ask(server, {"url": url})
    assert done.results[0].startswith("failed: ")


async def test_a_body_cannot_grow_without_end() -> None:
    async with web() as server:
        done = await ask(server, {"data": ["${big}"] * 100}, {"big": "x" * 100_000})
    assert "longer than" in done.results[0]
    assert server.asked == []
