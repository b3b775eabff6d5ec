"""Signed links: good for what was signed, until they expire."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.net.links import Linked, Links

from .flows import DOMAIN, flow, outside

LINKS = Links(b"one key")
LINKED = Linked(1, "media", 7)


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@given(
    st.builds(Linked, st.integers(1, 10**12), st.sampled_from(["media", "file"]), st.integers(1, 10**12)),
    st.integers(1, 10**11),
)
def test_a_link_is_read_as_it_was_made_until_it_expires(linked: Linked, expires: int) -> None:
    given_ = query(LINKS.make(linked, expires))
    assert LINKS.read(linked.id, given_, expires - 1) == linked
    assert LINKS.read(linked.id, given_, expires) is None


@given(st.sampled_from(["domain_id", "source", "expires", "signature"]), st.text(max_size=20))
def test_any_change_makes_it_void(name: str, value: str) -> None:
    given_ = query(LINKS.make(LINKED, 1000))
    changed = given_ | {name: value}
    if changed != given_:
        assert LINKS.read(7, changed, 1) is None
    assert LINKS.read(8, given_, 1) is None
    assert LINKS.read(7, {key: kept for key, kept in given_.items() if key != name}, 1) is None


def test_another_key_signs_nothing_of_ours() -> None:
    assert LINKS.read(7, query(Links(b"another key").make(LINKED, 1000)), 1) is None


@pytest.mark.parametrize(
    "server", ["https://dialer.example", "https://dialer.example/", "https://dialer.example/api/storage"]
)
async def test_in_a_flow(server: str, tmp_path: object) -> None:
    from pathlib import Path

    async with outside(files={7: Path("x.wav")}) as world:
        made = {
            "set": "link",
            "server": server,
            "expire": "60",
            "source": "media",
            "file": {"id": "7"},
            "query": {"a": "b c"},
        }
        done = await flow(world.of(DOMAIN), {"generateLink": made})
        link = urlsplit(done.variables["link"])
        assert (link.netloc, link.path) == ("dialer.example", "/api/storage/any/file/7/download")
        assert query(done.variables["link"])["a"] == "b c"
        assert world.links.read(7, query(done.variables["link"]), world.now() // 1000) == Linked(DOMAIN, "media", 7)


async def test_what_is_not_there_gets_no_link() -> None:
    async with outside() as world:
        done = await flow(
            world.of(DOMAIN),
            {"generateLink": {"set": "a", "file": {"id": 9}}},
            {"generateLink": {"set": "a", "file": {"id": 9}, "source": "../media"}},
            {"generateLink": {"set": "a", "file": {"id": 9}, "expire": -1}},
        )
    assert [result.startswith("failed: ") for result in done.results] == [True] * 3
    assert done.variables == {}
