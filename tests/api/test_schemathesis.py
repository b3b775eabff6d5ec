"""Every door, called as the description says and against it: no fault of ours, no answer that breaks its own schema."""

from __future__ import annotations

from typing import Any, cast

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from outdial.api.app import every_door
from outdial.api.doors import Deps
from outdial.api.openapi.document import document
from tests.api.campaign import a_queue
from tests.api.door import Door

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA = schemathesis.openapi.from_dict(document(every_door(cast(Deps, None)).described, "1"))
FOUND = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
OPERATIONS = {f"{one.method.upper()} {one.path}": one for one in FOUND}
HERE = "http://outdial.test/api"
UNWELL = frozenset({"GET /health"})
"""Its 503 is an answer."""
ENDLESS = frozenset({"GET /events"})
"""Its answer has no end; test_events.py reads it."""


ENDS_THE_TOKEN = frozenset(
    {"POST /logout", "PUT /users/{id}", "PATCH /users/{id}", "DELETE /users/{id}/tokens/{token}"}
)


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - UNWELL - ENDLESS))
def test_a_door_keeps_to_its_description(door: Door, name: str) -> None:
    a_queue(door)
    statuses = set()

    @given(case=OPERATIONS[name].as_strategy(), there=st.booleans())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def keeps(case: Any, there: bool) -> None:
        if there:  # made up ids are seldom those of a record
            case.path_parameters = dict.fromkeys(case.path_parameters or (), "1")
        sent = requests.Request(**_wanted(case)).prepare()
        content = sent.body.encode() if isinstance(sent.body, str) else sent.body
        headers = {**sent.headers, "X-Webitel-Access": door.token}
        answer = door(str(sent.method), str(sent.url), content=content, headers=headers)
        statuses.add(answer.status)
        case.validate_response(answer.response, checks=CHECKS)

    keeps()
    assert 401 not in statuses or name in ENDS_THE_TOKEN or OPERATIONS[name].definition.raw.get("security") == []


def _wanted(case: Any) -> dict[str, Any]:
    kept = ("method", "url", "headers", "params", "json", "data", "files", "cookies")
    return {key: value for key, value in case.as_transport_kwargs(base_url=HERE).items() if key in kept}
