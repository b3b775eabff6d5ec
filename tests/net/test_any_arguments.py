"""Whatever stands in the arguments, an application that reaches outside fails with a sentence and the flow goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .flows import DOMAIN, flow, outside

TEXT = st.text(max_size=30)
LEAF = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | TEXT
ANY = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)

SHAPES: dict[str, dict[str, Any]] = {
    "httpRequest": {
        "url": st.just("http://nowhere.invalid/${path}") | TEXT,
        "path": ANY,
        "headers": ANY,
        "data": ANY,
        "timeout": ANY,
        "exportVariables": ANY,
        "method": TEXT,
    },
    "sendEmail": {
        "to": st.just(["a@example.com"]) | ANY,
        "from": st.just("us@example.com") | TEXT,
        "message": TEXT,
        "subject": TEXT,
        "cc": ANY,
        "smtp": st.fixed_dictionaries({"server": st.just("127.0.0.1") | TEXT, "port": ANY, "tls": ANY, "auth": ANY}),
        "attachment": ANY,
        "set": ANY,
    },
    "sql": {
        "driver": st.sampled_from(["postgres", "sqlite3"]),
        "dns": st.sampled_from(["test.db", "postgres://u:p@127.0.0.1:1/x"]) | TEXT,
        "query": TEXT,
        "params": ANY,
        "timeout": ANY,
    },
    "cache": {"action": st.sampled_from(["get", "set", "delete"]), "get": ANY, "set": ANY, "delete": ANY},
    "mq": {"exchange": TEXT, "topic": TEXT, "body": ANY, "setErr": TEXT},
    "generateLink": {"set": TEXT, "server": TEXT, "file": ANY, "expire": ANY, "query": ANY, "source": TEXT},
}


@pytest.mark.parametrize("name", SHAPES)
@given(data=st.data())
@settings(max_examples=25)
def test_the_flow_goes_on(name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    args = data.draw(st.fixed_dictionaries({}, optional=SHAPES[name]))
    folder: Path = tmp_path_factory.getbasetemp()

    async def once() -> None:
        async with outside("", sql_drivers="sqlite3 postgres", sql_folder=folder, mq_url="nats://127.0.0.1:1") as world:
            done = await flow(world.of(DOMAIN), {name: args}, {"set": {"went": "on"}})
        assert done.variables["went"] == "on"
        assert done.results[-1] == "ok"

    asyncio.run(once())
