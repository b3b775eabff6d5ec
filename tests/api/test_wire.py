"""The wire's conventions (webitel-api §1), proven on the plainest nouns."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.api import wire
from outdial.api.fields import Field, Parts, Shape, camel
from outdial.api.kinds import Flag, Free, Instant, Link, Long, Span, Text, TextMap, Whole
from outdial.domain.errors import BadField, StoreUnavailable
from tests.api import campaign
from tests.api.door import Door

TYPES = "/call_center/communication_type"


def some_types(door: Door, *codes: str) -> list[str]:
    return [campaign.a_type(door, code) for code in codes]


# ── names and numbers (§1.2) ────────────────────────────────────────────────────────────────────


def test_int64_leaves_as_text_and_int32_as_a_number(door: Door) -> None:
    made = door.post("/call_center/resources", resource(door, limit="7")).ok()
    assert made["id"].isdigit() and made["gateway"]["id"].isdigit() and made["created_at"] == str(door.clock.now)
    assert made["limit"] == 7


def test_camel_case_comes_in_and_snake_case_goes_out(door: Door) -> None:
    made = door.post("/call_center/resources", resource(door, maxSuccessivelyErrors=3, failureDialDelay=9)).ok()
    assert (made["max_successively_errors"], made["failure_dial_delay"]) == (3, 9)


def test_keys_of_maps_are_never_touched(door: Door) -> None:
    variables = {"fooBar": "1", "foo_bar": "2", "id": "3"}
    assert door.post("/call_center/resources", resource(door, variables=variables)).ok()["variables"] == variables


def test_a_flow_comes_back_as_it_went_in(door: Door) -> None:
    flow = [{"set": {"zKey": 1, "aKey": [None, 1.5, ""]}}, {"hangup": {}}]
    payload = {"nodesOfDiagram": [{"posX": 1}], "a_b": {"cD": None}}
    id_ = door.id("/routing/schema", {"name": "Flow", "schema": flow, "payload": payload})
    text = door.get(f"/routing/schema/{id_}").response.content
    back = msgspec.json.decode(text)
    assert list(back["payload"]) == list(payload) and back["payload"] == payload
    assert list(back["schema"][0]["set"]) == ["zKey", "aKey"] and back["schema"] == flow


def test_junk_and_identity_in_a_body_are_ignored(door: Door) -> None:
    body = resource(door, id="77", parentId="1", domain_id="9", created_by={"id": "5"}, whatever={"a": [1]})
    made = door.post("/call_center/resources", body).ok()
    assert made["id"] != "77" and made["created_by"]["name"] == "Administrator"


def test_zero_values_are_left_out(door: Door) -> None:
    made = door.post("/call_center/resources", resource(door)).ok()
    assert not {"enabled", "reserve", "description", "patterns", "variables"} & made.keys()


@pytest.mark.parametrize("empty", [{}, {"id": 0}, {"id": "0"}, {"id": ""}, None])
def test_an_empty_lookup_is_not_set(door: Door, empty: Any) -> None:
    queue = campaign.a_queue(door, dnc_list=empty)
    assert "dnc_list" not in door.get(queue.path).ok()


def test_a_lookup_may_bring_the_whole_object(door: Door) -> None:
    gateway = door.get(f"/sip/gateways/{campaign.a_gateway(door)}").ok()
    made = door.post("/call_center/resources", {"name": "Line", "gateway": gateway}).ok()
    assert made["gateway"] == {"id": gateway["id"], "name": "Trunk"}


def resource(door: Door, **fields: Any) -> dict[str, Any]:
    return {"name": "Line", "gateway": {"id": campaign.a_gateway(door)}, **fields}


# ── lists (§1.3) ────────────────────────────────────────────────────────────────────────────────


def codes(door: Door, query: str) -> list[str]:
    return [item["code"] for item in door.get(f"{TYPES}?{query}").items()]


def test_pages_and_next(door: Door) -> None:
    some_types(door, "a", "b", "c")
    first, last = door.get(TYPES, page=1, size=2).ok(), door.get(TYPES, page=2, size=2).ok()
    assert [i["code"] for i in first["items"]] == ["a", "b"] and first["next"] is True
    assert [i["code"] for i in last["items"]] == ["c"] and last["next"] is False


@pytest.mark.parametrize("query", ["page=0", "page=1&size=0", "size=-1", "size=20001", "q=&sort=", "page=&size="])
def test_odd_sizes_and_empty_parameters_mean_the_default(door: Door, query: str) -> None:
    some_types(door, "a", "b")
    assert codes(door, query) == ["a", "b"]


def test_q_is_a_pattern_over_the_whole_text(door: Door) -> None:
    some_types(door, "mobile", "motorway", "home")
    assert codes(door, "q=mo*") == ["mobile", "motorway"]
    assert codes(door, "q=MOBILE") == ["mobile"]
    assert codes(door, "q=mo") == []
    assert codes(door, "q=*o*e") == ["mobile", "home"]
    assert codes(door, "q=%25") == []


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("%2Bcode", "a b"), ("+code", "a b"), ("code", "a b"), ("-code", "b a"),
        ("nonsense", "b a"), ("code;drop table member", "b a"), ("", "b a"),
    ],
)  # fmt: skip
def test_sort(door: Door, sort: str, wanted: str) -> None:
    some_types(door, "b", "a")
    assert codes(door, f"sort={sort}") == wanted.split()


def test_fields_cut_the_answer(door: Door) -> None:
    some_types(door, "a")
    assert set(door.get(f"{TYPES}?fields=id&fields=name&fields=nonsense").items()[0]) == {"id", "name"}
    assert set(door.get(f"{TYPES}?fields=id,code").items()[0]) == {"id", "code"}


def test_ids_and_filters(door: Door) -> None:
    one, two, _ = some_types(door, "a", "b", "c")
    assert codes(door, f"id={one}&id={two}") == ["a", "b"]
    assert codes(door, "channel=Email&channel=Phone") == ["a", "b", "c"]
    assert codes(door, "channel=Email") == []


# ── patches (§1.4) ──────────────────────────────────────────────────────────────────────────────


def test_a_patch_changes_what_it_names(door: Door) -> None:
    (id_,) = some_types(door, "a")
    patched = door.patch(f"{TYPES}/{id_}", {"description": "new"}).ok()
    assert (patched["code"], patched["description"]) == ("a", "new")


def test_a_patch_with_fields_changes_only_those(door: Door) -> None:
    (id_,) = some_types(door, "a")
    body = {"fields": ["description", "default"], "description": "new", "code": "z"}
    patched = door.patch(f"{TYPES}/{id_}", body).ok()
    assert (patched["code"], patched["description"]) == ("a", "new")


def test_a_field_that_is_listed_but_absent_becomes_zero(door: Door) -> None:
    (id_,) = some_types(door, "a")
    door.patch(f"{TYPES}/{id_}", {"description": "old"}).ok()
    assert "description" not in door.patch(f"{TYPES}/{id_}", {"fields": ["description"]}).ok()


PATCHED = Shape(calendar=Link(), payload=Free(), variables=TextMap(), enabled=Flag(), team_id=Long())


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"calendar": {"id": "5", "name": "x"}}, {"calendar": 5}),
        ({"fields": ["calendar.id"], "calendar": {"id": "5"}}, {"calendar": 5}),
        ({"payload": {"maxCalls": 1}}, {"payload": {"maxCalls": 1}}),
        (
            {"fields": ["payload.max_calls"], "payload": {"max_calls": 1, "other": 2}},
            {"payload": {"max_calls": 1}},
        ),
        ({"fields": ["variables.a", "variables.b"], "variables": {"a": "1"}}, {"variables": {"a": "1", "b": ""}}),
        ({"fields": ["teamId"], "teamId": "7"}, {"team_id": 7}),
        ({"fields": ["nonsense", "enabled"]}, {"enabled": False}),
        ({"fields": []}, {}),
    ],
)
def test_leaf_paths(body: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert wire.read_patch(PATCHED, body) == wanted


# ── errors and limits (§1.5) ────────────────────────────────────────────────────────────────────


def test_no_token_and_wrong_token_are_401(door: Door) -> None:
    for token in ("", "nonsense"):
        door.token = token
        assert door.get(TYPES).refused(401)["id"] == "session.valid"


@pytest.mark.parametrize("scheme", ["Bearer", "token", "bearer"])
def test_the_token_in_other_places(door: Door, scheme: str) -> None:
    token, door.token = door.token, ""
    door("GET", TYPES, headers={"Authorization": f"{scheme} {token}"}).ok()
    door.get(TYPES, access_token=token).ok()


def test_nothing_there(door: Door) -> None:
    door.get("/nowhere").refused(404)
    door("TRACE", TYPES).refused(405)
    assert door.get(f"{TYPES}/7").refused(404)["id"] == "store.sql_communication_type.get.app_error"
    door.get(f"{TYPES}/{10**30}").refused(404)


@pytest.mark.parametrize("body", [b"{", b'{"a": NaN}', b"\xff", b"[" * 5000])
def test_a_body_that_is_not_json(door: Door, body: bytes) -> None:
    assert door("POST", TYPES, content=body).refused()["id"] == "app.request.json"


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"null"])
def test_a_body_that_is_no_object(door: Door, body: bytes) -> None:
    assert door("POST", TYPES, content=body).refused()["detail"].startswith("body: ")


def test_a_body_over_the_limit(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_BODY", 10)
    assert door.post(TYPES, {"code": "a much too long one"}).refused(413)["id"] == "app.request.too_large"


def test_a_duplicate_is_refused_with_a_sentence(door: Door) -> None:
    some_types(door, "a")
    refused = door.post(TYPES, {"code": "a", "name": "A"}).refused()
    assert refused["id"] == "store.sql_communication_type.save.app_error" and "already" in refused["detail"]


def test_the_request_id_is_the_callers_if_it_is_plain(door: Door) -> None:
    assert door("GET", TYPES, headers={"X-Request-ID": "abc-1"}).response.headers["x-request-id"] == "abc-1"
    assert door("GET", TYPES, headers={"X-Request-ID": "a b\t"}).response.headers["x-request-id"] != "a b\t"


def test_a_fault_of_ours_is_a_500_that_tells_nothing(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(wire, "query_of", broken)
    refused = door.get(TYPES).refused(500)
    assert refused["id"] == "app.bug" and "secret" not in refused["detail"]


def test_a_database_that_is_gone_is_a_503(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(_: Any) -> None:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr(door.store, "read", gone)
    refused = door.get(TYPES).refused(503)
    assert (refused["id"], refused["detail"]) == ("store.unavailable", "The disk is full.")


def test_every_answer_has_its_security_headers(door: Door) -> None:
    for path in (TYPES, "/nowhere", "/"):
        headers = door.get(path).response.headers
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]


# ── properties ──────────────────────────────────────────────────────────────────────────────────

EVERYTHING = Shape(
    id=Long(),
    some_text=Text(20),
    some_number=Whole(),
    at=Instant(),
    is_on=Flag(),
    a_link=Link(),
    a_map=TextMap(),
    parts=Parts(Shape(inner_text=Field(Text(), required=True))),
    span=Span(),
)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from([*EVERYTHING.fields, *map(camel, EVERYTHING.fields)])


@given(st.dictionaries(names, json))
def test_any_json_is_read_or_refused_by_name(body: dict[str, Any]) -> None:
    try:
        found = EVERYTHING.read(body)
    except BadField as error:
        assert EVERYTHING.name_of(error.field.partition(".")[0].partition("[")[0]) is not None
    else:
        assert set(found) <= set(EVERYTHING.fields)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_int64_survives_the_round_trip(number: int) -> None:
    kind = Long()
    assert kind.read(kind.write(number), "id") == number == kind.read(number, "id")


@given(st.text(alphabet="abc=&.[]%+ ", max_size=40))
def test_any_query_string_is_taken_apart(query: str) -> None:
    assert all(isinstance(key, str) for key in wire.nested(query))
